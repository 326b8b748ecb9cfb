"""Types made of types: arrays, objects with properties, maps, and the type of what is unknown."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, Self, TypeAlias

from kipu.exceptions import InvalidParameter, MlflowException
from kipu.types.datatype import DataType


class BaseType(ABC):
    """A type that is not a scalar."""

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""

    @abstractmethod
    def merge(self, other: Type) -> Type:
        """The narrowest type that holds values of both.

        Raises:
            MlflowException: There is none.
        """

    @abstractmethod
    def __eq__(self, other: object) -> bool: ...

    @abstractmethod
    def __repr__(self) -> str: ...

    __hash__ = None  # type: ignore[assignment]


Type: TypeAlias = DataType | BaseType


class AnyType(BaseType):
    """What is only seen as missing: it agrees with every type."""

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {"type": "any"}

    def merge(self, other: Type) -> Type:
        """The other type, with what it requires made optional."""
        if isinstance(other, DataType):
            return other
        if isinstance(other, AnyType):
            return AnyType()
        if not isinstance(other, BaseType):
            raise MlflowException(f"Any cannot be merged with a {_class(other)}, which is no type.")
        return other.merge(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AnyType)

    def __repr__(self) -> str:
        return "Any"


class Property(BaseType):
    """A named part of an object.

    Args:
        name: What it is called.
        dtype: Its type, or the name of a scalar one.
        required: Whether every object has it.

    Raises:
        InvalidParameter: The name is no text.
        MlflowException: The type is none.
    """

    def __init__(self, name: str, dtype: Type | str, required: bool = True) -> None:
        if not isinstance(name, str):
            raise InvalidParameter(f"A property's name must be text, not a {_class(name)}.")
        self._name = name
        self._dtype = as_type(dtype, "dtype")
        self._required = required

    @property
    def name(self) -> str:
        """What it is called."""
        return self._name

    @property
    def dtype(self) -> Type:
        """Its type."""
        return self._dtype

    @property
    def required(self) -> bool:
        """Whether every object has it."""
        return self._required

    @required.setter
    def required(self, value: bool) -> None:
        self._required = value

    def to_dict(self) -> dict[str, Any]:
        """The JSON form: one key, the name."""
        return {self.name: form_of(self.dtype) | {"required": self.required}}

    @classmethod
    def from_json_dict(cls, **kwargs: Any) -> Self:
        """Build one from its JSON form.

        Raises:
            MlflowException: There is not just one key, or no type.
        """
        if len(kwargs) != 1:
            raise MlflowException(f"A property's JSON has one key, its name; found {len(kwargs)}.")
        name, form = next(iter(kwargs.items()))
        return cls(name, read_type(form, f"property `{name}`"), form.get("required", True))

    def merge(self, other: Type) -> Property:
        """The same property, required only if it is in both."""
        if isinstance(other, AnyType):
            return Property(self.name, self.dtype, required=False)
        if not isinstance(other, Property):
            raise MlflowException(f"A property cannot be merged with a {_class(other)}.")
        if self.name != other.name:
            raise MlflowException(f"{self.name!r} and {other.name!r} are different properties.")
        merged = merge_types(self.dtype, other.dtype)
        return Property(self.name, merged, self.required and other.required)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Property)
            and self.name == other.name
            and self.dtype == other.dtype
            and self.required == other.required
        )

    def __lt__(self, other: Property) -> bool:
        return self.name < other.name

    def __repr__(self) -> str:
        return f"{self.name}: {self.dtype!r} ({_needed(self.required)})"


class Object(BaseType):
    """A dictionary with known keys.

    Args:
        properties: At least one, with different names; kept by name.

    Raises:
        InvalidParameter: They are no list of properties, none, or two have one name.
    """

    def __init__(self, properties: list[Property]) -> None:
        self.properties = properties

    @property
    def properties(self) -> list[Property]:
        """The parts, by name."""
        return self._properties

    @properties.setter
    def properties(self, value: list[Property]) -> None:
        if not isinstance(value, list):
            raise InvalidParameter(f"An object's properties are a list, not a {_class(value)}.")
        if not value:
            raise InvalidParameter("An object needs at least one property.")
        for one in value:
            if not isinstance(one, Property):
                raise InvalidParameter(f"A part of an object is a Property, not a {_class(one)}.")
        names = [one.name for one in value]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise InvalidParameter(f"An object has one property of a name; twice: {twice}.")
        self._properties = sorted(value)

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        forms = {name: form for one in self.properties for name, form in one.to_dict().items()}
        return {"type": "object", "properties": forms}

    @classmethod
    def from_json_dict(cls, **kwargs: Any) -> Self:
        """Build one from its JSON form.

        Raises:
            MlflowException: It is not that of an object.
        """
        forms = _inside("object", "properties", kwargs)
        if not all(isinstance(form, dict) for form in forms.values()):
            raise MlflowException("Each property of an object's JSON is a dictionary.")
        return cls([Property.from_json_dict(**{name: form}) for name, form in forms.items()])

    def merge(self, other: Type) -> Object:
        """All properties of both; those of one alone are optional."""
        if isinstance(other, AnyType):
            return Object([one.merge(other) for one in self.properties])
        if not isinstance(other, Object):
            raise MlflowException(f"An object cannot be merged with a {_class(other)}.")
        ours = {one.name: one for one in self.properties}
        theirs = {one.name: one for one in other.properties}
        missing = AnyType()
        return Object(
            [
                ours[name].merge(theirs.get(name, missing))
                if name in ours
                else theirs[name].merge(missing)
                for name in ours | theirs
            ]
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Object) and self.properties == other.properties

    def __repr__(self) -> str:
        return "{" + ", ".join(map(repr, self.properties)) + "}"


class Array(BaseType):
    """A list whose items are of one type.

    Args:
        dtype: That type, or the name of a scalar one.

    Raises:
        MlflowException: It is no type.
    """

    def __init__(self, dtype: Type | str) -> None:
        self._dtype = as_type(dtype, "dtype")

    @property
    def dtype(self) -> Type:
        """The items' type."""
        return self._dtype

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {"type": "array", "items": form_of(self.dtype)}

    @classmethod
    def from_json_dict(cls, **kwargs: Any) -> Self:
        """Build one from its JSON form.

        Raises:
            MlflowException: It is not that of an array.
        """
        return cls(read_type(_inside("array", "items", kwargs), "items of the array"))

    def merge(self, other: Type) -> Array:
        """An array of what both hold."""
        if isinstance(other, AnyType):
            return deepcopy(self)
        if not isinstance(other, Array) or isinstance(other, SparkMLVector):
            raise MlflowException(f"An array cannot be merged with a {_class(other)}.")
        return Array(merge_types(self.dtype, other.dtype))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Array) and self.dtype == other.dtype

    def __repr__(self) -> str:
        return f"Array({self.dtype!r})"


