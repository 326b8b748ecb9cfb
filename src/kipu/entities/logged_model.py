"""Logged models, and their links with runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Self

from kipu.entities.metric import Metric
from kipu.entities.record import Record
from kipu.exceptions import InvalidParameter


class LoggedModelStatus(StrEnum):
    """How far a logged model has come."""

    UNSPECIFIED = "UNSPECIFIED"
    PENDING = "PENDING"
    READY = "READY"
    FAILED = "FAILED"

    @staticmethod
    def is_finalized(status: LoggedModelStatus | str) -> bool:
        """Whether nothing more is expected to happen to a model with this status."""
        return status in (LoggedModelStatus.READY, LoggedModelStatus.FAILED)

    @classmethod
    def from_int(cls, status_int: int) -> LoggedModelStatus:
        """The status of a number.

        Raises:
            InvalidParameter: No status has this number.
        """
        statuses = list(cls)
        if isinstance(status_int, int) and 0 <= status_int < len(statuses):
            return statuses[status_int]
        raise InvalidParameter(f"Unknown model status: {status_int!r}; it is a number from 0 to 3.")

    def to_int(self) -> int:
        """The number, as filters and dictionaries have it."""
        return list(LoggedModelStatus).index(self)

    @property
    def wire_name(self) -> str:
        """The name on the wire."""
        return "LOGGED_MODEL_" + _WIRE_NAMES.get(self.name, self.name)


_WIRE_NAMES = {"UNSPECIFIED": "STATUS_UNSPECIFIED", "FAILED": "UPLOAD_FAILED"}


class LoggedModelTag(Record, frozen=True):
    """A label of a logged model."""

    key: str
    value: str


class LoggedModelParameter(Record, frozen=True):
    """A setting of a logged model; immutable once logged."""

    key: str
    value: str


class LoggedModel:
    """A model with files of its own; times are ms since the Unix epoch.

    ``tags`` and ``params`` read as dictionaries, whatever the constructor was given. ``metrics``
    are all points that name the model, None without any.
    """

    _fields = (
        "artifact_location",
        "creation_timestamp",
        "experiment_id",
        "last_updated_timestamp",
        "metrics",
        "model_id",
        "model_type",
        "name",
        "params",
        "source_run_id",
        "status",
        "status_message",
        "tags",
    )

    def __init__(
        self,
        experiment_id: str,
        model_id: str,
        name: str,
        artifact_location: str,
        creation_timestamp: int,
        last_updated_timestamp: int,
        model_type: str | None = None,
        source_run_id: str | None = None,
        status: LoggedModelStatus | int = LoggedModelStatus.READY,
        status_message: str | None = None,
        tags: Sequence[LoggedModelTag] | Mapping[str, str] | None = None,
        params: Sequence[LoggedModelParameter] | Mapping[str, str] | None = None,
        metrics: list[Metric] | None = None,
    ) -> None:
        self.experiment_id = experiment_id
        self.model_id = model_id
        self.name = name
        self.artifact_location = artifact_location
        self.creation_timestamp = creation_timestamp
        self.last_updated_timestamp = last_updated_timestamp
        self.model_type = model_type
        self.source_run_id = source_run_id
        self.status = (
            status if isinstance(status, LoggedModelStatus) else LoggedModelStatus.from_int(status)
        )
        self.status_message = status_message
        self.tags = _by_key(tags)
        self.params = _by_key(params)
        self.metrics = metrics

    @property
    def model_uri(self) -> str:
        """The URI under which the model can be loaded."""
        return f"models:/{self.model_id}"

    def to_dictionary(self) -> dict[str, Any]:
        """The fields as a dictionary; the status is its number."""
        return {name: getattr(self, name) for name in self._fields} | {
            "status": self.status.to_int()
        }

    @classmethod
    def from_dictionary(cls, the_dict: dict[str, Any]) -> Self:
        """Build one from a dictionary; unknown keys are ignored."""
        return cls(**{key: value for key, value in the_dict.items() if key in cls._fields})

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """Yield (field, value), ``model_uri`` among them, so that ``dict(model)`` works."""
        return ((name, getattr(self, name)) for name in sorted((*self._fields, "model_uri")))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LoggedModel) and dict(self) == dict(other)

    def __hash__(self) -> int:
        return hash(self.model_id)

    def __repr__(self) -> str:
        # Without what may be long.
        shown = (f"{name}={value!r}" for name, value in self if name not in _LONG)
        return f"LoggedModel({', '.join(shown)})"


_LONG = ("tags", "params", "metrics")


def _by_key(
    labels: Sequence[LoggedModelTag | LoggedModelParameter] | Mapping[str, str] | None,
) -> dict[str, str]:
    if isinstance(labels, Mapping):
        return dict(labels)
    return {label.key: label.value for label in labels or ()}


class LoggedModelInput(Record, frozen=True):
    """A model that a run read."""

    model_id: str


class LoggedModelOutput(Record, frozen=True):
    """A model that a run made, at a training step."""

    model_id: str
    step: int
