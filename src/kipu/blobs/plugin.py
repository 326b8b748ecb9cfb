"""A plug-in's artifact store, as a place for artifacts like any other."""

from __future__ import annotations

import builtins
import inspect
import posixpath
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import IO

from kipu import plugins
from kipu.blobs.interface import CHUNK_BYTES, Blob
from kipu.blobs.paths import validate_path
from kipu.blobs.repository import ArtifactRepository
from kipu.entities import FileInfo
from kipu.exceptions import InvalidParameter

GROUP = "mlflow.artifact_repository"


@cache
def maker(scheme: str) -> Callable[..., ArtifactRepository] | None:
    """What makes the repository of a URI of this scheme, or None if no package does."""
    found: Callable[..., ArtifactRepository] | None = plugins.load(GROUP, scheme)
    return found


def make(
    repository: Callable[..., ArtifactRepository], uri: str, tracking_uri: str | None
) -> PluginBlobs:
    """The store of a URI."""
    parameters = inspect.signature(repository).parameters.values()
    # Older plug-ins take the artifact URI alone.
    takes = any(p.name == "tracking_uri" or p.kind is p.VAR_KEYWORD for p in parameters)
    further = {"tracking_uri": tracking_uri} if takes else {}
    return PluginBlobs(repository(uri, **further))


class PluginBlobs:
    """Keeps the promises of ``BlobStore`` with the calls that a repository has.

    Args:
        repository: Knows whole files only, by local path; parts of them are cut here.
    """

    def __init__(self, repository: ArtifactRepository) -> None:
        self._repository = repository

    def put(self, path: str, stream: IO[bytes], size: int | None = None) -> None:
        """Write a file from a stream; see ``BlobStore``."""
        with tempfile.TemporaryDirectory(prefix="kipu-") as folder:
            place = Path(folder, posixpath.basename(validate_path(path)))
            with place.open("wb") as file:
                shutil.copyfileobj(stream, file, CHUNK_BYTES)
                came = file.tell()
            if size is not None and came != size:
                raise InvalidParameter(f"{path!r} has {size} bytes, but {came} came.")
            self.put_file(path, place)

    def put_file(self, path: str, source: Path) -> None:
        """Write a copy of a local file; see ``BlobStore``."""
        folder, name = posixpath.split(validate_path(path))
        if source.name == name:
            self._repository.log_artifact(str(source), folder or None)
            return
        with tempfile.TemporaryDirectory(prefix="kipu-") as renamed:
            named = shutil.copyfile(source, Path(renamed, name))
            self._repository.log_artifact(str(named), folder or None)

    def open(self, path: str, start: int = 0, end: int | None = None) -> Blob:
        """Read a file or a part of it; see ``BlobStore``."""
        path = validate_path(path)
        if self.is_dir(path):
            raise InvalidParameter(f"{path!r} is a folder.")
        folder = tempfile.TemporaryDirectory(prefix="kipu-")
        try:
            place = Path(self._repository.download_artifacts(path, folder.name))
            size = place.stat().st_size
        except BaseException:
            folder.cleanup()
            raise
        chunks = _chunks(folder, place, start, size if end is None else min(end, size))
        next(chunks)  # now the generator owns the folder and removes it, read or not
        return Blob(size, chunks)

    def list(self, path: str = "") -> builtins.list[FileInfo]:
        """What lies in a folder, by name; see ``BlobStore``."""
        path = validate_path(path)
        found = self._repository.list_artifacts(path or None)
        return sorted((one for one in found if one.path != path), key=lambda one: one.path)

    def is_dir(self, path: str) -> bool:
        """Whether something lies below ``path``."""
        return bool(self.list(path))

    def delete(self, path: str) -> None:
        """Remove a file or folder, if the repository can."""
        self._repository.delete_artifacts(validate_path(path) or None)


def _chunks(
    folder: tempfile.TemporaryDirectory[str], place: Path, start: int, end: int
) -> Iterator[bytes]:
    with folder, place.open("rb") as file:
        yield b""
        file.seek(start)
        while start < end and (chunk := file.read(min(CHUNK_BYTES, end - start))):
            start += len(chunk)
            yield chunk
