"""Type hints of a model's function: the schema that they stand for, and data checked by them."""

from __future__ import annotations

import base64
import datetime as dt
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple, Union, get_args, get_origin

from kipu.exceptions import InvalidParameter, MlflowException
from kipu.types.columns import ColSpec
from kipu.types.datatype import DataType
from kipu.types.nested import AnyType, Array, Map, Object, Property, Type
from kipu.types.schema import Schema

_SCALARS: dict[Any, DataType] = {
    int: DataType.long,
    str: DataType.string,
    bool: DataType.boolean,
    float: DataType.double,
    bytes: DataType.binary,
    dt.datetime: DataType.datetime,
}
_UNIONS = (Union, types.UnionType)
_NONE: Any = type(None)
_is_json: ContextVar[bool] = ContextVar("data is JSON", default=False)
_SHOWN = 5
_SUPPORTED = (
    "Supported are list[...], dict[str, ...], Optional[...], pydantic classes, and int, str, bool, "
    "float, bytes and datetime.datetime."
)


class TypeFromExample:
    """A hint that says: input is of the kind that the input example is of."""


class TypeHints:
    """The hints of the input and of the answer; None where there are none."""

    def __init__(self, input_: Any = None, output: Any = None) -> None:
        self.input = input_
        self.output = output

    def __repr__(self) -> str:
        return f"<input: {self.input}, output: {self.output}>"


class InvalidTypeHint(InvalidParameter):
    """A hint of a kind that is supported, but incomplete."""


class _Hinted(NamedTuple):
    type: Type
    required: bool = True


@contextmanager
def data_is_json() -> Iterator[None]:
    """Take texts for bytes and times where hints say so: data came as JSON."""
    token = _is_json.set(True)
    try:
        yield
    finally:
        _is_json.reset(token)


def needs_example(hint: Any) -> bool:
    """Whether a hint is one of data whose schema only an example tells: frames and arrays."""
    known = {
        "pandas": ("DataFrame", "Series"),
        "numpy": ("ndarray",),
        "scipy.sparse": ("csc_matrix", "csr_matrix"),
    }
    return any(
        hint is getattr(sys.modules.get(module), name, None) and hint is not None
        for module, names in known.items()
        for name in names
    )


def schema_of_list_hint(hint: Any) -> Schema:
    """The schema of input with the hint ``list[...]``: one column, of the items' type.

    Raises:
        InvalidParameter: It is no such hint.
    """
    if not is_list_hint(hint):
        raise InvalidParameter(
            "A model predicts on several inputs, so the hint is a list; write "
            f"list[{hint_name(hint)}] instead of {hint_name(hint)}."
        )
    return schema_of_hint(item_hint(hint))


def schema_of_hint(hint: Any) -> Schema:
    """The schema of one column of a hint's type.

    Raises:
        InvalidTypeHint: It is optional, or lacks the types of its items.
        InvalidParameter: No schema knows it.
    """
    found = _type_of(hint)
    if not found.required:
        raise InvalidTypeHint("Input cannot be optional.")
    return Schema([ColSpec(found.type)])


def is_list_hint(hint: Any) -> bool:
    """Whether a hint is ``list`` or ``list[...]``, or one of them or None."""
    return hint is list or _origin(hint) is list


def item_hint(hint: Any) -> Any:
    """The hint of the items in ``list[...]``.

    Raises:
        InvalidTypeHint: It tells none, or several.
    """
    args = get_args(hint)
    if _NONE in args:
        raise InvalidTypeHint("Input cannot be optional.")
    if len(args) != 1:
        raise InvalidTypeHint(
            f"{hint_name(hint)} does not tell the one type of its items; write list[str], say."
        )
    return args[0]


def hint_name(hint: Any) -> str:
    """A hint as it is written."""
    return hint.__name__ if isinstance(hint, type) and not get_args(hint) else str(hint)


def is_pydantic(hint: Any) -> bool:
    """Whether a hint is a pydantic class."""
    pydantic = sys.modules.get("pydantic")
    if pydantic is None or not isinstance(hint, type) or get_args(hint):
        return False
    return issubclass(hint, pydantic.BaseModel)


def as_hinted(data: Any, hint: Any) -> Any:
    """Data as a hint says, dictionaries made objects of pydantic classes.

    Args:
        data: The data.
        hint: Of a supported kind. Within ``data_is_json``, bytes may be base64, and times text.

    Raises:
        InvalidParameter: It is something else.
    """
    if is_pydantic(hint):
        return _as_object(data, hint)
    if hint is Any:
        return data
    if hint in _SCALARS:
        if _is_json.get() and isinstance(data, str):
            data = _from_text(data, hint)
        if isinstance(data, hint):
            return data
        raise InvalidParameter(f"A {hint_name(hint)} is expected, not a {type(data).__name__}.")
    origin, args = get_origin(hint), get_args(hint)
    if origin is list:
        return _as_list(data, hint, args[0])
    if origin is dict:
        return _as_dict(data, hint, args[1])
    if origin in _UNIONS:
        kinds = [one for one in args if one is not _NONE]
        if len(kinds) == 1 and data is not None:
            return as_hinted(data, kinds[0])
        return data
    raise _unsupported(hint)


