"""Input examples: how a sample of a model's input is written beside it, and read again."""

from __future__ import annotations

import datetime as dt
import json
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np

from kipu.exceptions import InvalidParameter, MlflowException
from kipu.fluent.downloads import load_text
from kipu.models.json_data import cast_inputs, frame_of_json, write_json
from kipu.types.inference import is_sparse
from kipu.types.param_inference import infer_param_schema
from kipu.types.schema import Schema
from kipu.types.spark import is_spark_frame

EXAMPLE_FILE = "input_example.json"
SERVING_FILE = "serving_input_example.json"

_PATH, _SERVING, _PARAMS = "artifact_path", "serving_input_path", "params"
_CHAT_KEYS = ("messages", "prompt", "input")
_KINDS = ("dataframe", "ndarray", "sparse_matrix_csc", "sparse_matrix_csr", "json_object")


class InputExample:
    """A sample of a model's input, and perhaps its parameters.

    Args:
        given: A pandas frame, a NumPy array or dictionary of arrays, a SciPy csr or csc matrix, a
            dictionary, a list, a scalar, a date or time, or a pydantic object. Or a tuple of one
            of these and a dictionary of parameters.

    Attributes:
        data: The sample.
        params: The parameters, None without any.
        info: What an ``MLmodel`` file says of it.
        text: The JSON of ``input_example.json``.
        serving_text: The JSON of ``serving_input_example.json``: what a server would be sent.

    Raises:
        InvalidParameter: It is something else.
        MlflowException: It is a Spark frame, or a list with arrays in it.
    """

    def __init__(self, given: Any) -> None:
        if is_spark_frame(given):
            raise MlflowException(
                "An input example is small; give it as pandas frame, not as one of Spark."
            )
        self.data, self.params = split_params(deepcopy(given))
        kind, written, serving = _form(deepcopy(self.data))
        self.info: dict[str, Any] = {_PATH: EXAMPLE_FILE}
        if self.params:
            self.info[_PARAMS] = "true"
        self.info["type"] = kind
        if kind == "dataframe":
            self.info["pandas_orient"] = "split" if "columns" in written else "values"
        if self.params is not None:
            written = {"inputs": written, _PARAMS: self.params}
            is_chat = kind == "json_object" and "inputs" not in serving
            serving |= self.params if is_chat else {_PARAMS: self.params}
        self.text = write_json(written)
        self.serving_text = write_json(serving, indent=2)
        self.info[_SERVING] = SERVING_FILE

    def save(self, folder: Path) -> None:
        """Write both files."""
        folder.joinpath(EXAMPLE_FILE).write_text(self.text, "utf-8")
        folder.joinpath(SERVING_FILE).write_text(self.serving_text, "utf-8")


def split_params(given: Any) -> tuple[Any, dict[str, Any] | None]:
    """The sample, and the parameters if it is a tuple with a dictionary of them.

    Raises:
        InvalidParameter: The parameters have no type.
    """
    match given:
        case (data, dict() as params) if isinstance(given, tuple):
            infer_param_schema(params)
            return data, params
    return given, None


def convert_input_example_to_serving_input(input_example: Any) -> str | None:
    """The JSON that a server of the model would be sent for a sample of its input.

    Args:
        input_example: In any form that ``log_model`` takes; None stays None.

    Raises:
        InvalidParameter: It is something else.
    """
    return None if input_example is None else InputExample(input_example).serving_text


def read_example(info: dict[str, Any] | None, source: str, schema: Schema | None) -> Any:
    """The sample beside a model, as data of the kind that it was; None without one.

    Args:
        info: What the ``MLmodel`` file says of it.
        source: The model's folder or URI.
        schema: Of the model's input.

    Raises:
        MlflowException: It is of an unknown kind.
    """
    if info is None:
        return None
    kind = info["type"]
    if kind not in _KINDS:
        raise MlflowException(f"Input examples of the type {kind!r} are unknown here.")
    data = json.loads(_read(source, info[_PATH]))
    if info.get(_PARAMS):
        data = data["inputs"]
    match kind:
        case "ndarray":
            return cast_inputs(data, schema)
        case "dataframe":
            # MLflow writes rows without a header when the columns are 0, 1, 2, ...
            return frame_of_json(
                data if isinstance(data, dict) else {"data": data}, "split", schema
            )
        case "json_object":
            return data
    return _matrix(data, kind)


