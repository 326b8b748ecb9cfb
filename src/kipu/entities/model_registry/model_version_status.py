"""How far the registration of a model version has come."""

from __future__ import annotations

from kipu.entities.numbered import Numbered


class ModelVersionStatus:
    """The status of a model version, by number; wire and entities use the names."""

    PENDING_REGISTRATION = 1
    FAILED_REGISTRATION = 2
    READY = 3

    _STATES = Numbered(
        "model version status",
        {
            "PENDING_REGISTRATION": 1,
            "FAILED_REGISTRATION": 2,
            "READY": 3,
        },
    )

    @staticmethod
    def from_string(status_str: str) -> int:
        """The number of a status name.

        Raises:
            InvalidParameter: No status has this name.
        """
        return ModelVersionStatus._STATES.number(status_str)

    @staticmethod
    def to_string(status: int) -> str:
        """The name of a status number.

        Raises:
            InvalidParameter: No status has this number.
        """
        return ModelVersionStatus._STATES.name(status)

    @staticmethod
    def all_status() -> list[int]:
        """Every status number."""
        return ModelVersionStatus._STATES.all()
