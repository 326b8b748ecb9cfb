"""What a store holds after training, and what a saved model consists of, as plain data.

``{"runs": [...], "models": [...], "registered": [...]}``. A run: its status, params, tags, curves
(``key: [[step, value], ...]``), artifacts (``path: content of text, or None``), data sets, models
and the index of its parent.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

FROM_THE_MACHINE = ("mlflow.user", "mlflow.source.", "mlflow.runName", "mlflow.runColor")
READ = (".json", ".txt", ".csv", ".yaml")
OF_REQUIREMENTS = ("requirements.txt", "conda.yaml", "python_env.yaml")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MASKED = (
    "model_uuid",
    "utc_time_created",
    "model_size_bytes",
    "run_id",
    "model_id",
    "mlflow_version",
)


def snapshot() -> dict[str, Any]:
    """Everything in the store that ``mlflow`` points at."""
    import mlflow

    if hasattr(mlflow, "flush_async_logging"):
        mlflow.flush_async_logging()
    client = mlflow.MlflowClient()
    experiments = [one.experiment_id for one in client.search_experiments()]
    runs = sorted(
        client.search_runs(experiments, max_results=1000),
        key=lambda run: (
            "mlflow.parentRunId" in run.data.tags, run.info.start_time,
            json.dumps(sorted(run.data.params.items())),
        ),
    )  # fmt: skip
    places = {run.info.run_id: place for place, run in enumerate(runs)}
    models = sorted(
        client.search_logged_models(experiments),
        key=lambda model: (
            places.get(model.source_run_id, -1),
            model.name,
            model.creation_timestamp,
        ),
    )
    names = {model.model_id: f"{place} {model.name}" for place, model in enumerate(models)}
    return {
        "runs": [_run(client, run, places, names) for run in runs],
        "models": [_model(model, places) for model in models],
        "registered": [
            [one.name, one.version, dict(one.tags)] for one in client.search_model_versions()
        ],
    }


def _run(client: Any, run: Any, places: dict[str, int], names: dict[str, str]) -> dict[str, Any]:
    run = client.get_run(run.info.run_id)
    tags = {k: v for k, v in run.data.tags.items() if not k.startswith(FROM_THE_MACHINE)}
    if "mlflow.log-model.history" in tags:
        tags["mlflow.log-model.history"] = "<history>"
    parent = tags.pop("mlflow.parentRunId", None)
    return {
        "status": run.info.status,
        "parent": places.get(parent),
        "params": dict(run.data.params),
        "tags": tags,
        "metrics": {
            key: sorted(
                [point.step, point.value]
                for point in client.get_metric_history(run.info.run_id, key)
            )
            for key in run.data.metrics
        },
        "artifacts": _files(client, run.info.run_id),
        "inputs": [
            {
                "name": one.dataset.name,
                "digest": one.dataset.digest,
                "source_type": one.dataset.source_type,
                "schema": json.loads(one.dataset.schema or "null"),
                "profile": json.loads(one.dataset.profile or "null"),
                "tags": {tag.key: tag.value for tag in one.tags},
            }
            for one in (run.inputs.dataset_inputs if run.inputs else ())
        ],
        "outputs": sorted(
            [str(names.get(one.model_id)), one.step]
            for one in (run.outputs.model_outputs if run.outputs else ())
        ),
    }


def _files(client: Any, run_id: str, path: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in client.list_artifacts(run_id, path):
        if one.is_dir:
            found |= _files(client, run_id, one.path)
        elif one.path.endswith(READ) and one.file_size < 100_000:
            local = client.download_artifacts(run_id, one.path)
            found[one.path] = _content(Path(local))
        else:
            found[one.path] = None
    return found


def _content(file: Path) -> Any:
    # statsmodels writes the time into its summaries.
    text = re.sub(r"(?m)^(Date|Time):\s+.*$", r"\1", file.read_text())
    return json.loads(text) if file.suffix == ".json" else text


def _model(model: Any, places: dict[str, int]) -> dict[str, Any]:
    tags = {k: v for k, v in model.tags.items() if not k.startswith(FROM_THE_MACHINE)}
    import mlflow

    saved = {}
    if str(model.status).endswith("READY"):
        saved = saved_model(Path(mlflow.artifacts.download_artifacts(model.artifact_location)))
    return {
        "name": model.name,
        "run": places.get(model.source_run_id),
        "status": str(model.status),
        "model_type": model.model_type,
        "params": dict(model.params),
        "tags": tags,
        "metrics": sorted([one.key, one.value, one.step] for one in model.metrics or ()),
        **saved,
    }


def saved_model(folder: Path) -> dict[str, Any]:
    """The description and the files of a saved model, without ids, times and sizes."""
    import yaml

    description = yaml.safe_load((folder / "MLmodel").read_text())
    for key in MASKED:
        description.pop(key, None)
    if "artifact_path" in description:
        description["artifact_path"] = "<path>"
    for part in ("inputs", "outputs", "params"):
        text = (description.get("signature") or {}).get(part)
        if text:
            description["signature"][part] = json.loads(text)
    texts = {}
    for name in (*OF_REQUIREMENTS, "input_example.json", "serving_input_example.json"):
        if (folder / name).exists():
            texts[name] = (folder / name).read_text()
    return {
        "MLmodel": description,
        "files": sorted(
            UUID.sub("<id>", one.relative_to(folder).as_posix())
            for one in folder.rglob("*")
            if one.is_file() and "__pycache__" not in str(one)
        ),
        "texts": texts,
    }
