"""Data sets that a run read."""

from __future__ import annotations

from typing import Any

import msgspec

from kipu.entities.record import Record


class InputTag(Record, frozen=True):
    """A label of the link between a run and its input."""

    key: str
    value: str


class Dataset(Record, frozen=True):
    """A data set by name and digest; ``source``, ``schema`` and ``profile`` are JSON texts."""

    name: str
    digest: str
    source_type: str
    source: str
    schema: str | None = None
    profile: str | None = None


class DatasetInput(Record, frozen=True):
    """A data set as one run used it."""

    dataset: Dataset
    tags: list[InputTag] = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        """Make an empty list of the None that MLflow's callers may give."""
        tags: object = self.tags
        if tags is None:
            msgspec.structs.force_setattr(self, "tags", [])

    def to_dictionary(self) -> dict[str, Any]:
        """The data set's fields, and the tags by key."""
        return {
            "dataset": self.dataset.to_dictionary(),
            "tags": {tag.key: tag.value for tag in self.tags},
        }
