"""Artifacts on local disk."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from kipu.blobs.content import LEAST_BYTES, ContentIndex, Known, Sketch, share
from kipu.blobs.interface import CHUNK_BYTES, Blob
from kipu.blobs.paths import PART_PREFIX, is_reserved, validate_file_path, validate_path
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
        content: Knows what large files are there already, so that equal ones are stored once.
    """

    def __init__(
        self, root: Path, durable: bool = False, content: ContentIndex | None = None
    ) -> None:
        self._root = root
        self._durable = durable
        self.content = content

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
        with source.open("rb") as stream:
            known = self._known(stream)
            if known is not None and self._share(known, path):
                return
            with self._arriving(path) as file:
                shutil.copyfileobj(stream, file, CHUNK_BYTES)

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """A folder beside the artifacts, of no interest to anybody when the block ends."""
        self._root.mkdir(parents=True, exist_ok=True)
        folder = self._root / f"{PART_PREFIX}{secrets.token_hex(8)}"
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def move_folder(self, source: Path) -> None:
        """Take over what is in a folder of ``staging``: its files are not copied."""
        is_new = source / f"{PART_PREFIX}{secrets.token_hex(8)}"
        is_new.touch()
        mode = stat.S_IMODE(is_new.stat().st_mode)
        is_new.unlink()
        for parent, folders, names in os.walk(source):
            folder = self._root / Path(parent).relative_to(source)
            for name in [each for each in folders if Path(parent, each).is_symlink()]:
                shutil.copytree(Path(parent, name), folder / name, dirs_exist_ok=True)
            folder.mkdir(parents=True, exist_ok=True)
            for name in names:
                path = (folder / name).relative_to(self._root).as_posix()
                self._move(path, Path(parent, name), mode)

    def _move(self, path: str, source: Path, mode: int) -> None:
        place = self._free_place(path)
        if source.is_symlink():
            self.put_file(path, source)
            return
        with source.open("rb") as stream:
            known = self._known(stream)
        if known is not None and self._share(known, path):
            return
        if stat.S_IMODE(source.stat().st_mode) != mode:
            source.chmod(mode)  # as if it were written here
        source.replace(place)
        self._remember(place)

    def settle(self, path: str, part: Path) -> None:
        """Give a file that has arrived its name; a file of the same content takes its place.

        Args:
            path: The artifact.
            part: Where it lies, on the same file system.
        """
        place = self._free_place(path)
        with part.open("rb") as stream:
            known = self._known(stream)
            if known is not None and self._share(known, path):
                part.unlink()
                return
            if self._durable:
                os.fsync(stream.fileno())
        part.replace(place)
        self._remember(place)

    def link(self, path: str, known: Known) -> bool:
        """Make an artifact of a file that is there already; False where links cannot be made."""
        return self._share(known, path)

    def _known(self, stream: IO[bytes]) -> Known | None:
        """A file with the content of this one, if it is large enough to ask."""
        if self.content is None or os.fstat(stream.fileno()).st_size < LEAST_BYTES:
            return None
        return self.content.find(Sketch.of(stream), stream)

    def _share(self, known: Known, path: str) -> bool:
        place = self._free_place(path)
        part = place.parent / f"{PART_PREFIX}{secrets.token_hex(8)}"
        try:
            if not share(known, part):
                return False
            part.replace(place)
        finally:
            # Where both were names of one file already, the system has left this one.
            part.unlink(missing_ok=True)
        self._remember(place)
        return True

    def _remember(self, place: Path) -> None:
        if self.content is None:
            return
        with suppress(OSError), place.open("rb") as file:
            if os.fstat(file.fileno()).st_size >= LEAST_BYTES:
                self.content.remember(Sketch.of(file), place)

    def open(self, path: str, start: int = 0, end: int | None = None) -> Blob:
        """See ``BlobStore``."""
        place = self._place(path)
        if place.is_dir():
            raise InvalidParameter(f"{path!r} is a folder of artifacts, not a file.")
        try:
            file = place.open("rb")
        except (FileNotFoundError, NotADirectoryError):
            raise ResourceNotFound(f"No such artifact: '{path}'") from None
        status = os.fstat(file.fileno())
        size = status.st_size
        chunks = _chunks(file, start, size if end is None else min(end, size))
        next(chunks)  # now the generator owns the file and closes it, read or not
        return Blob(size, chunks, f"{status.st_ino:x}-{status.st_mtime_ns:x}-{size:x}")

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
            if not is_reserved(entry.name) and _inside(entry, self._root)
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

    def own_bytes(self, path: str) -> int:
        """How much space is free once a folder is deleted: content held elsewhere, too, stays."""
        seen: dict[int, tuple[int, os.stat_result]] = {}
        for parent, _, names in os.walk(self._place(path)):
            for name in names:
                status = os.lstat(os.path.join(parent, name))
                seen[status.st_ino] = seen.get(status.st_ino, (0, status))[0] + 1, status
        return sum(status.st_size for links, status in seen.values() if links == status.st_nlink)

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

    def _free_place(self, path: str) -> Path:
        """Where a file can be put; its folder is made."""
        place = self._place(validate_file_path(path))
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            raise InvalidParameter(
                f"{path!r} cannot be written: a part of its path is a file already."
            ) from None
        if place.is_dir():
            raise InvalidParameter(f"{path!r} cannot be written: it is a folder already.")
        return place

    @contextmanager
    def _arriving(self, path: str) -> Iterator[IO[bytes]]:
        part = self._free_place(path).parent / f"{PART_PREFIX}{secrets.token_hex(8)}"
        try:
            with part.open("xb") as file:
                yield file
            self.settle(path, part)
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
