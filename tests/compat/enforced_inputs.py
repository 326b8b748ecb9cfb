"""Give data of many kinds to models of many signatures; prints what reaches the model, or refusals.

python enforced_inputs.py MODULE
"""

import hashlib
import importlib
import json
import logging
import sys
import warnings
import zlib
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import numpy as np
import pandas as pd
from sample_data import ARRAYS, FRAMES, INFERRED, PARAMS, STORED, WRONG_PARAMS

module = sys.argv[1]
mlflow: Any = importlib.import_module(module)
pyfunc: Any = importlib.import_module(f"{module}.pyfunc")
models: Any = importlib.import_module(f"{module}.models")
types: Any = importlib.import_module(f"{module}.types.schema")
MlflowException = mlflow.exceptions.MlflowException
warnings.simplefilter("ignore")
logging.disable()
SKIPPED = ("long", "text until far down", "random", "object series")
"""Nothing that the others do not show; random; or with values inside that MLflow changes."""


class Echo:
    """A model that answers with what it is given."""

    def predict(self, data: Any, params: Any = None) -> Any:
        return data, params


def plain(data: Any) -> Any:
    if isinstance(data, pd.DataFrame):
        columns = [[str(data.columns[at]), plain(data.iloc[:, at])] for at in range(data.shape[1])]
        return ["frame", len(data), [str(one) for one in data.index], columns]
    if isinstance(data, pd.Series):
        return [str(data.dtype), [plain(one) for one in data]]
    if isinstance(data, np.ndarray):
        return ["array", str(data.dtype), data.shape, [plain(one) for one in data.ravel().tolist()]]
    if hasattr(data, "toarray"):
        return [data.format, plain(data.toarray())]
    if isinstance(data, dict):
        return {str(key): plain(one) for key, one in data.items()}
    if isinstance(data, (list, tuple)):
        return [plain(one) for one in data]
    if isinstance(data, float) and data != data:
        return "nan"
    return [type(data).__name__, str(data)]


def short(data: Any) -> str:
    text = json.dumps(plain(data))
    return text if len(text) < 200 else hashlib.sha256(text.encode()).hexdigest()[:16]


def attempt(model: Any, data: Any, params: Any = None) -> str:
    try:
        return short(model.predict(deepcopy(data), params))
    except MlflowException as error:
        return "refused " + error.error_code
    except Exception as error:
        return "raised " + type(error).__name__


def data_of_all_kinds() -> Iterator[tuple[str, Any]]:
    for name, make in FRAMES.items():
        yield f"frame {name}", make()
    for name, array in ARRAYS.items():
        yield f"array {name}", array
    for name, data in INFERRED.items():
        yield name, data
    for name in ("integers", "small integers", "floats", "nullable", "dates", "text", "bytes"):
        frame = FRAMES[name]()
        for column in frame.columns:
            yield f"{name} {column} as a", frame[[column]].rename(columns={column: "a"})
    yield "list of arrays", [np.ones(2), np.ones(2)]
    yield "dictionary of lists", {"a": [1, 2], "b": ["x", "y"]}
    yield "dictionary of scalars", {"a": 1, "b": "x"}
    yield "dictionary of arrays", {"a": np.array([1, 2]), "b": np.array(["x", "y"])}
    yield "zeros and ones", pd.DataFrame({"a": [0, 1]})
    yield "whole floats with nan", pd.DataFrame({"a": [1.0, np.nan]})


def schemas() -> Iterator[tuple[str, Any]]:
    for name, data in data_of_all_kinds():
        try:
            yield f"of {name}", models.infer_signature(data).inputs
        except Exception:
            continue
    for text in STORED:
        try:
            yield text, types.Schema.from_json(text)
        except Exception:
            continue
    col, tensor = types.ColSpec, types.TensorSpec
    nested = {
        "any": types.AnyType(),
        "array of any": types.Array(types.AnyType()),
        "map": types.Map(types.DataType.long),
        "object": types.Object([types.Property("a", types.DataType.long, required=False)]),
    }
    for kind in types.DataType:
        nested[kind.name] = kind
        nested[f"array of {kind.name}"] = types.Array(kind)
    for name, kind in nested.items():
        yield f"a: {name}", types.Schema([col(kind, "a")])
        yield f"a: {name}, optional", types.Schema([col(kind, "a", required=False)])
        yield name, types.Schema([col(kind)])
    for shape in ((-1,), (-1, 1), (-1, 2), (-1, -1), (2, 3), (-1, 3, 1)):
        for dtype in ("float64", "int64", "object", "str"):
            spec = tensor(np.dtype(dtype), shape)
            yield f"tensor {dtype} {shape}", types.Schema([spec])
            yield f"a: tensor {dtype} {shape}", types.Schema([tensor(spec.type, shape, "a")])


def model_with(inputs: Any, params: Any = None) -> Any:
    meta = models.Model(signature=models.ModelSignature(inputs, params=params))
    meta.add_flavor("python_function", loader_module="none")
    return pyfunc.PyFuncModel(meta, Echo())


def is_taken(name: str) -> bool:
    """Whether a schema has its turn: all that are written here, a third of those of data."""
    bare = name.removeprefix("of ").removeprefix("frame ").removeprefix("array ")
    is_of_data = name.startswith("of ")
    return bare not in SKIPPED and (not is_of_data or zlib.crc32(name.encode()) % 3 == 0)


result: dict[str, dict[str, str]] = {}
for name, schema in schemas():
    if not is_taken(name):
        continue
    model = model_with(schema)
    result[name] = {
        kind: attempt(model, data)
        for kind, data in data_of_all_kinds()
        if kind.removeprefix("frame ").removeprefix("array ") not in SKIPPED
    }
defaults = models.infer_signature("x", params=PARAMS)
model = model_with(defaults.inputs, defaults.params)
given: dict[str, Any] = {**PARAMS, **WRONG_PARAMS, "float": np.float64(2), "small": np.int8(1)}
result["params"] = {
    f"{name} = {other}": attempt(model, "x", {name: value})
    for name in PARAMS
    for other, value in given.items()
}
result["params"]["no dictionary"] = attempt(model, "x", [1])
result["params"]["unknown"] = attempt(model, "x", {"nothing": 1})
result["params"]["no schema"] = attempt(model_with(defaults.inputs), "x", {"nothing": 1})
print(json.dumps(result))
