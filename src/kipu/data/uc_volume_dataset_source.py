"""A volume of a Databricks catalog as a source."""

from __future__ import annotations

import logging
from typing import Any, Self

from kipu.data.dataset_source import ExplicitSource, required_key
from kipu.exceptions import MlflowException

_log = logging.getLogger(__name__)


class UCVolumeDatasetSource(ExplicitSource):
    """A file or folder in a volume of a Databricks catalog.

    Args:
        path: Such as ``/Volumes/catalog/schema/volume/file``; checked where Databricks can be
            asked, else taken with a warning.

    Raises:
        MlflowException: Databricks has nothing there.
    """

    def __init__(self, path: str) -> None:
        self.path = _checked(path)

    @staticmethod
    def _get_source_type() -> str:
        return "uc_volume"

    def load(self) -> Any:
        """Cannot be from here: only Databricks can read a volume.

        Raises:
            MlflowException: Always, with the code NOT_IMPLEMENTED.
        """
        raise MlflowException(f"{self.path} lies in Databricks; read it there.", "NOT_IMPLEMENTED")

    def to_dict(self) -> dict[Any, Any]:
        """The path."""
        return {"path": self.path}

    @classmethod
    def from_dict(cls, source_dict: dict[Any, Any]) -> Self:
        """Build one from what ``to_dict`` gave.

        Raises:
            InvalidParameter: It has no path.
        """
        return cls(required_key(cls, source_dict, "path"))


def _checked(path: str) -> str:
    try:
        from databricks.sdk import WorkspaceClient  # noqa: PLC0415 - an optional package

        files = WorkspaceClient().files
    except Exception as error:
        _log.warning("The path %s could not be checked with Databricks: %s", path, error)
        return path
    try:
        files.get_metadata(path)
    except Exception:
        try:
            files.get_directory_metadata(path)
        except Exception as error:
            raise MlflowException(f"Databricks has nothing at {path}: {error}") from error
        return path.rstrip("/") + "/"
    return path
