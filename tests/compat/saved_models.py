"""Save models of many kinds, or load them and predict; prints what is in the folders, or answers.

python saved_models.py MODULE save:FOLDER
python saved_models.py MODULE load:FOLDER
"""

import datetime as dt
import importlib
import json
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from scipy.sparse import csr_matrix

module, task = sys.argv[1:]
what, _, place = task.partition(":")
mlflow: Any = importlib.import_module(module)
pyfunc: Any = importlib.import_module(f"{module}.pyfunc")
models: Any = importlib.import_module(f"{module}.models")
types: Any = importlib.import_module(f"{module}.types")
schema: Any = importlib.import_module(f"{module}.types.schema")
resources: Any = importlib.import_module(f"{module}.models.resources")
MlflowException = mlflow.exceptions.MlflowException
warnings.simplefilter("ignore")

FRAME = pd.DataFrame({"a": [1.0, 2.0], "b": [3, 4]})
NESTED = {"who": {"name": "x", "ages": [1, 2]}, "tags": ["a"], "n": 1}
ROWS = [{"x": 1.0, "y": "a"}, {"x": 2.0, "y": "b"}]
A_TIME = dt.datetime.fromisoformat("2020-01-02T03:04:05")


class Whole(pyfunc.PythonModel):  # type: ignore[misc,name-defined]
    """Reads artifacts and configuration, and takes parameters."""

    def load_context(self, context: Any) -> None:
        self.text = Path(context.artifacts["text"]).read_text()
        self.inside = sorted(one.name for one in Path(context.artifacts["folder"]).iterdir())

    def predict(self, context, model_input, params=None):  # type: ignore[no-untyped-def]
        factor = context.model_config["factor"] * params["by"]
        return [self.text, self.inside, (model_input["a"] * factor).tolist(), params["names"]]


class Bare(pyfunc.PythonModel):  # type: ignore[misc,name-defined]
    """Has no context."""

    def predict(self, model_input):  # type: ignore[no-untyped-def]
        return model_input


class Hinted(pyfunc.PythonModel):  # type: ignore[misc,name-defined]
    """Is checked by its hints."""

    def predict(self, model_input: list[dict[str, float]], params: Any = None) -> list[float]:
        return [sum(one.values()) for one in model_input]


class Derived(Bare):
    """Calls what it derives from."""

    def __init__(self, signature: Any) -> None:
        self.signature = signature

    def predict(self, model_input):  # type: ignore[no-untyped-def]
        first = len(self.signature.inputs.inputs)
        return [first, super().predict(model_input)]


class Streaming(pyfunc.PythonModel):  # type: ignore[misc,name-defined]
    """Answers word by word."""

    def predict(self, context: Any, model_input: list[str], params: Any = None) -> list[str]:
        return model_input

    def predict_stream(self, context: Any, model_input: Any, params: Any = None) -> Any:
        yield from str(model_input).split()


def shout(model_input: list[str]) -> list[str]:
    return [one.upper() for one in model_input]


def double(model_input):  # type: ignore[no-untyped-def]
    return model_input * 2


