"""What a model may be told at inference besides its input: names, types and defaults."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Self, TypedDict

import numpy as np

from kipu.exceptions import InvalidParameter
from kipu.types.datatype import DataType
from kipu.types.nested import Object, as_type, form_of
from kipu.types.values import as_param, check_object


class ParamSpec:
    """A parameter.

    Args:
        name: What it is called.
        dtype: A scalar type other than binary, its name, or an object.
        default: Its value when left out; made a value of ``dtype``.
        shape: None for one value, ``(-1,)`` for a list of any length.

    Raises:
        InvalidParameter: The type is unknown, or the default is not of it.
        TypeError: ``dtype`` is no such type.
    """

    def __init__(
        self,
        name: str,
        dtype: DataType | Object | str,
        default: Any,
        shape: Sequence[int] | None = None,
    ) -> None:
        self._name = str(name)
        self._shape = None if shape is None else tuple(shape)
        self._dtype = _param_type(self._name, dtype)
        self._default = default
        self._default = self.validate_type_and_shape(repr(self), default, self.dtype, self.shape)

    @property
    def name(self) -> str:
        """What it is called."""
        return self._name

    @property
    def dtype(self) -> DataType | Object:
        """Its type, or that of its items."""
        return self._dtype

    @property
    def default(self) -> Any:
        """Its value when left out."""
        return self._default

    @property
    def shape(self) -> tuple[int, ...] | None:
        """None for one value, ``(-1,)`` for a list."""
        return self._shape

    class ParamSpecTypedDict(TypedDict):
        """The JSON form of a parameter with a scalar type."""

        name: str
        default: Any
        shape: tuple[int, ...] | None
        type: str

    @classmethod
    def validate_param_spec(cls, value: Any, param_spec: ParamSpec) -> Any:
        """The value as this parameter takes it.

        Raises:
            InvalidParameter: It does not.
        """
        return cls.validate_type_and_shape(
            repr(param_spec), value, param_spec.dtype, param_spec.shape
        )

    @classmethod
    def validate_type_and_shape(
        cls,
        spec: str,
        value: Any,
        value_type: DataType | Object,
        shape: tuple[int, ...] | None,
    ) -> Any:
        """The value as a type and shape take it; ``spec`` names the parameter in errors.

        Raises:
            InvalidParameter: They do not.
        """
        if shape not in (None, (-1,)):
            raise InvalidParameter(
                f"The shape of {spec} must be None for one value or (-1,) for a list, not {shape}."
            )
        if shape and not (isinstance(value, (list, np.ndarray)) and np.ndim(value) == 1):
            raise InvalidParameter(
                f"{spec} is a list with one axis; a {type(value).__name__} was given."
            )
        try:
            if shape:
                return [as_param(one, value_type) for one in value]
            if isinstance(value_type, DataType):
                return as_param(value, value_type)
            check_object(value, value_type)
        except Exception as error:
            raise InvalidParameter(f"{value!r} does not fit {spec}: {error}") from error
        return value

    def to_dict(self) -> ParamSpecTypedDict:
        """The JSON form."""
        default = self.default
        if self.dtype == DataType.datetime:
            default = [one.isoformat() for one in default] if self.shape else default.isoformat()
        plain = {"name": self.name, "default": default, "shape": self.shape}
        return plain | form_of(self.dtype)  # type: ignore[return-value]

    @classmethod
    def from_json_dict(cls, **kwargs: Any) -> Self:
        """Build one from its JSON form; older ones say ``dtype`` for ``type``.

        Raises:
            InvalidParameter: A key is missing, or the default is not of the type.
        """
        kind = kwargs.get("type") or kwargs.get("dtype")
        if kind is None or not {"name", "default"} <= kwargs.keys():
            raise InvalidParameter(
                "The JSON of a parameter has the keys `name`, `default` and `type` (or `dtype`); "
                f"these are there: {sorted(kwargs)}."
            )
        dtype = Object.from_json_dict(**kwargs) if kind == "object" else DataType[kind]
        return cls(kwargs["name"], dtype, kwargs["default"], kwargs.get("shape"))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, ParamSpec)
            and self.name == other.name
            and self.dtype == other.dtype
            and bool(self.default == other.default)
            and self.shape == other.shape
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        shape = "" if self.shape is None else f" (shape: {self.shape})"
        return f"{self.name!r}: {self.dtype!r} (default: {self.default}){shape}"


class ParamSchema:
    """All parameters of a model.

    Args:
        params: With different names.

    Raises:
        InvalidParameter: One is something else, or two have one name.
    """

    def __init__(self, params: list[ParamSpec]) -> None:
        given: list[object] = [*params]
        for one in given:
            if not isinstance(one, ParamSpec):
                kind = type(one).__name__
                raise InvalidParameter(f"A ParamSchema is made of ParamSpecs, not of a {kind}.")
        names = [one.name for one in params]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise InvalidParameter(f"A model has one parameter of a name; twice: {twice}.")
        self._params = params

    @property
    def params(self) -> list[ParamSpec]:
        """The parameters."""
        return self._params

    def to_dict(self) -> list[dict[str, Any]]:
        """The JSON form, as plain objects."""
        return [dict(one.to_dict()) for one in self._params]

    def to_json(self) -> str:
        """The JSON form."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_json(cls, json_str: str) -> Self:
        """Build one from its JSON form.

        Raises:
            InvalidParameter: It is not that of parameters.
        """
        return cls([ParamSpec.from_json_dict(**form) for form in json.loads(json_str)])

    def __len__(self) -> int:
        return len(self._params)

    def __iter__(self) -> Iterator[ParamSpec]:
        return iter(self._params)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ParamSchema) and self.params == other.params

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self._params)


def _param_type(name: str, given: object) -> DataType | Object:
    if isinstance(given, str) and given not in DataType.__members__:
        known = ", ".join(one.name for one in DataType if one is not DataType.binary)
        raise InvalidParameter(f"The parameter {name!r} cannot be {given!r}, but one of: {known}.")
    found = as_type(given, "dtype") if isinstance(given, str) else given
    if not isinstance(found, (DataType, Object)):
        raise TypeError(f"A parameter's type is a DataType, an Object or text, not {given!r}.")
    if found is DataType.binary:
        raise InvalidParameter(f"The parameter {name!r} cannot be binary.")
    return found