def read_example_params(info: dict[str, Any] | None, source: str) -> dict[str, Any] | None:
    """The parameters of the sample beside a model, None without any."""
    if info is None or info.get(_PARAMS) is None:
        return None
    params: dict[str, Any] = json.loads(_read(source, info[_PATH]))[_PARAMS]
    return params


def read_serving_input(info: dict[str, Any] | None, folder: str | Path) -> str | None:
    """The JSON beside a model that a server would be sent, None without one."""
    if info is None or _SERVING not in info:
        return None
    return Path(folder, info[_SERVING]).read_text("utf-8")


def _read(source: str, name: str) -> str:
    local = Path(source, name)
    return local.read_text("utf-8") if local.exists() else load_text(f"{source.rstrip('/')}/{name}")


def _form(data: Any) -> tuple[str, Any, dict[str, Any]]:
    """The kind, what the file holds, and what a server would be sent."""
    written: Any
    pydantic = sys.modules.get("pydantic")
    if pydantic is not None and isinstance(data, pydantic.BaseModel):
        data = data.model_dump()
    pandas = sys.modules.get("pandas")
    if isinstance(data, dict):
        arrays = [isinstance(one, np.ndarray) for one in data.values()]
        if any(arrays):
            if not all(arrays):
                raise InvalidParameter(
                    "A dictionary as input example holds arrays only, or none at all."
                )
            written = {name: _listed(one) for name, one in data.items()}
            return "ndarray", written, {"inputs": written}
        is_chat = any(key in data for key in _CHAT_KEYS)
        return "json_object", data, dict(data) if is_chat else {"inputs": data}
    if isinstance(data, np.ndarray):
        written = _listed(data)
        return "ndarray", written, {"inputs": written}
    if isinstance(data, list):
        if _holds_array(data):
            raise MlflowException("A list as input example holds no NumPy arrays.")
        return "json_object", data, {"inputs": data}
    if is_sparse(data):
        written = {
            "data": _listed(data.data),
            "indices": data.indices.tolist(),
            "indptr": data.indptr.tolist(),
            "shape": list(data.shape),
        }
        return f"sparse_matrix_{data.format}", written, {"inputs": data.toarray()}
    if pandas is not None and isinstance(data, pandas.DataFrame):
        written = _split(data)
        return "dataframe", written, {"dataframe_split": written}
    if np.isscalar(data) or isinstance(data, dt.datetime):
        return "json_object", data, {"inputs": data}
    raise InvalidParameter(
        "An input example is a pandas frame, a NumPy array or a dictionary of them, a SciPy csr or "
        "csc matrix, a dictionary, a list, a scalar, a date with time or a pydantic object, not a "
        f"{type(data).__name__}."
    )


def _split(frame: Any) -> dict[str, Any]:
    written: dict[str, Any] = frame.where(frame.notnull(), None).to_dict(orient="split")
    del written["index"]
    if list(frame.columns) == list(range(len(frame.columns))):
        del written["columns"]
    return written


def _listed(array: np.ndarray[Any, Any]) -> list[Any]:
    if np.issubdtype(array.dtype, np.number):
        array = np.where(np.isnan(array), None, array)  # type: ignore[call-overload]
    listed: list[Any] = array.tolist()
    return listed


def _holds_array(data: Any) -> bool:
    if isinstance(data, (list, dict)):
        return any(map(_holds_array, data.values() if isinstance(data, dict) else data))
    return isinstance(data, np.ndarray)


def _matrix(data: dict[str, Any], kind: str) -> Any:
    from scipy import sparse  # noqa: PLC0415 - an optional package

    make = sparse.csc_matrix if kind.endswith("csc") else sparse.csr_matrix
    return make((data["data"], data["indices"], data["indptr"]), shape=tuple(data["shape"]))
