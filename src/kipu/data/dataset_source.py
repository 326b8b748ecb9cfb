"""Where a data set came from."""

from __future__ import annotations

import json
from abc import abstractmethod
from typing import Any, Self
from urllib.parse import SplitResult, urlsplit

from kipu.exceptions import InvalidParameter


class DatasetSource:
    """Where a data set came from; subclass it for a kind of place of your own."""

    @staticmethod
    @abstractmethod
    def _get_source_type() -> str:
        """The name of this kind, stored with every data set."""

    @abstractmethod
    def load(self) -> Any:
        """The data, as this kind hands it out: a local path, a data frame, ..."""

    @staticmethod
    @abstractmethod
    def _can_resolve(raw_source: Any) -> bool:
        """Whether something that a user gave names a place of this kind."""

    @classmethod
    @abstractmethod
    def _resolve(cls, raw_source: Any) -> DatasetSource:
        """The source that something that a user gave names."""

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """What ``from_dict`` needs, as JSON can say it."""

    def to_json(self) -> str:
        """The JSON form, which is stored with a data set."""
        return json.dumps(self.to_dict())

    @classmethod
    @abstractmethod
    def from_dict(cls, source_dict: dict[Any, Any]) -> Self:
        """Build one from what ``to_dict`` gave."""

    @classmethod
    def from_json(cls, source_json: str) -> Self:
        """Build one from its JSON form."""
        return cls.from_dict(json.loads(source_json))


class ExplicitSource(DatasetSource):
    """A source that is always built by name, never guessed from a path or URI."""

    @staticmethod
    def _can_resolve(raw_source: Any) -> bool:
        return False

    @classmethod
    def _resolve(cls, raw_source: Any) -> DatasetSource:
        raise InvalidParameter(f"{raw_source!r} names no {cls.__name__}; build one by name.")


def split_uri(raw_source: Any) -> SplitResult | None:
    """The parts of a URI or path; None of what is neither."""
    try:
        return urlsplit(raw_source) if isinstance(raw_source, str) else None
    except ValueError:  # such as a bracket without its other half
        return None


def required_key(cls: type[DatasetSource], source_dict: dict[Any, Any], key: str) -> Any:
    """A value that a source cannot do without.

    Raises:
        InvalidParameter: It is missing.
    """
    value = source_dict.get(key)
    if value is None:
        raise InvalidParameter(f"A {cls.__name__} needs the key {key!r}; its JSON has none.")
    return value
