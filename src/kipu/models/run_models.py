"""Models among the artifacts of a run: all of MLflow 2's, and those of a few flavors since."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from kipu.entities.tag_names import MLFLOW_LOGGED_MODELS
from kipu.fluent.logging import client_and_run
from kipu.fluent.registry import register_model
from kipu.models.model import Model
from kipu.models.model_info import ModelInfo


def log_model_into_run(
    flavor: Any,
    artifact_path: str,
    *,
    registered_model_name: str | None = None,
    await_registration_for: int | None = 300,
    metadata: dict[str, Any] | None = None,
    **arguments: Any,
) -> ModelInfo:
    """Save a model with a flavor among the artifacts of the active run, started if there is none.

    The run's tag ``mlflow.log-model.history`` tells of it.

    Args:
        flavor: What has ``save_model(path, mlflow_model, **arguments)``.
        artifact_path: Folder among the run's artifacts.
        registered_model_name: Registers it under this name, too.
        await_registration_for: Seconds to wait for that; None or 0, not at all.
        metadata: What the user writes down with it.
        **arguments: For the flavor's ``save_model``.
    """
    client, run_id = client_and_run(None)
    model = Model(artifact_path=artifact_path, run_id=run_id, metadata=metadata)
    with tempfile.TemporaryDirectory(prefix="kipu-") as parent:
        folder = Path(parent, "model")
        flavor.save_model(path=str(folder), mlflow_model=model, **arguments)
        client.log_artifacts(run_id, folder, artifact_path)
    told = client.get_run(run_id).data.tags.get(MLFLOW_LOGGED_MODELS)
    history = [*(json.loads(told) if told else []), model.get_tags_dict()]
    client.set_tag(run_id, MLFLOW_LOGGED_MODELS, json.dumps(history))
    info = model.get_model_info()
    if registered_model_name is not None:
        info.registered_model_version = register_model(
            info.model_uri, registered_model_name, await_registration_for
        ).version
    return info