def frame_as_hinted(data: Any, hint: Any) -> Any:
    """A pandas frame as the list that a hint asks for; other data as it is.

    Raises:
        MlflowException: The hint is no list.
    """
    pandas = sys.modules.get("pandas")
    if pandas is None or not isinstance(data, pandas.DataFrame) or hint is pandas.DataFrame:
        return data
    if _origin(hint) is not list:
        raise MlflowException(f"A frame cannot become {hint_name(hint)}, only list[...].")
    item = item_hint(hint)
    # As with MLflow, dict[...] gets the first column.
    is_row = item is dict or is_pydantic(item)
    if is_row and list(data.columns) != [0]:
        return _plain(data.to_dict(orient="records"))
    return _plain(data.iloc[:, 0].tolist())


def frame_like_example(data: Any, example: Any) -> Any:
    """A pandas frame as data of the kind that an example is of: series, list, row or value."""
    import numpy as np  # noqa: PLC0415 - only where there are frames
    import pandas  # noqa: PLC0415 - an optional package

    if isinstance(example, pandas.Series):
        column = data.iloc[:, 0]
        column.name = example.name
        return column
    if np.isscalar(example):
        return data.iloc[0, 0]
    if isinstance(example, dict) and len(data) == 1:
        return data.to_dict(orient="records")[0]
    if isinstance(example, list):
        if len(data.columns) == 1 and all(np.isscalar(one) for one in example):
            return data.iloc[:, 0].tolist()
        return data.to_dict(orient="records")
    return data


def _type_of(hint: Any) -> _Hinted:
    if hint is Any:
        return _Hinted(AnyType())
    if hint in _SCALARS:
        return _Hinted(_SCALARS[hint])
    if is_pydantic(hint):
        return _Hinted(_object_of(hint))
    origin, args = get_origin(hint), get_args(hint)
    if origin is list:
        return _Hinted(Array(_type_of(item_hint(hint)).type))
    if origin is dict:
        if len(args) != 2 or args[0] is not str:
            raise InvalidTypeHint(f"The keys of a dictionary are str, unlike in {hint_name(hint)}.")
        return _Hinted(Map(_type_of(args[1]).type))
    if origin in _UNIONS:
        kinds = [one for one in args if one is not _NONE]
        required = len(kinds) == len(args)
        # A union of several types is anything.
        single = len(kinds) == 1
        return _Hinted(_type_of(kinds[0]).type if single else AnyType(), required)
    raise _unsupported(hint)


def _unsupported(hint: Any) -> InvalidParameter:
    if hint in (list, dict, *_UNIONS):
        return InvalidTypeHint(
            f"The hint {hint_name(hint)} does not tell the types of its items. {_SUPPORTED}"
        )
    return InvalidParameter(f"The hint {hint_name(hint)} is not supported. {_SUPPORTED}")


def _object_of(model: Any) -> Object:
    properties = []
    for name, field in model.model_fields.items():
        found = _type_of(field.annotation)
        if not found.required and field.is_required():
            raise InvalidTypeHint(
                f"The field {name!r} of {model.__name__} is optional, so it needs a default."
            )
        properties.append(Property(name, found.type, found.required))
    return Object(properties)


def _origin(hint: Any) -> Any:
    origin = get_origin(hint)
    if origin in _UNIONS:
        kinds = [one for one in get_args(hint) if one is not _NONE]
        return _origin(kinds[0]) if len(kinds) == 1 < len(get_args(hint)) else Any
    return origin


def _as_object(data: Any, model: Any) -> Any:
    pydantic = sys.modules["pydantic"]
    if not isinstance(data, (dict, pydantic.BaseModel)):
        kind = type(data).__name__
        raise InvalidParameter(
            f"A dictionary or an object of {model.__name__} is expected, not a {kind}."
        )
    fields = data if isinstance(data, dict) else data.model_dump()
    try:
        # Strictly: "123" is no number.
        model.model_validate(fields, strict=True)
    except pydantic.ValidationError as error:
        raise InvalidParameter(f"The data is no {model.__name__}: {error}") from error
    return model(**data) if isinstance(data, dict) else data


def _as_list(data: Any, hint: Any, item: Any) -> list[Any]:
    if not isinstance(data, list):
        raise InvalidParameter(f"A list is expected, not a {type(data).__name__}.")
    checked, refused = [], []
    for one in data:
        try:
            checked.append(as_hinted(one, item))
        except MlflowException as error:
            refused.append(f"{one!r}: {error.message}")
    _refuse(hint, refused)
    return checked


def _as_dict(data: Any, hint: Any, item: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise InvalidParameter(f"A dictionary is expected, not a {type(data).__name__}.")
    checked, refused = {}, []
    for key, one in data.items():
        if not isinstance(key, str):
            refused.append(f"{key!r}: a key is text")
            continue
        try:
            checked[key] = as_hinted(one, item)
        except MlflowException as error:
            refused.append(f"{key}: {error.message}")
    _refuse(hint, refused)
    return checked


def _refuse(hint: Any, refused: list[str]) -> None:
    if refused:
        more = " ..." if len(refused) > _SHOWN else ""
        raise InvalidParameter(
            f"The data is no {hint_name(hint)}: " + "; ".join(refused[:_SHOWN]) + more
        )


def _from_text(data: str, hint: Any) -> Any:
    if hint is bytes:
        return base64.decodebytes(bytes(data, "utf8"))
    return dt.datetime.fromisoformat(data) if hint is dt.datetime else data


def _plain(data: Any) -> Any:
    """Arrays as lists, NaN as None: a frame knows neither lists nor None."""
    if hasattr(data, "tolist"):
        data = data.tolist()
    if isinstance(data, list):
        return [_plain(one) for one in data]
    if isinstance(data, dict):
        return {key: _plain(one) for key, one in data.items()}
    return None if isinstance(data, float) and data != data else data
