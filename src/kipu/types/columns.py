"""One input by type: a column, or a tensor."""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from kipu.exceptions import MlflowException
from kipu.types.nested import PLACEABLE, READERS, Type, as_type, form_of, read_type


class ColSpec:
    """A column.

    Args:
        type: Its type, or the name of a scalar one.
        name: What it is called; None in a table without names.
        required: Whether it must be there and full.

    Raises:
        MlflowException: No scalar type has this name.
        TypeError: ``type`` is no type.
    """

    def __init__(self, type: Type | str, name: str | None = None, required: bool = True) -> None:
        if not isinstance(type, (str, *PLACEABLE)):
            raise TypeError(
                f"`type` must be a DataType, Array, Object, Map, AnyType or text, not {type!r}."
            )
        self._type = as_type(type, "type")
        self._name = name
        self._required = required

    @property
    def type(self) -> Type:
        """Its type."""
        return self._type

    @property
    def name(self) -> str | None:
        """What it is called."""
        return self._name

    @name.setter
    def name(self, value: str | None) -> None:
        self._name = value

    @property
    def required(self) -> bool:
        """Whether it must be there and full."""
        return self._required

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        named = {} if self.name is None else {"name": self.name}
        return form_of(self.type) | named | {"required": self.required}

    @classmethod
    def from_json_dict(cls, **kwargs: Any) -> Self:
        """Build one from its JSON form.

        Raises:
            MlflowException: It has no type, or an unknown one.
        """
        if kwargs.get("type") not in READERS and "type" in kwargs:
            return cls(**kwargs)
        found = read_type(kwargs, "column")
        return cls(found, kwargs.get("name"), kwargs.get("required", True))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, ColSpec)
            and self.name == other.name
            and self.type == other.type
            and self.required == other.required
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        named = "" if self.name is None else f"{self.name!r}: "
        return f"{named}{self.type!r} ({'required' if self.required else 'optional'})"


class TensorInfo:
    """Element type and shape of a tensor; -1 is an axis of any length.

    Args:
        dtype: The elements' NumPy type; text and bytes without a length.
        shape: Length of each axis.

    Raises:
        TypeError: One of them is something else.
        MlflowException: The type has a length.
    """

    def __init__(self, dtype: np.dtype[Any], shape: Sequence[int]) -> None:
        if not isinstance(dtype, np.dtype):
            raise TypeError(f"A tensor's type is a numpy.dtype, not a {type(dtype).__name__}.")
        if dtype.char in "US" and not dtype.name.isalpha():
            raise MlflowException(
                f"A tensor's type has no length; use numpy.dtype("
                f"{dtype.name.rstrip(string.digits)!r}) instead of {dtype.name!r}."
            )
        if not isinstance(shape, (tuple, list)):
            raise TypeError(f"A tensor's shape is a tuple or list, not a {type(shape).__name__}.")
        self.dtype = dtype
        self.shape = tuple(shape)

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {"dtype": self.dtype.name, "shape": self.shape}

    @classmethod
    def from_json_dict(cls, **kwargs: Any) -> Self:
        """Build one from its JSON form.

        Raises:
            MlflowException: A key is missing.
        """
        if not {"dtype", "shape"} <= kwargs.keys():
            raise MlflowException("The JSON of a tensor has the keys `dtype` and `shape`.")
        return cls(np.dtype(kwargs["dtype"]), tuple(kwargs["shape"]))

    def __repr__(self) -> str:
        return f"Tensor({self.dtype.name!r}, {self.shape!r})"


class TensorSpec:
    """A tensor.

    Args:
        type: The elements' NumPy type.
        shape: Length of each axis; -1 is any.
        name: What it is called; None where it is the only one.

    Raises:
        TypeError: Type or shape are something else.
        MlflowException: The type is text or bytes of one length.
    """

    def __init__(
        self,
        type: np.dtype[Any],
        shape: Sequence[int],
        name: str | None = None,
    ) -> None:
        self._info = TensorInfo(type, shape)
        self._name = name

    @property
    def type(self) -> np.dtype[Any]:
        """The elements' NumPy type."""
        return self._info.dtype

    @property
    def name(self) -> str | None:
        """What it is called."""
        return self._name

    @property
    def shape(self) -> tuple[int, ...]:
        """Length of each axis; -1 is any."""
        return self._info.shape

    @property
    def required(self) -> bool:
        """Always True: a tensor cannot be left out."""
        return True

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        named = {} if self.name is None else {"name": self.name}
        return named | {"type": "tensor", "tensor-spec": self._info.to_dict()}

    @classmethod
    def from_json_dict(cls, **kwargs: Any) -> Self:
        """Build one from its JSON form.

        Raises:
            MlflowException: It is not that of a tensor.
        """
        if not {"tensor-spec", "type"} <= kwargs.keys():
            raise MlflowException("The JSON of a tensor has the keys `tensor-spec` and `type`.")
        if kwargs["type"] != "tensor":
            raise MlflowException(f"This is the JSON of the type {kwargs['type']!r}, not a tensor.")
        info = TensorInfo.from_json_dict(**kwargs["tensor-spec"])
        return cls(info.dtype, info.shape, kwargs.get("name"))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, TensorSpec)
            and self.name == other.name
            and self.type == other.type
            and self.shape == other.shape
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self._info) if self.name is None else f"{self.name!r}: {self._info!r}"
