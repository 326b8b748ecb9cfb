"""Single values, and values made of others: arrays, objects and maps."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from kipu.exceptions import InvalidParameter, MlflowException
from kipu.models.enforcement.columns import enforce_column
from kipu.types.datatype import DataType
from kipu.types.missing import is_missing
from kipu.types.nested import AnyType, Array, Map, Object, Type


def enforce_value(data: Any, kind: Type, required: bool = True) -> Any:
    """A value as the type has it.

    Args:
        data: The value.
        kind: The type.
        required: Whether it must be there; else None is, and what is empty.

    Raises:
        MlflowException: It is no such value, and cannot safely become one.
    """
    match kind:
        case DataType():
            return _scalar(data, kind, required)
        case Array():
            return _array(data, kind, required)
        case Object():
            return _object(data, kind, required)
        case Map():
            return _map(data, kind, required)
        case AnyType():
            return data
    raise MlflowException(f"No value is of the type {kind!r}.")


def _scalar(data: Any, kind: DataType, required: bool) -> Any:
    if not required and is_missing(data):
        return None
    if not np.isscalar(data):
        raise MlflowException(f"A {kind.name} is one value, not a {type(data).__name__}.")
    try:
        return enforce_column("", _series(data), kind)[0]
    except MlflowException as error:
        raise InvalidParameter(
            f"{data!r} is no {kind.name}.", error_class="SCHEMA_ENFORCEMENT_FAILED"
        ) from error


def _array(data: Any, kind: Array, required: bool) -> Any:
    is_list = isinstance(data, (list, np.ndarray))
    if (not required or isinstance(kind.dtype, AnyType)) and (
        data is None or (is_list and len(data) == 0)
    ):
        return data
    if not is_list:
        raise MlflowException(f"A list or array is expected, not a {type(data).__name__}.")
    if not isinstance(kind.dtype, DataType):
        items = [enforce_value(one, kind.dtype, required) for one in data]
        return items if isinstance(data, list) else np.array(items)
    if len(data) == 0:
        return data
    column = enforce_column("", _series(data), kind.dtype)
    values = column.to_numpy(dtype=kind.dtype.to_numpy())
    return values.tolist() if isinstance(data, list) else values


def _object(data: Any, kind: Object, required: bool) -> Any:
    sql = sys.modules.get("pyspark.sql")
    if sql is not None and isinstance(data, sql.Row):
        data = data.asDict(True) if len(data) else None
    if not required and not data:
        return data
    if not isinstance(data, dict):
        raise MlflowException(f"A dictionary is expected, not a {type(data).__name__}.")
    properties = {one.name: one for one in kind.properties}
    required_ones = {name for name, one in properties.items() if one.required}
    if missing := sorted(required_ones - data.keys()):
        raise MlflowException(f"The properties {missing} are required and missing.")
    if unknown := sorted(map(str, data.keys() - properties.keys())):
        raise MlflowException(f"The signature has no properties {unknown}.")
    checked = {}
    for name, value in data.items():
        try:
            checked[name] = enforce_value(value, properties[name].dtype, properties[name].required)
        except MlflowException as error:
            raise MlflowException(f"The property {name!r} is refused: {error.message}") from error
    return checked


def _map(data: Any, kind: Map, required: bool) -> Any:
    if (not required or isinstance(kind.value_type, AnyType)) and (data is None or data == {}):
        return data
    if not isinstance(data, dict):
        raise MlflowException(f"A dictionary is expected, not a {type(data).__name__}.")
    if not all(isinstance(key, str) for key in data):
        raise MlflowException("The keys of a map are text.")
    return {key: enforce_value(value, kind.value_type, required) for key, value in data.items()}


def _series(data: Any) -> Any:
    import pandas  # noqa: PLC0415 - an optional package

    return pandas.Series(data)
