"""How far the registration of a model version has come."""

from __future__ import annotations

from typing import ClassVar

from kipu.exceptions import InvalidParameter


class ModelVersionStatus:
    """The status of a model version, by number; wire and entities use the names."""

    PENDING_REGISTRATION = 1
    FAILED_REGISTRATION = 2
    READY = 3

    _NUMBERS: ClassVar[dict[str, int]] = {
        "PENDING_REGISTRATION": 1,
        "FAILED_REGISTRATION": 2,
        "READY": 3,
    }
    _NAMES: ClassVar[dict[int, str]] = {number: name for name, number in _NUMBERS.items()}

    @staticmethod
    def from_string(status_str: str) -> int:
        """The number of a status name.

        Raises:
            InvalidParameter: No status has this name.
        """
        try:
            return ModelVersionStatus._NUMBERS[status_str]
        except KeyError:
            known = ", ".join(ModelVersionStatus._NUMBERS)
            raise InvalidParameter(
                f"No model version status {status_str!r}; one of {known}."
            ) from None

    @staticmethod
    def to_string(status: int) -> str:
        """The name of a status number.

        Raises:
            InvalidParameter: No status has this number.
        """
        try:
            return ModelVersionStatus._NAMES[status]
        except KeyError:
            raise InvalidParameter(f"No model version status {status!r}; 1 to 3.") from None

    @staticmethod
    def all_status() -> list[int]:
        """Every status number."""
        return list(ModelVersionStatus._NAMES)
