"""Data as JSON: how a model's input is written, and made data again by the model's schema."""

from __future__ import annotations

import base64
import datetime as dt
import json
import sys
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np

from kipu.exceptions import MlflowException
from kipu.models.enforcement.nested import enforce_value
from kipu.types.columns import ColSpec, TensorSpec
from kipu.types.datatype import DataType
from kipu.types.nested import AnyType, Array, Map, Object
from kipu.types.schema import Schema

if TYPE_CHECKING:
    import pandas as pd


class InvalidInput(MlflowException):
    """JSON that is no input of this model."""

    def __init__(self, message: str) -> None:
        super().__init__(f"Invalid input. {message}", "BAD_REQUEST")


class DataEncoder(json.JSONEncoder):
    """Writes arrays as lists, bytes as base64, dates and times in ISO format."""

    def default(self, o: Any) -> Any:
        """What JSON has no form for, as something that it has."""
        if isinstance(o, np.ndarray):
            return o.tolist()
        if isinstance(o, np.generic):
            return o.item()
        if isinstance(o, (bytes, bytearray)):
            return base64.encodebytes(o).decode("ascii")
        if isinstance(o, (dt.date, dt.time)):
            return o.isoformat()
        pandas = sys.modules.get("pandas")
        if pandas is not None and (o is pandas.NA or o is pandas.NaT):
            return None
        if hasattr(o, "model_dump"):
            return o.model_dump()
        return super().default(o)


def write_json(data: Any, indent: int | None = None) -> str:
    """Data as JSON text."""
    return json.dumps(data, cls=DataEncoder, indent=indent)


def cast_inputs(data: Any, schema: Schema | None = None) -> Any:
    """What stands under ``inputs`` as arrays and values of the schema's types.

    Args:
        data: Columns by name, rows as dictionaries, a list, or one value.
        schema: Of the model's input; without one, lists become arrays.

    Raises:
        InvalidInput: The data does not fit.
    """
    data = deepcopy(data)
    specs = schema.input_dict() if schema and schema.has_input_names() else {}
    is_rows = isinstance(data, list) and any(isinstance(one, dict) for one in data)
    if schema is not None:
        if len(specs) == 1 and isinstance(data, list) and not is_rows:
            data = {next(iter(specs)): data}
        elif not schema.has_input_names() and not (isinstance(data, list) or np.isscalar(data)):
            raise InvalidInput(
                "The signature of the model has no names, so it takes one array or value, not a "
                f"{type(data).__name__}."
            )
    if isinstance(data, dict):
        return {name: _cast(one, specs.get(name)) for name, one in data.items()}
    if isinstance(data, list) and all(isinstance(one, dict) for one in data):
        return [{name: _cast(one, specs.get(name)) for name, one in row.items()} for row in data]
    return _cast(data, schema.inputs[0] if schema else None)


def cast_instances(data: Any, schema: Schema | None = None) -> Any:
    """What stands under ``instances``, where rows become one array for each name.

    Raises:
        InvalidInput: The data does not fit, or its columns differ in length.
    """
    if not (isinstance(data, list) and data and isinstance(data[0], dict)):
        columns = cast_inputs(data, schema)
    else:
        specs = schema.input_dict() if schema and schema.has_input_names() else {}
        values: dict[str, list[Any]] = {}
        for row in data:
            for name, one in row.items():
                values.setdefault(name, []).append(_cast(one, specs.get(name)))
        columns = {name: np.array(column) for name, column in values.items()}
    if isinstance(columns, dict):
        _check_lengths(columns, schema)
    return columns


