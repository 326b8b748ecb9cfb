"""The link of a registered model with its deployment job, which other registries have."""

from __future__ import annotations

from typing import ClassVar

from kipu.exceptions import InvalidParameter


class RegisteredModelDeploymentJobState:
    """How a registered model is linked with its deployment job, by number."""

    NOT_SET_UP = 1
    CONNECTED = 2
    NOT_FOUND = 3
    REQUIRED_PARAMETERS_CHANGED = 4

    _NUMBERS: ClassVar[dict[str, int]] = {
        "DEPLOYMENT_JOB_CONNECTION_STATE_UNSPECIFIED": 0,
        "NOT_SET_UP": 1,
        "CONNECTED": 2,
        "NOT_FOUND": 3,
        "REQUIRED_PARAMETERS_CHANGED": 4,
    }
    _NAMES: ClassVar[dict[int, str]] = {number: name for name, number in _NUMBERS.items()}

    @staticmethod
    def from_string(state_str: str) -> int:
        """The number of a state name.

        Raises:
            InvalidParameter: No state has this name.
        """
        try:
            return RegisteredModelDeploymentJobState._NUMBERS[state_str]
        except KeyError:
            raise InvalidParameter(f"No state {state_str!r} of a deployment job's link.") from None

    @staticmethod
    def to_string(state: int) -> str:
        """The name of a state number.

        Raises:
            InvalidParameter: No state has this number.
        """
        try:
            return RegisteredModelDeploymentJobState._NAMES[state]
        except KeyError:
            raise InvalidParameter(f"No state {state!r} of a deployment job's link.") from None

    @staticmethod
    def all_states() -> list[int]:
        """Every state number."""
        return list(RegisteredModelDeploymentJobState._NAMES)
