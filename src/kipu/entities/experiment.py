"""An experiment: a named group of runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Self

import msgspec

from kipu.entities.record import Record

# One workspace is all that there is, as on an MLflow server without workspaces.
DEFAULT_WORKSPACE = "default"


class ExperimentTag(Record, frozen=True):
    """A label of an experiment."""

    key: str
    value: str


class Experiment(Record, frozen=True):
    """A named group of runs; times are ms since the Unix epoch, ``tags`` reads as a dictionary."""

    DEFAULT_EXPERIMENT_NAME: ClassVar[str] = "Default"

    experiment_id: str
    name: str
    artifact_location: str
    lifecycle_stage: str
    # MLflow hands the constructor a list and reads back a dictionary.
    tags: Any = None
    creation_time: int | None = None
    last_update_time: int | None = None
    workspace: str | None = None
    trace_location: Any = None
    effective_trace_archival_retention: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.tags, dict):
            given: Iterable[ExperimentTag] = self.tags or ()
            msgspec.structs.force_setattr(self, "tags", {tag.key: tag.value for tag in given})
        if self.workspace is None:
            msgspec.structs.force_setattr(self, "workspace", DEFAULT_WORKSPACE)

    @classmethod
    def from_dictionary(cls, the_dict: dict[str, Any]) -> Self:
        """Build one from a dictionary; ``tags`` may be a list of tags or a dictionary."""
        return super().from_dictionary(the_dict)