CODE = """
try:
    import kipu as tracker
except ImportError:
    import mlflow as tracker
from pathlib import Path

config = tracker.models.ModelConfig(development_config={"greeting": "?"})

class Greeting(tracker.pyfunc.PythonModel):
    def predict(self, context, model_input: list[str]) -> list[str]:
        return [config.get("greeting") + " " + one for one in model_input]

tracker.models.set_model(Greeting())
"""
MLFLOW_CODE = """
import mlflow
from mlflow.models import set_model
from mlflow.pyfunc import PythonModel

class Same(PythonModel):
    def predict(self, context, model_input):
        return mlflow.__name__ in ("kipu", "mlflow"), model_input

set_model(Same())
"""
LOADER = """
import joined
class Loaded:
    def __init__(self, path):
        self.text = open(path).read()
    def predict(self, data):
        return [joined.join(self.text, one) for one in data["x"]]
def _load_pyfunc(path):
    return Loaded(path)
"""
INPUTS: dict[str, list[Any]] = {
    "whole": [FRAME, FRAME[["b", "a"]], {"a": [1.0], "b": [2]}],
    "bare": [FRAME, [1, 2], "x"],
    "hinted": [[{"x": 1.0}], [{"x": "1"}], pd.DataFrame({"x": [1.0], "y": [2.0]}), "x"],
    "derived": [FRAME],
    "streaming": [["a b"]],
    "shout": [["a"], [1], "a", pd.DataFrame({0: ["a", "b"]})],
    "double": [FRAME, np.array([[1.0, 2.0]]), [[1.0, 2.0]]],
    "optional": [pd.DataFrame({"a": [1.0]}), pd.DataFrame({"b": [1]}), FRAME],
    "tensor": [np.ones((2, 3)), np.ones((2, 2)), np.ones((2, 3), "f4"), [[1.0, 2.0, 3.0]]],
    "tensors": [{"x": np.ones((2, 3)), "y": np.ones(2)}, {"x": np.ones((2, 3))}],
    "sparse": [csr_matrix(np.eye(2)), np.eye(2)],
    "nested": [NESTED, {**NESTED, "n": "x"}, {**NESTED, "who": {"name": "x"}}, [NESTED]],
    "rows": [ROWS, [{"x": 1.0}], pd.DataFrame(ROWS)],
    "text": ["x", ["x", "y"], 1],
    "times": [pd.DataFrame({"t": [A_TIME]}), pd.DataFrame({"t": ["2020-01-01"]})],
    "loader": [pd.DataFrame({"x": ["a", "b"]})],
    "code": [["a"]],
    "mlflow_code": [["a"]],
}
INFERRED = ("whole", "bare", "shout", "mlflow_code")
"""Models whose requirements are worked out; for the others they are given."""
PARAMS: dict[str, list[Any]] = {
    "whole": [None, {"by": 3}, {"by": "x"}, {"unknown": 1}, {"names": ["c", "d"]}],
}


def cases(folder: Path) -> dict[str, dict[str, Any]]:
    (folder / "text.txt").write_text("hello")
    (folder / "some").mkdir()
    (folder / "some" / "one.txt").write_text("1")
    (folder / "code.py").write_text(CODE)
    (folder / "mlflow_code.py").write_text(MLFLOW_CODE)
    (folder / "loader_of_text.py").write_text(LOADER)
    (folder / "joined.py").write_text("def join(a, b): return a + b\n")
    (folder / "requirements.txt").write_text(f"pandas\n# no\n-c {folder}/constraints.txt\n")
    (folder / "constraints.txt").write_text("numpy<99\n")
    col, tensor = types.ColSpec, types.TensorSpec
    optional = types.Schema([col("double", "a"), col("long", "b", required=False)])
    frame_signature = models.infer_signature(FRAME, FRAME)
    sys.path.insert(0, str(folder))
    return {
        "whole": {
            "python_model": Whole(),
            "artifacts": {"text": str(folder / "text.txt"), "folder": str(folder / "some")},
            "model_config": {"factor": 2, "deep": {"er": 1}},
            "input_example": (FRAME, {"by": 1.5, "names": ["a", "b"]}),
            "metadata": {"team": "x", "n": {"m": 1}},
            "code_paths": [str(folder / "joined.py")],
            "resources": [resources.DatabricksTable("t"), resources.DatabricksFunction("f")],
        },
        "bare": {"python_model": Bare()},
        "hinted": {"python_model": Hinted(), "input_example": [{"x": 1.0}]},
        "derived": {"python_model": Derived(frame_signature), "signature": frame_signature},
        "streaming": {"python_model": Streaming()},
        "shout": {"python_model": shout, "input_example": ["a"]},
        "double": {
            "python_model": double,
            "pip_requirements": ["numpy", "pandas>=2"],
            "signature": frame_signature,
        },
        "optional": {
            "python_model": Bare(),
            "signature": models.ModelSignature(optional),
            "pip_requirements": str(folder / "requirements.txt"),
        },
        "tensor": {"python_model": Bare(), "input_example": np.ones((2, 3))},
        "tensors": {
            "python_model": Bare(),
            "input_example": {"x": np.ones((2, 3)), "y": np.ones(2)},
            "signature": models.ModelSignature(
                types.Schema(
                    [
                        tensor(np.dtype("float64"), (-1, 3), "x"),
                        tensor(np.dtype("float64"), (-1,), "y"),
                    ]
                )
            ),
        },
        "sparse": {"python_model": Bare(), "input_example": csr_matrix(np.eye(2))},
        "nested": {"python_model": Bare(), "input_example": NESTED},
        "rows": {"python_model": Bare(), "input_example": ROWS},
        "text": {"python_model": Bare(), "input_example": "x"},
        "times": {"python_model": Bare(), "input_example": pd.DataFrame({"t": [A_TIME]})},
        "loader": {
            "loader_module": "loader_of_text",
            "data_path": str(folder / "text.txt"),
            "code_paths": [str(folder / "loader_of_text.py"), str(folder / "joined.py")],
            "extra_pip_requirements": ["scipy"],
        },
        "code": {
            "python_model": str(folder / "code.py"),
            "model_config": {"greeting": "hi"},
            "input_example": ["x"],
        },
        "mlflow_code": {"python_model": str(folder / "mlflow_code.py")},
    }


