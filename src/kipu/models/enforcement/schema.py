"""A model's whole input: columns are counted, found and converted; tensors are checked."""

from __future__ import annotations

import logging
import sys
from typing import Any

import numpy as np

from kipu.environment_variables import MLFLOW_DISABLE_SCHEMA_DETAILS
from kipu.exceptions import MlflowException
from kipu.models.enforcement.columns import enforce_column
from kipu.models.enforcement.nested import enforce_value
from kipu.models.enforcement.tensors import enforce_tensors
from kipu.types.datatype import DataType
from kipu.types.nested import Array, Object, Type
from kipu.types.schema import Schema
from kipu.types.spark import is_spark_frame

_log = logging.getLogger(__name__)
_SPARK_ROWS_CHECKED = 10


def validate_schema(data: Any, expected_schema: Schema) -> None:
    """Check data against a model's schema.

    Args:
        data: Anything that ``predict`` takes.
        expected_schema: Such as ``get_model_info(uri).signature.inputs``.

    Raises:
        MlflowException: It does not fit.
    """
    enforce_schema(data, expected_schema)


def enforce_schema(data: Any, schema: Schema) -> Any:
    """Data as a model with this schema takes it.

    Inputs with names are put in the schema's order, others are left out. Columns become a pandas
    frame, converted where nothing is lost; tensors are arrays of the schema's type and shape.

    Args:
        data: Anything that ``predict`` takes.
        schema: Of the model's input.

    Raises:
        MlflowException: Something is missing, or of another type or shape.
    """
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(data, pandas.Series):
        data = pandas.DataFrame(data)
    if schema.is_tensor_spec():
        return enforce_tensors(_by_name(data, schema), schema)
    if is_spark_frame(data):
        _check_columns(data.limit(_SPARK_ROWS_CHECKED).toPandas(), schema)
        return data
    return _check_columns(as_frame(data, schema), schema)


def as_frame(data: Any, schema: Schema) -> Any:
    """Data as the pandas frame that columns are checked in.

    Raises:
        MlflowException: No frame can be made of it.
    """
    import pandas  # noqa: PLC0415 - an optional package

    if isinstance(data, pandas.DataFrame):
        return data
    if np.isscalar(data):
        return pandas.DataFrame([data])
    if isinstance(data, dict):
        if _is_row(data, schema):
            return pandas.DataFrame([data])
        # Arrays of more axes make no frame; as lists they are refused by their type.
        columns = {
            name: one.tolist() if isinstance(one, np.ndarray) and one.ndim > 1 else one
            for name, one in data.items()
        }
        try:
            return pandas.DataFrame(columns)
        except Exception as error:
            raise MlflowException(
                f"The signature has columns, but the input makes no data frame: {error}"
            ) from error
    if isinstance(data, (list, np.ndarray)):
        return pandas.DataFrame(data)
    raise MlflowException(
        f"The signature has columns, so a pandas frame is expected, not a {type(data).__name__}."
    )


def _is_row(data: dict[Any, Any], schema: Schema) -> bool:
    """Whether a dictionary is one row, not columns."""
    if any(isinstance(one.type, (Array, Object)) for one in schema.inputs):
        return True
    values = data.values()
    if all(
        one is None
        or np.isscalar(one)
        or (isinstance(one, list) and all(isinstance(item, str) for item in one))
        for one in values
    ):
        return True
    return all(
        isinstance(one, np.ndarray) and one.dtype.kind == "U" and one.shape == () for one in values
    )


def _by_name(data: Any, schema: Schema) -> Any:
    """Tensors by name, none of them missing."""
    if not schema.has_input_names():
        return data
    required = schema.required_input_names()
    if len(required) == 1 and isinstance(data, np.ndarray):
        return {required[0]: data}
    pandas = sys.modules.get("pandas")
    if isinstance(data, dict):
        _check_names(list(data), schema)
    elif pandas is not None and isinstance(data, pandas.DataFrame):
        _check_names(list(data.columns), schema)
    else:
        _check_names([], schema)
    return data


def _check_columns(frame: Any, schema: Schema) -> Any:
    import pandas  # noqa: PLC0415 - an optional package

    if schema.has_input_names():
        names = list(frame.columns)
        _check_names(names, schema)
        specs = [(one.name, one) for one in schema.inputs if one.name in names]
    else:
        if len(frame.columns) < len(schema):
            raise MlflowException(
                f"The signature has {len(schema)} columns without names, but the input has only "
                f"{len(frame.columns)}."
            )
        specs = list(zip(frame.columns, schema.inputs, strict=False))
    columns = {
        name: _column(name, frame[name], one.type, one.required)  # type: ignore[arg-type]
        for name, one in specs
    }
    return pandas.DataFrame(columns)


def _column(name: Any, values: Any, kind: Type, required: bool) -> Any:
    if isinstance(kind, DataType):
        return enforce_column(name, values, kind)
    checked = [enforce_value(one, kind, required) for one in values]
    return type(values)(checked, index=values.index, name=name)


def _check_names(names: list[Any], schema: Schema) -> None:
    known = {*schema.required_input_names(), *schema.optional_input_names()}
    missing = [name for name in schema.required_input_names() if name not in names]
    extra = [name for name in names if name not in known]
    if missing:
        if MLFLOW_DISABLE_SCHEMA_DETAILS.get():
            message = "The input does not have what the model's signature asks for."
        else:
            message = f"Model is missing inputs {missing}."
            if extra:
                message += f" There are others that it does not know: {extra}."
        raise MlflowException(message)
    if extra:
        _log.warning("The model's signature has no inputs %s; they are ignored.", extra)
