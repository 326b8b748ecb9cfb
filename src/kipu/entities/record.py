"""What all entities share: conversion from and to plain dictionaries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self

import msgspec


class Record(msgspec.Struct, frozen=True, gc=False):
    """An entity whose constructor arguments are its fields."""

    @classmethod
    def from_dictionary(cls, the_dict: dict[str, Any]) -> Self:
        """Build one from a dictionary; unknown keys are ignored."""
        known = cls.__struct_fields__
        return cls(**{key: value for key, value in the_dict.items() if key in known})

    def to_dictionary(self) -> dict[str, Any]:
        """The fields as a dictionary."""
        return {field: getattr(self, field) for field in self.__struct_fields__}

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """Yield (field, value), so that ``dict(entity)`` works as with MLflow."""
        return iter(self.to_dictionary().items())
