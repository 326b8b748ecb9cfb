"""A data set: data with a name, a digest, a source, a schema and a profile."""

from __future__ import annotations

import json
from abc import abstractmethod
from typing import Any

from kipu.data.dataset_source import DatasetSource
from kipu.entities import Dataset as DatasetEntity

_NAMELESS = "dataset"


class Dataset:
    """Data with a name, a digest, a source, a schema and a profile; subclass it for your own.

    Args:
        source: Where the data came from.
        name: What it is called; left out, ``dataset``.
        digest: Tells versions of the data apart, at most 36 characters; left out, computed.
    """

    def __init__(
        self, source: DatasetSource, name: str | None = None, digest: str | None = None
    ) -> None:
        self._name = name
        self._source = source
        self._digest = digest or self._compute_digest()

    @abstractmethod
    def _compute_digest(self) -> str:
        """A text that changes with the data, at most 36 characters."""

    @property
    def name(self) -> str:
        """What it is called."""
        return _NAMELESS if self._name is None else self._name

    @property
    def digest(self) -> str:
        """Tells versions of the data apart."""
        return self._digest

    @property
    def source(self) -> DatasetSource:
        """Where the data came from."""
        return self._source

    @property
    @abstractmethod
    def profile(self) -> Any | None:
        """Counts and sizes, as JSON can say them, or None."""

    @property
    @abstractmethod
    def schema(self) -> Any | None:
        """What the data is made of, or None."""

    def to_dict(self) -> dict[str, Any]:
        """Name, digest, source and source type; subclasses add schema and profile, as JSON."""
        return {
            "name": self.name,
            "digest": self.digest,
            "source": self.source.to_json(),
            "source_type": self._get_source_type(),
        }

    def to_json(self) -> str:
        """What ``to_dict`` gives, as JSON."""
        return json.dumps(self.to_dict())

    def _get_source_type(self) -> str:
        return self.source._get_source_type()

    def _to_mlflow_entity(self) -> DatasetEntity:
        """What a store keeps of it."""
        told = self.to_dict()
        return DatasetEntity(
            told["name"],
            told["digest"],
            told["source_type"],
            told["source"],
            told.get("schema"),
            told.get("profile"),
        )