class SparkMLVector(Array):
    """A vector of Spark's machine learning library."""

    def __init__(self) -> None:
        super().__init__(DataType.double)

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {"type": "sparkml_vector"}

    @classmethod
    def from_json_dict(cls, **kwargs: Any) -> Self:
        """Build one; there is nothing to read."""
        return cls()

    def merge(self, other: Type) -> SparkMLVector:
        """The same, with another vector only."""
        if isinstance(other, (SparkMLVector, AnyType)):
            return SparkMLVector()
        raise MlflowException(f"A Spark vector cannot be merged with a {_class(other)}.")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SparkMLVector)

    def __repr__(self) -> str:
        return "SparkML vector"


class Map(BaseType):
    """A dictionary from any text to values of one type.

    Args:
        value_type: That type, or the name of a scalar one.

    Raises:
        MlflowException: It is no type.
    """

    def __init__(self, value_type: Type | str) -> None:
        self._value_type = as_type(value_type, "value_type", "INVALID_PARAMETER_VALUE")

    @property
    def value_type(self) -> Type:
        """The values' type."""
        return self._value_type

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {"type": "map", "values": form_of(self.value_type)}

    @classmethod
    def from_json_dict(cls, **kwargs: Any) -> Self:
        """Build one from its JSON form.

        Raises:
            MlflowException: It is not that of a map.
        """
        return cls(read_type(_inside("map", "values", kwargs), "values of the map"))

    def merge(self, other: Type) -> Map:
        """A map to what both hold."""
        if isinstance(other, AnyType):
            return deepcopy(self)
        if not isinstance(other, Map):
            raise MlflowException(f"A map cannot be merged with a {_class(other)}.")
        return Map(merge_types(self.value_type, other.value_type))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Map) and self.value_type == other.value_type

    def __repr__(self) -> str:
        return f"Map(str -> {self.value_type})"


