"""Artifact stores that other packages bring, as MLflow's plug-ins write them."""

from __future__ import annotations

import os
import posixpath
import tempfile
from abc import ABC, abstractmethod
from pathlib import Path

from kipu.entities import FileInfo
from kipu.exceptions import MlflowNotImplementedException


class ArtifactRepository(ABC):
    """Files below one URI.

    Packages register theirs under the entry point group ``mlflow.artifact_repository``, by the
    scheme of its URIs.

    Args:
        artifact_uri: The root.
        tracking_uri: Where runs are looked up; left out, the store in use.
        registry_uri: The model registry.
    """

    def __init__(
        self, artifact_uri: str, tracking_uri: str | None = None, registry_uri: str | None = None
    ) -> None:
        self.artifact_uri = artifact_uri
        self.tracking_uri, self.registry_uri = tracking_uri, registry_uri

    @property
    def max_workers(self) -> int:
        """How many threads a transfer of many files may use."""
        return min(32, (os.cpu_count() or 1) * 2)

    @abstractmethod
    def log_artifact(self, local_file: str, artifact_path: str | None = None) -> None:
        """Copy a local file, with its name, into the folder ``artifact_path``."""

    @abstractmethod
    def log_artifacts(self, local_dir: str, artifact_path: str | None = None) -> None:
        """Copy what is in a local folder into the folder ``artifact_path``."""

    @abstractmethod
    def list_artifacts(self, path: str | None = None) -> list[FileInfo]:
        """What lies in a folder, with paths from the root; nothing for a file."""

    @abstractmethod
    def _download_file(self, remote_file_path: str, local_path: str) -> None:
        """Copy one file to a local path."""

    def download_artifacts(self, artifact_path: str, dst_path: str | None = None) -> str:
        """Copy a file or folder to a local folder, a temporary one when left out.

        Returns:
            Where it lies.
        """
        destination = Path(dst_path or tempfile.mkdtemp(prefix="kipu-")).absolute()
        path = posixpath.normpath(artifact_path) if artifact_path else ""
        inside = self.list_artifacts(path or None)
        if path and not any(entry.path != path for entry in inside):
            self._fetch(path, destination)
            return str(destination / path)
        (destination / path).mkdir(parents=True, exist_ok=True)
        for entry in inside:
            if entry.is_dir:
                self.download_artifacts(entry.path, str(destination))
            else:
                self._fetch(entry.path, destination)
        return str(destination / path)

    def _fetch(self, path: str, destination: Path) -> None:
        place = destination / path
        place.parent.mkdir(parents=True, exist_ok=True)
        self._download_file(path, str(place))

    def delete_artifacts(self, artifact_path: str | None = None) -> None:
        """Remove a file or a folder with all that it holds.

        Raises:
            MlflowNotImplementedException: This store cannot.
        """
        raise MlflowNotImplementedException(f"{type(self).__name__} cannot delete artifacts.")

    def get_local_path(self, artifact_path: str) -> str | None:
        """Where a file lies on this machine, or None."""
        return None

    def flush_async_logging(self) -> None:  # noqa: B027 - most have nothing to wait for
        """Wait for writes in the background; this class starts none."""
