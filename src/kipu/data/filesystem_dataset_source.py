"""Files and folders as sources: on this machine, or in a store of objects."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Self

from kipu.data.dataset_source import DatasetSource


class FileSystemDatasetSource(DatasetSource):
    """A file or folder that has a URI."""

    @property
    @abstractmethod
    def uri(self) -> str:
        """Where it is."""

    @abstractmethod
    def load(self, dst_path: Any = None) -> str:
        """A local copy.

        Args:
            dst_path: Folder to copy to; left out, a temporary one, or the thing itself where it
                is local already.

        Returns:
            Where it lies.
        """

    @abstractmethod
    def to_dict(self) -> dict[Any, Any]:
        """What ``from_dict`` needs."""

    @classmethod
    @abstractmethod
    def from_dict(cls, source_dict: dict[Any, Any]) -> Self:
        """Build one from what ``to_dict`` gave."""
