"""Data sets that a run read."""

from __future__ import annotations

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
    tags: list[InputTag] = msgspec.field(default_factory=list)
