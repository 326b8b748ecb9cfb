"""The schema that a dataclass stands for: one column for each field."""

from __future__ import annotations

import datetime as dt
import types
from dataclasses import fields, is_dataclass
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

from kipu.exceptions import MlflowException
from kipu.types.columns import ColSpec
from kipu.types.datatype import DataType
from kipu.types.nested import AnyType, Array, Map, Object, Property, Type
from kipu.types.schema import Schema

_SCALARS: dict[Any, DataType] = {
    bool: DataType.boolean,
    int: DataType.long,
    float: DataType.double,
    str: DataType.string,
    bytes: DataType.binary,
    dt.date: DataType.datetime,
    dt.datetime: DataType.datetime,
}


class _Field(NamedTuple):
    type: Type
    required: bool


def schema_of_dataclass(dataclass: Any) -> Schema:
    """One column for each field of a dataclass, or of an object of one.

    Raises:
        MlflowException: A field is of a type that no schema knows.
    """
    return Schema(
        [
            ColSpec(field.type, name, required=field.required)
            for name, field in _fields(dataclass).items()
        ]
    )


def _fields(dataclass: Any) -> dict[str, _Field]:
    kind = dataclass if isinstance(dataclass, type) else type(dataclass)
    hints = get_type_hints(kind)
    return {one.name: _field(kind, one.name, hints[one.name]) for one in fields(kind)}


def _field(kind: type, name: str, hint: Any) -> _Field:
    optional = False
    if get_origin(hint) in (Union, types.UnionType):
        kinds = [one for one in get_args(hint) if one is not types.NoneType]
        optional = len(kinds) < len(get_args(hint))
        if len(kinds) != 1 or not optional:
            raise MlflowException(
                f"{kind.__name__}.{name} is {hint}; of unions only Optional[...] has a type."
            )
        hint = kinds[0]
    found = _type(hint)
    if found is None:
        raise MlflowException(f"{kind.__name__}.{name} is {hint}, which no schema knows.")
    return _Field(found, not optional)


def _type(hint: Any) -> Type | None:
    if is_dataclass(hint):
        return Object(
            [
                Property(name, field.type, required=field.required)
                for name, field in _fields(hint).items()
            ]
        )
    match get_origin(hint), get_args(hint):
        case (origin, (item,)) if origin is list:
            inner = _type(item)
            return None if inner is None else Array(inner)
        case (origin, (key, item)) if origin is dict and key is str:
            inner = _type(item)
            return None if inner is None else Map(inner)
    return AnyType() if hint is Any else _SCALARS.get(hint)
