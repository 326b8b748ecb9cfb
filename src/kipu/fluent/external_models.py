"""Models whose files lie elsewhere."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kipu.client import MlflowClient
from kipu.entities import LoggedModel, LoggedModelStatus
from kipu.entities.tag_names import MLFLOW_MODEL_IS_EXTERNAL
from kipu.fluent.active import state
from kipu.fluent.logged_models import create_model
from kipu.version import MLFLOW_VERSION


def create_external_model(
    name: str | None = None,
    source_run_id: str | None = None,
    tags: Mapping[str, Any] | None = None,
    params: Mapping[str, Any] | None = None,
    model_type: str | None = None,
    experiment_id: str | None = None,
) -> LoggedModel:
    """Make a READY model whose files lie elsewhere: a service, an agent, a checkpoint on disk.

    Its only file here is a description, ``MLmodel``. The arguments, and what is raised, are those
    of ``initialize_logged_model``.

    Example:
        >>> kipu.create_external_model("agent", tags={"checkpoint": "s3://bucket/ckpt-3"})
    """
    labels = {**(tags or {}), MLFLOW_MODEL_IS_EXTERNAL: "true"}
    model = create_model(name, source_run_id, labels, params, model_type, experiment_id)
    client = MlflowClient()
    with tempfile.TemporaryDirectory(prefix="kipu-") as folder:
        description = Path(folder, "MLmodel")
        description.write_text(_description(model), "utf-8")
        client.log_model_artifact(model.model_id, description)
    model = client.finalize_logged_model(model.model_id, LoggedModelStatus.READY)
    state.last_model_id = model.model_id
    return model


def _description(model: LoggedModel) -> str:
    """The ``MLmodel`` of a model whose files lie elsewhere, as MLflow writes it."""
    import yaml  # noqa: PLC0415 - seldom used

    column = '[{"type": "boolean", "required": true}]'
    fields = {
        "artifact_path": model.artifact_location,
        "flavors": {},
        "is_signature_from_type_hint": False,
        "metadata": {MLFLOW_MODEL_IS_EXTERNAL: True},
        "mlflow_version": MLFLOW_VERSION,
        "model_id": model.model_id,
        "model_uuid": model.model_id,
        "prompts": None,
        "run_id": model.source_run_id,
        "signature": {"inputs": column, "outputs": column, "params": None},
        "type_hint_from_example": False,
        "utc_time_created": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}",
    }
    if model.source_run_id is None:
        del fields["run_id"]
    return yaml.safe_dump(fields, default_flow_style=False)
