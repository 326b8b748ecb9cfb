"""Where the artifacts of runs lie, as the server reaches them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urlsplit

from starlette.requests import Request

from kipu.blobs.interface import Blob, BlobStore
from kipu.blobs.open import open_blobs
from kipu.blobs.paths import validate_path
from kipu.entities import FileInfo
from kipu.exceptions import InvalidParameter, ResourceNotFound
from kipu.server.state import artifacts


def blobs_of(request: Request, artifact_uri: str) -> BlobStore:
    """The files below a run's artifact URI.

    Raises:
        InvalidParameter: They lie where this server does not reach.
    """
    parts = urlsplit(artifact_uri)
    if parts.scheme == "mlflow-artifacts" and not parts.netloc:
        return Below(artifacts(request), unquote(parts.path).strip("/"))
    if parts.scheme == "mlflow-artifacts":
        raise InvalidParameter(
            f"The artifacts lie on another server ({parts.netloc}); ask there for them."
        )
    return open_blobs(artifact_uri)


def artifact_path(store: BlobStore, path: str) -> str:
    """A path in the server's artifact store, in its normal form.

    Raises:
        InvalidParameter: It is refused.
        ResourceNotFound: It is one of the store's own files.
    """
    return store.artifact(path) if isinstance(store, BesideStore) else validate_path(path)


class Below:
    """The part of a store that lies below a folder.

    Args:
        whole: The store.
        folder: The folder, relative to its root.
    """

    def __init__(self, whole: BlobStore, folder: str) -> None:
        self._whole, self._folder = whole, validate_path(folder)

    def put(self, path: str, stream: IO[bytes], size: int | None = None) -> None:
        """See ``BlobStore``."""
        self._whole.put(self._within(path), stream, size)

    def put_file(self, path: str, source: Path) -> None:
        """See ``BlobStore``."""
        self._whole.put_file(self._within(path), source)

    def open(self, path: str, start: int = 0, end: int | None = None) -> Blob:
        """See ``BlobStore``."""
        return self._whole.open(self._within(path), start, end)

    def list(self, path: str = "") -> list[FileInfo]:
        """See ``BlobStore``."""
        cut = len(self._folder) + 1 if self._folder else 0
        return [
            FileInfo(file.path[cut:], file.is_dir, file.file_size)
            for file in self._whole.list(self._within(path))
        ]

    def is_dir(self, path: str) -> bool:
        """See ``BlobStore``."""
        return self._whole.is_dir(self._within(path))

    def delete(self, path: str) -> None:
        """See ``BlobStore``."""
        self._whole.delete(self._within(path))

    def _within(self, path: str) -> str:
        return "/".join(part for part in (self._folder, validate_path(path)) if part)


class BesideStore:
    """The artifacts in a folder that also holds a store, without the store.

    Args:
        whole: All files of the folder.
        own: What is the store's, relative to the folder.
    """

    def __init__(self, whole: BlobStore, own: Sequence[str]) -> None:
        self._whole = whole
        self._own = tuple(name.lower() for name in own)

    def put(self, path: str, stream: IO[bytes], size: int | None = None) -> None:
        """See ``BlobStore``."""
        self._whole.put(self.artifact(path), stream, size)

    def put_file(self, path: str, source: Path) -> None:
        """See ``BlobStore``."""
        self._whole.put_file(self.artifact(path), source)

    def open(self, path: str, start: int = 0, end: int | None = None) -> Blob:
        """See ``BlobStore``."""
        return self._whole.open(self.artifact(path), start, end)

    def list(self, path: str = "") -> list[FileInfo]:
        """See ``BlobStore``."""
        return [
            file for file in self._whole.list(self.artifact(path)) if not self._is_own(file.path)
        ]

    def is_dir(self, path: str) -> bool:
        """See ``BlobStore``."""
        return self._whole.is_dir(self.artifact(path))

    def delete(self, path: str) -> None:
        """See ``BlobStore``."""
        if not validate_path(path):
            raise InvalidParameter("The whole artifact store cannot be deleted in one request.")
        self._whole.delete(self.artifact(path))

    def artifact(self, path: str) -> str:
        """The path in its normal form; raises ResourceNotFound for what is the store's."""
        normal = validate_path(path)
        if self._is_own(normal):
            raise ResourceNotFound(f"No such artifact: '{path}'")
        return normal

    def _is_own(self, path: str) -> bool:
        # File systems may ignore case, and a database has companions (-wal, -shm).
        path = path.lower()
        return any(path == name or path.startswith((f"{name}/", f"{name}-")) for name in self._own)
