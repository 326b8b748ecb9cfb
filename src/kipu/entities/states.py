"""MLflow's states: classes of constants, as its callers know them."""

from __future__ import annotations

from kipu.entities.numbered import Numbered


class RunStatus:
    """The state of a run, by number; the wire and ``RunInfo.status`` use the names."""

    RUNNING = 1
    SCHEDULED = 2
    FINISHED = 3
    FAILED = 4
    KILLED = 5

    _STATES = Numbered(
        "run status",
        {
            "RUNNING": 1,
            "SCHEDULED": 2,
            "FINISHED": 3,
            "FAILED": 4,
            "KILLED": 5,
        },
    )

    @staticmethod
    def from_string(status_str: str) -> int:
        """The number of a status name.

        Raises:
            InvalidParameter: No status has this name.
        """
        return RunStatus._STATES.number(status_str)

    @staticmethod
    def to_string(status: int) -> str:
        """The name of a status number.

        Raises:
            InvalidParameter: No status has this number.
        """
        return RunStatus._STATES.name(status)

    @staticmethod
    def is_terminated(status: int) -> bool:
        """Whether a run with this status has ended."""
        return status in (RunStatus.FINISHED, RunStatus.FAILED, RunStatus.KILLED)

    @staticmethod
    def all_status() -> list[int]:
        """Every status number."""
        return RunStatus._STATES.all()


class ViewType:
    """Which lifecycle stages a search looks at."""

    ACTIVE_ONLY = 1
    DELETED_ONLY = 2
    ALL = 3

    _STATES = Numbered("view type", {"active_only": 1, "deleted_only": 2, "all": 3})

    @classmethod
    def from_string(cls, view_str: str) -> int:
        """The number of a view name, in any case.

        Raises:
            InvalidParameter: No view has this name.
        """
        return cls._STATES.number(view_str.lower())

    @classmethod
    def to_string(cls, view_type: int) -> str:
        """The name of a view number.

        Raises:
            InvalidParameter: No view has this number.
        """
        return cls._STATES.name(view_type)


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

    _STATES = Numbered(
        "source type",
        {
            "NOTEBOOK": 1,
            "JOB": 2,
            "PROJECT": 3,
            "LOCAL": 4,
            "UNKNOWN": 5,
        },
    )

    @staticmethod
    def from_string(status_str: str) -> int:
        """The number of a source type name.

        Raises:
            InvalidParameter: No source type has this name.
        """
        return SourceType._STATES.number(status_str)

    @staticmethod
    def to_string(status: int) -> str:
        """The name of a source type number.

        Raises:
            InvalidParameter: No source type has this number.
        """
        return SourceType._STATES.name(status)
