"""Switches that live in the environment, so that child processes see them too."""

from __future__ import annotations

from kipu.environment_variables import MLFLOW_ENABLE_ASYNC_LOGGING
from kipu.fluent.active import state


def enable_async_logging(enable: bool = True) -> None:
    """Whether logging functions answer with ``RunOperations`` from now on.

    In other threads that holds for the runs that they start from now on.
    """
    MLFLOW_ENABLE_ASYNC_LOGGING.set(enable)
    state.renew()
