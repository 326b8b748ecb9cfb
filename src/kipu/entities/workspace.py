"""A workspace: MLflow's group of experiments and models. A store of Kipu's is one of them."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Self

from kipu.entities.record import Record


class WorkspaceDeletionMode(StrEnum):
    """What becomes of the things in a workspace that is deleted."""

    SET_DEFAULT = "SET_DEFAULT"
    CASCADE = "CASCADE"
    RESTRICT = "RESTRICT"


class Workspace(Record, frozen=True):
    """A named group, with its own place for artifacts."""

    name: str
    description: str | None = None
    default_artifact_root: str | None = None
    trace_archival_location: str | None = None
    trace_archival_retention: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The fields as a dictionary, without places for traces that are not set."""
        fields = self.to_dictionary()
        return {
            key: value
            for key, value in fields.items()
            if value is not None or not key.startswith("trace_")
        }

    @classmethod
    def from_dict(cls, payload: dict[str, Any]) -> Self:
        """Build one from what ``to_dict`` gave."""
        return cls.from_dictionary(payload)
