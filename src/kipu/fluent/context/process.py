"""Who runs which program."""

from __future__ import annotations

import getpass
import sys

from kipu.entities import SourceType
from kipu.entities.tag_names import MLFLOW_SOURCE_NAME, MLFLOW_SOURCE_TYPE, MLFLOW_USER
from kipu.environment_variables import MLFLOW_TRACKING_USERNAME
from kipu.fluent.context.provider import RunContextProvider


def main_file() -> str | None:
    """The program as it was started, or None in an interactive session."""
    return sys.argv[0] or None if sys.argv else None


class ProcessContext(RunContextProvider):
    """User, program and kind of program."""

    def in_context(self) -> bool:
        """Always."""
        return True

    def tags(self) -> dict[str, str]:
        """The user who is logged in at the server, else here, and the program."""
        return {
            MLFLOW_USER: MLFLOW_TRACKING_USERNAME.get() or _user(),
            MLFLOW_SOURCE_NAME: main_file() or "<console>",
            MLFLOW_SOURCE_TYPE: SourceType.to_string(SourceType.LOCAL),
        }


def _user() -> str:
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):  # a user id without a name, as in containers
        return "unknown"
