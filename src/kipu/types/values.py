"""Whether single values are of a type, and what they become as a parameter of a model."""

from __future__ import annotations

from typing import Any

import numpy as np

from kipu.exceptions import InvalidParameter
from kipu.types.datatype import DataType
from kipu.types.nested import AnyType, Array, Map, Object, Type

_WIDER = {
    DataType.long: (DataType.integer,),
    DataType.float: (DataType.integer, DataType.long),
    DataType.double: (DataType.integer, DataType.long, DataType.float),
}
_SAFE_INT_BYTES = 6  # so many are exact as a double


def as_param(value: Any, dtype: DataType | Object) -> Any:
    """A scalar as a value of a type; None stays None.

    Raises:
        InvalidParameter: It cannot be one without loss.
    """
    if value is None:
        return None
    if not isinstance(dtype, DataType):
        check_object(value, dtype)
        return value
    if dtype is DataType.datetime:
        return _as_datetime(value)
    if not np.isscalar(value):
        raise InvalidParameter(f"A {dtype!r} is one value, not {value!r}.")
    accepted = (dtype, *_WIDER.get(dtype, ()))
    if not any(DataType.check_type(one, value) for one in accepted):
        kind = type(value).__name__
        raise InvalidParameter(f"{value!r}, a {kind}, is no {dtype!r} without loss.")
    return dtype.to_python()(value)


def check_object(value: Any, schema: Object) -> None:
    """Check a dictionary against an object's properties.

    Raises:
        InvalidParameter: A required one is missing, one is unknown, or a value is of no such type.
    """
    if not isinstance(value, dict):
        raise InvalidParameter(f"{value!r} is no dictionary with the properties {schema!r}.")
    properties = {one.name: one for one in schema.properties}
    if missing := sorted(
        name for name, one in properties.items() if one.required and name not in value
    ):
        raise InvalidParameter(f"The properties {missing} are missing.")
    if unknown := sorted(map(str, value.keys() - properties.keys())):
        raise InvalidParameter(f"There are no properties {unknown}.")
    for name, part in value.items():
        try:
            _check(part, properties[name].dtype, properties[name].required)
        except InvalidParameter as error:
            raise InvalidParameter(f"The property {name!r} is refused: {error}") from error


def _check(value: Any, dtype: Type, required: bool) -> None:
    if isinstance(dtype, AnyType) or (not required and _is_missing(value)):
        return
    match dtype:
        case Object():
            check_object(value, dtype)
        case Array():
            if not isinstance(value, (list, np.ndarray)):
                raise InvalidParameter(f"{value!r} is no list.")
            for item in value:
                _check(item, dtype.dtype, required)
        case Map():
            if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
                raise InvalidParameter(f"{value!r} is no dictionary with text as keys.")
            for item in value.values():
                _check(item, dtype.value_type, required)
        case DataType():
            if not _fits(value, dtype):
                kind = type(value).__name__
                raise InvalidParameter(f"{value!r}, a {kind}, is no {dtype!r} without loss.")


def _fits(value: Any, dtype: DataType) -> bool:
    if not np.isscalar(value):
        return False
    given, wanted = np.asarray(value).dtype, dtype.to_numpy()
    if dtype in (DataType.string, DataType.binary):
        return given.kind in "USO"
    if given.kind == wanted.kind:
        return given.kind == "M" or given.itemsize <= wanted.itemsize
    if given.kind == "u" and wanted.kind == "i":
        return given.itemsize < wanted.itemsize
    if given.kind in "iu" and wanted.kind == "f":
        exact = dtype is DataType.double and given.itemsize <= _SAFE_INT_BYTES
        return exact or value in (0, 1)
    return False


def _as_datetime(value: Any) -> Any:
    try:
        moment = np.datetime64(value).item()
    except ValueError as error:
        raise InvalidParameter(f"{value!r} is no date and no time: {error}") from error
    if moment is None or isinstance(moment, int):
        raise InvalidParameter(f"{value!r} is no date and no time that Python can tell.")
    return moment


def _is_missing(value: Any) -> bool:
    empty = isinstance(value, (list, dict)) and not value
    return value is None or empty or (isinstance(value, float) and np.isnan(value))
