"""Fill a file store with all that MLflow's layout has, and tell what a store holds.

``make ROOT`` needs the official MLflow; ``tell URI`` runs with either package.
"""

import json
import math
import os
import sys
import time
from typing import Any

if os.environ.get("TELL_WITH") == "kipu":
    import kipu as mlflow
    from kipu import MlflowClient
    from kipu.entities import ViewType
else:
    os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
    import mlflow
    from mlflow import MlflowClient
    from mlflow.entities import ViewType

START = 1_700_000_000_000


def make(client: Any) -> None:
    from mlflow.entities import (
        Dataset,
        DatasetInput,
        InputTag,
        LoggedModelInput,
        LoggedModelOutput,
    )

    client.set_experiment_tag("0", "mlflow.note.content", "the default")
    first = client.create_experiment("first", tags={"team": "red"})
    client.set_experiment_tag(first, "a/b", "nested")
    run_id = client.create_run(first, START, {"x": "ä"}, "one").info.run_id
    for key, value in {"opt/lr": "0.1", "empty": "", "lines": "a\nb"}.items():
        client.log_param(run_id, key, value)
    for step in range(50):
        client.log_metric(run_id, "loss", 1 / (step + 1), START + step, step)
    client.log_metric(run_id, "bad", math.nan, START, 1)
    client.log_metric(run_id, "inf", -math.inf, START, -1)
    model = client.create_logged_model(first, "net", run_id, {"t": "2"}, {"p": "1"}, "torch")
    client.finalize_logged_model(model.model_id, "READY")
    data = Dataset("data", "d1g", "local", '{"uri":"x"}', '{"a":1}', '{"b":2}')
    read = DatasetInput(data, [InputTag("mlflow.data.context", "train")])
    client.log_inputs(run_id, [read], [LoggedModelInput(model.model_id)])
    client.log_outputs(run_id, [LoggedModelOutput(model.model_id, 3)])
    of_data = {"dataset_name": "data", "dataset_digest": "d1g"}
    client.log_metric(run_id, "acc", 0.9, START, 7, model_id=model.model_id, **of_data)
    client.log_metric(run_id, "acc2", 0.8, START, 7, model_id=model.model_id)
    client.log_text(run_id, "hello", "notes/a.txt")
    client.set_terminated(run_id, "FAILED", START + 9000)
    client.delete_run(client.create_run(first, START + 1, run_name="two").info.run_id)
    client.delete_logged_model(client.create_logged_model(first, "unwanted").model_id)
    gone = client.create_experiment("gone")
    client.create_run(gone, START + 2)
    client.delete_run(client.create_run(gone, START + 3).info.run_id)
    time.sleep(0.002)  # the deletions must not fall into one millisecond
    client.delete_experiment(gone)
    client.create_registered_model("shop", {"k": "v"}, "sells")
    client.create_model_version("shop", f"runs:/{run_id}/model", run_id, {"a": "b"}, None, "first")
    client.create_model_version("shop", model.model_uri, model_id=model.model_id)
    client.create_model_version("shop", f"runs:/{run_id}/model", run_id)
    client.set_registered_model_alias("shop", "champion", "2")
    client.delete_model_version("shop", "3")


def tell(client: Any) -> dict[str, Any]:
    experiments = client.search_experiments(ViewType.ALL)
    ids = [one.experiment_id for one in experiments]
    runs = client.search_runs(ids, run_view_type=ViewType.ALL)
    active = [one.experiment_id for one in experiments if one.lifecycle_stage == "active"]
    models = client.search_logged_models(active)
    registered = client.search_registered_models()
    versions = client.search_model_versions("name = 'shop'")
    return {
        "experiments": {one.experiment_id: fields(one) for one in experiments},
        "runs": {one.info.run_id: told_run(client, one) for one in runs},
        "models": {one.model_id: fields(one) for one in models},
        "registered": [
            [
                one.name,
                one.creation_timestamp,
                one.last_updated_timestamp,
                one.description,
                one.tags,
                {alias: str(version) for alias, version in one.aliases.items()},
            ]
            for one in registered
        ],
        "versions": {str(one.version): told_version(client, one) for one in versions},
    }


def told_version(client: Any, version: Any) -> dict[str, Any]:
    read = client.get_model_version("shop", str(version.version))
    # The file store adds what the model has, and the workspace; SQL stores do neither.
    shown = fields(read, "metrics", "params", "workspace", "version")
    location = client.get_model_version_download_uri("shop", str(version.version))
    return shown | {"location": location}


def told_run(client: Any, run: Any) -> dict[str, Any]:
    read = client.get_run(run.info.run_id)
    return {
        "info": fields(read.info),
        "params": read.data.params,
        "tags": read.data.tags,
        "metrics": read.data.metrics,
        "datasets": [
            [fields(one.dataset), {tag.key: tag.value for tag in one.tags}]
            for one in read.inputs.dataset_inputs
        ],
        "read": [one.model_id for one in read.inputs.model_inputs],
        "made": [[one.model_id, one.step] for one in read.outputs.model_outputs],
        "history": {
            key: [
                [one.timestamp, one.value, one.step]
                for one in client.get_metric_history(run.info.run_id, key)
            ]
            for key in read.data.metrics
        },
        "artifacts": [one.path for one in client.list_artifacts(run.info.run_id)],
    }


def fields(entity: Any, *without: str) -> dict[str, Any]:
    """What an entity says of itself, as far as JSON can tell it."""
    return {name: plain(value) for name, value in entity if name not in without}


def plain(value: Any) -> Any:
    if isinstance(value, (str, int, float, type(None))):
        return value
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in sorted(value.items())}
    if isinstance(value, (list, tuple)):
        return sorted((plain(one) for one in value), key=str)
    if hasattr(type(value), "__iter__"):
        return fields(value)
    return str(value)


if __name__ == "__main__":
    verb, uri = sys.argv[1:]
    mlflow.set_tracking_uri(uri)
    if verb == "make":
        make(MlflowClient())
    else:
        print(json.dumps(tell(MlflowClient()), indent=1, sort_keys=True))
