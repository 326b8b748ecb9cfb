"""Log and register a model, or find what another client logged and predict with it.

python logged_models.py MODULE TRACKING_URI
"""

import importlib
import json
import sys
import warnings
from pathlib import Path
from typing import Any

import pandas as pd

module, uri = sys.argv[1:]
mlflow: Any = importlib.import_module(module)
pyfunc: Any = importlib.import_module(f"{module}.pyfunc")
models: Any = importlib.import_module(f"{module}.models")
warnings.simplefilter("ignore")
EXPERIMENT, REGISTERED = "logged by both", "doubling"
FRAME = pd.DataFrame({"x": [1.0, 2.0]})


class Doubling(pyfunc.PythonModel):  # type: ignore[misc,name-defined]
    """Doubles, and adds what its artifact says."""

    def load_context(self, context):  # type: ignore[no-untyped-def]
        self.added = float(Path(context.artifacts["added"]).read_text())

    def predict(self, context, model_input, params=None):  # type: ignore[no-untyped-def]
        return (model_input["x"] * 2 + self.added).tolist()


def log(name: str) -> Any:
    Path("added.txt").write_text("0.5")
    with mlflow.start_run(run_name=name):
        mlflow.log_param("depth", 3)
        mlflow.log_metric("loss", 0.25, step=2)
        mlflow.log_metric("loss", 0.5, step=1)
        return pyfunc.log_model(
            name=name,
            python_model=Doubling(),
            artifacts={"added": str(Path("added.txt").absolute())},
            input_example=FRAME,
            pip_requirements=["pandas"],
            model_config={"a": {"b": 1}},
            metadata={"team": "x"},
            params={"own": 1},
            tags={"stage": "test"},
            model_type="regressor",
            step=2,
            registered_model_name=REGISTERED,
        )


def told(info: Any) -> dict[str, Any]:
    model = mlflow.get_logged_model(info.model_id)
    run = mlflow.get_run(info.run_id)
    version = mlflow.MlflowClient().get_model_version(REGISTERED, info.registered_model_version)
    return {
        "params": model.params,
        "tags": {key: one for key, one in model.tags.items() if not key.startswith("mlflow.")},
        "metrics": [[one.key, one.step, one.value] for one in model.metrics],
        "type": [model.model_type, model.status, model.name == info.name],
        "outputs": [[one.model_id == info.model_id, one.step] for one in run.outputs.model_outputs],
        "run params": run.data.params,
        "version": [version.tags, version.source == info.model_uri, version.run_id == info.run_id],
        "uri": info.model_uri == f"models:/{info.model_id}",
        "paths": info.artifact_path == model.artifact_location,
        "metadata": info.metadata,
        "signature": info.signature.to_dict(),
    }


mlflow.set_tracking_uri(uri)
experiment = mlflow.set_experiment(EXPERIMENT)
before = mlflow.search_logged_models([experiment.experiment_id], output_format="list")
info = log(module)
result: dict[str, Any] = {"told": told(info), "answers": {}}
for model in [*before, mlflow.get_logged_model(info.model_id)]:
    uris = {
        "id": f"models:/{model.model_id}",
        "run": f"runs:/{model.source_run_id}/{model.name}",
        "location": model.artifact_location,
    }
    for what, one in uris.items():
        key = f"{model.name} by {what}"
        result["answers"][key] = pyfunc.load_model(one).predict(FRAME)
versions = mlflow.MlflowClient().search_model_versions(f"name = '{REGISTERED}'")
for version in versions:
    loaded = pyfunc.load_model(f"models:/{REGISTERED}/{version.version}")
    result["answers"][f"version {version.version}"] = loaded.predict(FRAME)
mlflow.MlflowClient().set_registered_model_alias(REGISTERED, "best", versions[0].version)
result["answers"]["alias"] = pyfunc.load_model(f"models:/{REGISTERED}@best").predict(FRAME)
print(json.dumps(result))