def frame_of_json(data: Any, orient: str, schema: Schema | None = None) -> pd.DataFrame:
    """A pandas frame from JSON, its columns of the schema's types.

    Args:
        data: What ``DataFrame.to_dict`` answers.
        orient: ``split`` or ``records``.
        schema: Of the model's input.

    Raises:
        InvalidInput: The data has another form, or does not fit.
    """
    import pandas  # noqa: PLC0415 - an optional package

    kind = type(data).__name__
    try:
        if orient == "records":
            if not isinstance(data, list):
                raise InvalidInput(
                    f"A frame in the form 'records' is a list of rows, not a {kind}."
                )
            frame = pandas.DataFrame(data)
        else:
            if not isinstance(data, dict):
                raise InvalidInput(f"A frame in the form 'split' is a dictionary, not a {kind}.")
            if "data" not in data or data.keys() - {"columns", "data", "index"}:
                raise InvalidInput(
                    "A frame in the form 'split' has the key 'data', and perhaps 'columns' and "
                    f"'index'; this one has {sorted(data)}."
                )
            frame = pandas.DataFrame(data["data"], data.get("index"), data.get("columns"))
    except MlflowException:
        raise
    except Exception as error:
        raise InvalidInput(f"This is no frame in the form {orient!r}: {error}") from error
    return frame if schema is None else cast_frame(frame, schema)


def cast_frame(frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """The frame with the columns that the schema knows made values of its types.

    Raises:
        InvalidInput: A column does not fit.
    """
    required = set(schema.required_input_names())
    for name, kind in _columns(frame, schema):
        if name not in frame.columns:
            continue
        try:
            frame[name] = _cast_column(frame[name], kind, name in required)
        except Exception as error:
            raise InvalidInput(
                f"The column {name!r} does not fit the model's signature, which says {kind!r}: "
                f"{error}"
            ) from error
    return frame


def _columns(frame: pd.DataFrame, schema: Schema) -> list[tuple[Any, Any]]:
    types = schema.input_types()
    if schema.has_input_names():
        return list(zip(schema.input_names(), types, strict=True))
    if schema.is_tensor_spec():
        return [(name, types[0]) for name in frame.columns]
    return list(zip(frame.columns, types, strict=False))


def _cast_column(column: pd.Series[Any], kind: Any, required: bool) -> Any:
    import pandas  # noqa: PLC0415 - an optional package

    if isinstance(kind, AnyType):
        return column
    if kind is DataType.binary:
        return column.map(lambda text: base64.decodebytes(bytes(text, "utf8")))
    if isinstance(kind, (Array, Object, Map)):
        return column.map(lambda one: enforce_value(one, kind, required))
    if isinstance(kind, np.dtype):
        if kind == np.dtype(bytes):
            return column.map(lambda text: bytes(text, "utf8"))
        if isinstance(column.iloc[0], list):
            return column  # it becomes a tensor when the schema is enforced
    if kind is DataType.datetime:
        times = pandas.to_datetime(column)
        return times.dt.as_unit("ns") if times.dtype.kind == "M" else times
    target = kind.to_pandas() if isinstance(kind, DataType) else kind
    is_text = target is object or np.dtype(target).kind == "U"
    if is_text and isinstance(column.dtype, pandas.StringDtype):
        return column
    return column.astype(target)


def _cast(data: Any, spec: ColSpec | TensorSpec | None) -> Any:
    try:
        if spec is None:
            return np.array(data)
        if isinstance(spec, TensorSpec):
            return np.array(data, dtype=spec.type)
        kind = spec.type
        if isinstance(kind, DataType):
            if isinstance(data, (list, np.ndarray)):
                return np.array(data, kind.to_numpy())
            return np.array([data], kind.to_numpy())[0]
        value = enforce_value(data, kind, spec.required)
        return np.array(value) if isinstance(kind, Array) else value
    except MlflowException as error:
        raise InvalidInput(error.message) from error
    except Exception as error:
        raise InvalidInput(f"{data!r} does not fit {spec!r}: {error}") from error


def _check_lengths(columns: dict[str, Any], schema: Schema | None) -> None:
    names = {name for name, one in columns.items() if isinstance(one, (list, np.ndarray))}
    if schema and schema.has_input_names():
        plain = {
            name for name, one in schema.input_dict().items() if not isinstance(one.type, Array)
        }
        names &= plain & set(schema.required_input_names())
    if len({len(columns[name]) for name in names}) > 1:
        raise InvalidInput("The columns have different numbers of values.")
