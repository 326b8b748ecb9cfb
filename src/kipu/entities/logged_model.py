"""Logged models, and their links with runs."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, Self

import msgspec

from kipu.entities.metric import Metric
from kipu.entities.record import Record


class LoggedModelStatus(IntEnum):
    """How far a logged model has come."""

    UNSPECIFIED = 0
    PENDING = 1
    READY = 2
    FAILED = 3

    @property
    def wire_name(self) -> str:
        """The name on the wire."""
        return "LOGGED_MODEL_" + ("UPLOAD_FAILED" if self is self.FAILED else self.name)


class LoggedModelTag(Record, frozen=True):
    """A label of a logged model."""

    key: str
    value: str


class LoggedModelParameter(Record, frozen=True):
    """A setting of a logged model; immutable once logged."""

    key: str
    value: str


class LoggedModel(Record, frozen=True):
    """A model with files of its own; times are ms since the Unix epoch.

    ``tags`` and ``params`` read as dictionaries, whatever the constructor was given.
    """

    experiment_id: str
    model_id: str
    name: str
    artifact_location: str
    creation_timestamp: int
    last_updated_timestamp: int
    model_type: str | None = None
    source_run_id: str | None = None
    status: LoggedModelStatus | int = LoggedModelStatus.READY
    status_message: str | None = None
    tags: Any = None
    params: Any = None
    metrics: list[Metric] | None = None

    def __post_init__(self) -> None:
        for field in ("tags", "params"):
            given = getattr(self, field)
            if not isinstance(given, dict):
                pairs = {item.key: item.value for item in given or ()}
                msgspec.structs.force_setattr(self, field, pairs)
        msgspec.structs.force_setattr(self, "status", LoggedModelStatus(self.status))

    @property
    def model_uri(self) -> str:
        """The URI under which the model can be loaded."""
        return f"models:/{self.model_id}"

    @classmethod
    def from_dictionary(cls, the_dict: dict[str, Any]) -> Self:
        """Build one from a dictionary; unknown keys are ignored."""
        return super().from_dictionary(the_dict)


class LoggedModelInput(Record, frozen=True):
    """A model that a run read."""

    model_id: str


class LoggedModelOutput(Record, frozen=True):
    """A model that a run made, at a training step."""

    model_id: str
    step: int
