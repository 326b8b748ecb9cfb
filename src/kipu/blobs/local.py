"""Artifacts on local disk."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from kipu.blobs.interface import CHUNK_BYTES, Blob
from kipu.blobs.paths import PART_PREFIX, validate_file_path, validate_path
from kipu.entities import FileInfo
from kipu.exceptions import InvalidParameter, ResourceNotFound

# In bytes, of the file systems of Linux; others are about the same.
_LONGEST_NAME = 255
_LONGEST_PATH = 4000


class LocalBlobs:
    """Files below a folder, which need not exist yet.

    Args:
        root: The folder; nothing outside is read or written, through links neither.
        durable: Whether a file must be on the disk, not only in its cache, before ``put`` returns.
    """

    def __init__(self, root: Path, durable: bool = False) -> None:
        self._root = root
        self._durable = durable

    def put(self, path: str, stream: IO[bytes], size: int | None = None) -> None:
        """See ``BlobStore``."""
        with self._arriving(path) as file:
            while chunk := stream.read(CHUNK_BYTES):
                file.write(chunk)
            if size is not None and file.tell() != size:
                raise InvalidParameter(
                    f"The upload of {path!r} was cut off: {file.tell()} of {size} bytes came."
                )

    def put_file(self, path: str, source: Path) -> None:
        """See ``BlobStore``."""
        with source.open("rb") as stream, self._arriving(path) as file:
            shutil.copyfileobj(stream, file, CHUNK_BYTES)

    def open(self, path: str, start: int = 0, end: int | None = None) -> Blob:
        """See ``BlobStore``."""
        place = self._place(path)
        if place.is_dir():
            raise InvalidParameter(f"{path!r} is a folder of artifacts, not a file.")
        try:
            file = place.open("rb")
        except (FileNotFoundError, NotADirectoryError):
            raise ResourceNotFound(f"No such artifact: '{path}'") from None
        size = os.fstat(file.fileno()).st_size
        chunks = _chunks(file, start, size if end is None else min(end, size))
        next(chunks)  # now the generator owns the file and closes it, read or not
        return Blob(size, chunks)

    def list(self, path: str = "") -> list[FileInfo]:
        """See ``BlobStore``."""
        place, below = self._place(path), validate_path(path)
        try:
            entries = sorted(os.scandir(place), key=lambda entry: entry.name)
        except (FileNotFoundError, NotADirectoryError):
            return []
        return [
            FileInfo(
                os.path.join(below, entry.name) if below else entry.name,
                entry.is_dir(),
                None if entry.is_dir() else entry.stat().st_size,
            )
            for entry in entries
            if not entry.name.startswith(PART_PREFIX) and _inside(entry, self._root)
        ]

    def is_dir(self, path: str) -> bool:
        """See ``BlobStore``."""
        return self._place(path).is_dir()

    def delete(self, path: str) -> None:
        """See ``BlobStore``."""
        place = self._place(path)
        if place.is_dir():
            shutil.rmtree(place)
        else:
            with suppress(FileNotFoundError, NotADirectoryError):
                place.unlink()

    def remove_if_empty(self, path: str) -> None:
        """Remove a folder that holds nothing; harmless where it does, or is not there."""
        with suppress(OSError):
            self._place(path).rmdir()

    def local_path(self, path: str) -> Path | None:
        """Where the file or folder lies, or None if there is nothing."""
        place = self._place(path)
        return place if place.exists() else None

    def _place(self, path: str) -> Path:
        place = self._root / validate_path(path)
        if any(len(os.fsencode(name)) > _LONGEST_NAME for name in Path(path).parts) or (
            len(os.fsencode(place)) > _LONGEST_PATH
        ):
            raise InvalidParameter(
                f"The artifact path {path[:40] + '...'!r} is too long: a name in it has at most "
                f"{_LONGEST_NAME} bytes here, and the whole path on disk {_LONGEST_PATH}."
            )
        if not place.resolve().is_relative_to(self._root.resolve()):
            raise InvalidParameter(f"The artifact path {path!r} leads out of its root by a link.")
        return place

    @contextmanager
    def _arriving(self, path: str) -> Iterator[IO[bytes]]:
        place = self._place(validate_file_path(path))
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            raise InvalidParameter(
                f"{path!r} cannot be written: a part of its path is a file already."
            ) from None
        if place.is_dir():
            raise InvalidParameter(f"{path!r} cannot be written: it is a folder already.")
        part = place.parent / f"{PART_PREFIX}{secrets.token_hex(8)}"
        try:
            with part.open("xb") as file:
                yield file
                if self._durable:
                    file.flush()
                    os.fsync(file.fileno())
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)


def _chunks(file: IO[bytes], start: int, end: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        yield b""
        left = end - start
        while left > 0 and (chunk := file.read(min(CHUNK_BYTES, left))):
            left -= len(chunk)
            yield chunk


def _inside(entry: os.DirEntry[str], root: Path) -> bool:
    """Whether a link in a listing stays below the root; a broken one does not."""
    if not entry.is_symlink():
        return True
    target = Path(entry.path).resolve()
    return target.exists() and target.is_relative_to(root.resolve())