READERS: Mapping[str, Callable[..., BaseType]] = {
    "array": Array.from_json_dict,
    "object": Object.from_json_dict,
    "map": Map.from_json_dict,
    "sparkml_vector": SparkMLVector.from_json_dict,
    "any": lambda **_: AnyType(),
}
"""How each JSON type that is no scalar is read."""

PLACEABLE = (DataType, Array, Object, Map, AnyType)
"""The types that a column, an array or a map can have: all but properties."""


def as_type(given: object, what: str, code_of_others: str = "INTERNAL_ERROR") -> Type:
    """A type as it is, or the scalar type of this name.

    Raises:
        MlflowException: It is neither; with ``code_of_others`` where it is not even text.
    """
    if isinstance(given, str):
        try:
            return DataType[given]
        except KeyError:
            known = ", ".join(DataType.__members__)
            raise MlflowException(
                f"There is no type {given!r}. Give a DataType, Array, Object, Map or AnyType, or "
                f"the name of a scalar type: {known}."
            ) from None
    if isinstance(given, PLACEABLE):
        return given
    raise MlflowException(
        f"`{what}` must be a DataType, Array, Object, Map, AnyType or text, not {given!r}.",
        code_of_others,
    )


def form_of(given: Type) -> dict[str, Any]:
    """The JSON form of any type."""
    return {"type": given.name} if isinstance(given, DataType) else given.to_dict()


def read_type(form: object, what: str) -> Type:
    """The type of a JSON form.

    Raises:
        MlflowException: It has no type, or an unknown one.
    """
    if not isinstance(form, dict) or "type" not in form:
        raise MlflowException(f"The JSON of the {what} has no key `type`.")
    reader = READERS.get(form["type"])
    return as_type(form["type"], "type") if reader is None else reader(**form)


def merge_types(one: Type, other: Type) -> Type:
    """The narrowest type that holds values of both.

    Raises:
        MlflowException: There is none.
    """
    if not isinstance(one, DataType):
        return one.merge(other)
    if one == other or isinstance(other, AnyType):
        return one
    raise MlflowException(f"The types {one!r} and {other!r} have nothing in common.")


def _inside(kind: str, key: str, form: Mapping[str, Any]) -> dict[str, Any]:
    """What a nested type's JSON form holds under its own key."""
    if not {key, "type"} <= form.keys():
        raise MlflowException(f"The JSON of an {kind} has the keys `{key}` and `type`.")
    if form["type"] != kind:
        raise MlflowException(f"This is the JSON of the type {form['type']!r}, not of an {kind}.")
    if not isinstance(form[key], dict):
        raise MlflowException(f"`{key}` in the JSON of an {kind} is a dictionary.")
    inside: dict[str, Any] = form[key]
    return inside


def _class(value: object) -> str:
    return type(value).__name__


def _needed(required: bool) -> str:
    return "required" if required else "optional"
