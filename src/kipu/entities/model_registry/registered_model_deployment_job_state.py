"""The link of a registered model with its deployment job, which other registries have."""

from __future__ import annotations

from kipu.entities.numbered import Numbered


class RegisteredModelDeploymentJobState:
    """How a registered model is linked with its deployment job, by number."""

    NOT_SET_UP = 1
    CONNECTED = 2
    NOT_FOUND = 3
    REQUIRED_PARAMETERS_CHANGED = 4

    _STATES = Numbered(
        "state of a deployment job",
        {
            "DEPLOYMENT_JOB_CONNECTION_STATE_UNSPECIFIED": 0,
            "NOT_SET_UP": 1,
            "CONNECTED": 2,
            "NOT_FOUND": 3,
            "REQUIRED_PARAMETERS_CHANGED": 4,
        },
    )

    @staticmethod
    def from_string(state_str: str) -> int:
        """The number of a state name.

        Raises:
            InvalidParameter: No state has this name.
        """
        return RegisteredModelDeploymentJobState._STATES.number(state_str)

    @staticmethod
    def to_string(state: int) -> str:
        """The name of a state number.

        Raises:
            InvalidParameter: No state has this number.
        """
        return RegisteredModelDeploymentJobState._STATES.name(state)

    @staticmethod
    def all_states() -> list[int]:
        """Every state number."""
        return RegisteredModelDeploymentJobState._STATES.all()
