"""What all entities share: conversion from and to plain dictionaries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Self

import msgspec


class _Fields:
    """Conversions of a struct's fields."""

    __slots__ = ()
    __struct_fields__: ClassVar[tuple[str, ...]]

    @classmethod
    def from_dictionary(cls, the_dict: dict[str, Any]) -> Self:
        """Build one from a dictionary; unknown keys are ignored."""
        known = cls.__struct_fields__
        return cls(**{key: value for key, value in the_dict.items() if key in known})

    def to_dictionary(self) -> dict[str, Any]:
        """The fields as a dictionary."""
        return {field: getattr(self, field) for field in self.__struct_fields__}

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """Yield (field, value), by name, so that ``dict(entity)`` works as with MLflow."""
        return ((field, getattr(self, field)) for field in sorted(self.__struct_fields__))

    def __repr__(self) -> str:
        return told(self)


class Record(_Fields, msgspec.Struct, frozen=True, gc=False):
    """An entity whose constructor arguments are its fields."""


class MutableRecord(_Fields, msgspec.Struct):
    """An entity whose fields may be set, as MLflow's callers do with those of its registry."""


def told(entity: Iterable[tuple[str, Any]]) -> str:
    """An entity as MLflow prints it: ``<Param: key='a', value='b'>``."""
    inside = ", ".join(f"{field}={value!r}" for field, value in entity)
    return f"<{type(entity).__name__}: {inside}>"
