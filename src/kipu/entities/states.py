"""MLflow's states: classes of constants, as its callers know them."""

from __future__ import annotations

from typing import ClassVar

from kipu.exceptions import InvalidParameter


class RunStatus:
    """The state of a run, by number; the wire and ``RunInfo.status`` use the names."""

    RUNNING = 1
    SCHEDULED = 2
    FINISHED = 3
    FAILED = 4
    KILLED = 5

    _NUMBERS: ClassVar[dict[str, int]] = {
        "RUNNING": 1,
        "SCHEDULED": 2,
        "FINISHED": 3,
        "FAILED": 4,
        "KILLED": 5,
    }
    _NAMES: ClassVar[dict[int, str]] = {number: name for name, number in _NUMBERS.items()}

    @staticmethod
    def from_string(status_str: str) -> int:
        """The number of a status name.

        Raises:
            InvalidParameter: No status has this name.
        """
        try:
            return RunStatus._NUMBERS[status_str]
        except KeyError:
            known = ", ".join(RunStatus._NUMBERS)
            raise InvalidParameter(f"No run status {status_str!r}; one of {known}.") from None

    @staticmethod
    def to_string(status: int) -> str:
        """The name of a status number.

        Raises:
            InvalidParameter: No status has this number.
        """
        try:
            return RunStatus._NAMES[status]
        except KeyError:
            raise InvalidParameter(f"No run status {status!r}; 1 to 5.") from None

    @staticmethod
    def is_terminated(status: int) -> bool:
        """Whether a run with this status has ended."""
        return status in (RunStatus.FINISHED, RunStatus.FAILED, RunStatus.KILLED)

    @staticmethod
    def all_status() -> list[int]:
        """Every status number."""
        return list(RunStatus._NAMES)


class ViewType:
    """Which lifecycle stages a search looks at."""

    ACTIVE_ONLY = 1
    DELETED_ONLY = 2
    ALL = 3

    _NUMBERS: ClassVar[dict[str, int]] = {"active_only": 1, "deleted_only": 2, "all": 3}
    _NAMES: ClassVar[dict[int, str]] = {number: name for name, number in _NUMBERS.items()}

    @classmethod
    def from_string(cls, view_str: str) -> int:
        """The number of a view name, in any case.

        Raises:
            InvalidParameter: No view has this name.
        """
        try:
            return cls._NUMBERS[view_str.lower()]
        except KeyError:
            known = ", ".join(cls._NUMBERS)
            raise InvalidParameter(f"No view type {view_str!r}; one of {known}.") from None

    @classmethod
    def to_string(cls, view_type: int) -> str:
        """The name of a view number.

        Raises:
            InvalidParameter: No view has this number.
        """
        try:
            return cls._NAMES[view_type]
        except KeyError:
            raise InvalidParameter(f"No view type {view_type!r}; 1 to 3.") from None


class LifecycleStage:
    """Whether something is active or deleted; deleted things can be restored."""

    ACTIVE = "active"
    DELETED = "deleted"

    @classmethod
    def view_type_to_stages(cls, view_type: int = ViewType.ALL) -> list[str]:
        """The stages that a view shows."""
        match view_type:
            case ViewType.ACTIVE_ONLY:
                return [cls.ACTIVE]
            case ViewType.DELETED_ONLY:
                return [cls.DELETED]
            case ViewType.ALL:
                return [cls.ACTIVE, cls.DELETED]
            case _:
                return []

    @classmethod
    def is_valid(cls, lifecycle_stage: str) -> bool:
        """Whether this is the name of a stage."""
        return lifecycle_stage in (cls.ACTIVE, cls.DELETED)

    @classmethod
    def matches_view_type(cls, view_type: int, lifecycle_stage: str) -> bool:
        """Whether a view shows this stage."""
        return lifecycle_stage in cls.view_type_to_stages(view_type)


class SourceType:
    """What started a run; ``mlflow.source.type`` holds the name."""

    NOTEBOOK = 1
    JOB = 2
    PROJECT = 3
    LOCAL = 4
    UNKNOWN = 5

    _NUMBERS: ClassVar[dict[str, int]] = {
        "NOTEBOOK": 1,
        "JOB": 2,
        "PROJECT": 3,
        "LOCAL": 4,
        "UNKNOWN": 5,
    }
    _NAMES: ClassVar[dict[int, str]] = {number: name for name, number in _NUMBERS.items()}

    @staticmethod
    def from_string(status_str: str) -> int:
        """The number of a source type name.

        Raises:
            InvalidParameter: No source type has this name.
        """
        try:
            return SourceType._NUMBERS[status_str]
        except KeyError:
            raise InvalidParameter(f"No source type {status_str!r}.") from None

    @staticmethod
    def to_string(status: int) -> str:
        """The name of a source type number.

        Raises:
            InvalidParameter: No source type has this number.
        """
        try:
            return SourceType._NAMES[status]
        except KeyError:
            raise InvalidParameter(f"No source type {status!r}.") from None