def described(folder: Path, source: str) -> dict[str, Any]:
    model = yaml.safe_load((folder / "MLmodel").read_text())
    files = {
        name: (folder / name).read_text()
        for name in ("input_example.json", "serving_input_example.json", "constraints.txt")
        if (folder / name).exists()
    }
    for name in ("conda.yaml", "python_env.yaml"):
        files[name] = yaml.safe_load((folder / name).read_text())
    told = {
        "MLmodel": model,
        "order": list(yaml.safe_load((folder / "MLmodel").read_text())),
        "names": sorted(
            one.relative_to(folder).as_posix()
            for one in folder.rglob("*")
            if "__pycache__" not in str(one)  # which MLflow leaves behind
        ),
        "requirements": (folder / "requirements.txt").read_text().splitlines(),
        "files": files,
    }
    found: dict[str, Any] = json.loads(json.dumps(told).replace(source, "SOURCE"))
    return found


def plain(answer: Any) -> Any:
    if isinstance(answer, pd.DataFrame):
        told = {str(name): plain(answer[name].tolist()) for name in answer.columns}
        return ["frame", told, [str(one) for one in answer.dtypes]]
    if isinstance(answer, pd.Series):
        return ["series", plain(answer.tolist())]
    if isinstance(answer, np.ndarray):
        return ["array", str(answer.dtype), answer.tolist()]
    if hasattr(answer, "toarray"):
        return ["matrix", answer.format, answer.toarray().tolist()]
    if isinstance(answer, dict):
        return {str(key): plain(one) for key, one in answer.items()}
    if isinstance(answer, (list, tuple)):
        return [plain(one) for one in answer]
    return [type(answer).__name__, str(answer)]


def attempt(model: Any, data: Any, params: Any) -> Any:
    try:
        return plain(model.predict(data, params=params))
    except MlflowException as error:
        return ["refused", error.error_code]
    except Exception as error:
        return ["raised", type(error).__name__]


def answers(folder: Path, name: str) -> dict[str, Any]:
    model = pyfunc.load_model(str(folder))
    told: dict[str, Any] = {
        "answers": [
            attempt(model, data, params)
            for data in INPUTS[name]
            for params in PARAMS.get(name, [None])
        ],
        "example": plain(model.input_example),
        "config": model.model_config,
        "loader": model.loader_module,
        "signature": model.metadata.signature and model.metadata.signature.to_dict(),
        "dependencies": Path(pyfunc.get_model_dependencies(str(folder))).name,
    }
    if name == "streaming":
        told["stream"] = list(model.predict_stream("a b c"))
    if folder.joinpath("serving_input_example.json").exists():
        serving = folder.joinpath("serving_input_example.json").read_text()
        try:
            told["served"] = plain(models.validate_serving_input(str(folder), serving))
        except MlflowException as error:
            told["served"] = ["refused", error.error_code]
        except Exception as error:
            told["served"] = ["raised", type(error).__name__]
    return told


result: dict[str, Any] = {}
if what == "save":
    with tempfile.TemporaryDirectory() as source:
        made = cases(Path(source))
        for name, arguments in made.items():
            if name not in INFERRED and not any("pip" in one for one in arguments):
                # MLflow takes many seconds to work out what a model requires.
                arguments["pip_requirements"] = ["pandas"]
            pyfunc.save_model(str(Path(place, name)), **arguments)
            result[name] = described(Path(place, name), source)
else:
    for name in INPUTS:
        if not Path(place, name).exists():
            continue
        try:
            result[name] = answers(Path(place, name), name)
        except Exception as error:
            result[name] = f"not loaded: {error!r}"
print(json.dumps(result))
