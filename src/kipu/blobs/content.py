"""Files of the same content below one folder, found by size and samples, and stored once.

A file of names per size and sample tells where content of that kind was put. It is only a hint:
what it names may be gone or changed, so whoever uses it compares. ``docs/design/weights.md``.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import IO, NamedTuple

from kipu.blobs.interface import CHUNK_BYTES
from kipu.blobs.paths import CONTENT_FOLDER, PART_PREFIX

LEAST_BYTES = 1 << 20
"""Smaller files are not looked up: a copy costs less than the search."""

_SAMPLES = 16
_SAMPLE_BYTES = 4096
_LONG_BYTES = 16384
_CLONE = 0x40049409  # Linux: FICLONE


class Sketch(NamedTuple):
    """What files of equal content have in common, and others hardly ever: size and samples."""

    size: int
    samples: str

    @classmethod
    def of(cls, file: IO[bytes]) -> Sketch:
        """The sketch of an open file, which is left where it was."""
        begin = file.tell()
        size = file.seek(0, os.SEEK_END)
        found = blake2b(digest_size=16)
        last = max(0, size - _SAMPLE_BYTES)
        for number in range(_SAMPLES):
            file.seek(last * number // (_SAMPLES - 1))
            found.update(file.read(_SAMPLE_BYTES))
        file.seek(begin)
        return cls(size, found.hexdigest())


class Known(NamedTuple):
    """A file whose content was compared, and what it was then: its name may be another's soon."""

    place: Path
    status: os.stat_result

    def is_still(self, status: os.stat_result) -> bool:
        """Whether this is the file that was compared, unchanged."""
        before = self.status
        return os.path.samestat(before, status) and (before.st_mtime_ns, before.st_size) == (
            status.st_mtime_ns,
            status.st_size,
        )


class ContentIndex:
    """Knows the large files below a folder by their content.

    Args:
        root: The folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / CONTENT_FOLDER

    def candidates(self, sketch: Sketch) -> Iterator[Path]:
        """Files that probably have this content; the caller compares."""
        for name in self._names(self._entry(sketch)):
            place = self.root / name
            with suppress(OSError):
                status = place.lstat()
                if status.st_size == sketch.size and place.is_file() and not place.is_symlink():
                    yield place

    def find(self, sketch: Sketch, file: IO[bytes]) -> Known | None:
        """A file with the very content of this one, or None."""
        for place in self.candidates(sketch):
            status = _is_equal(place, file)
            if status is not None:
                return Known(place, status)
        return None

    def remember(self, sketch: Sketch, place: Path) -> None:
        """Note that a file was put; where that cannot be written, it is stored again next time."""
        try:
            name = place.relative_to(self.root).as_posix()
            entry = self._entry(sketch)
            entry.parent.mkdir(parents=True, exist_ok=True)
            if "\n" in name or name in self._names(entry):
                return
            with entry.open("ab", buffering=0) as file:
                file.write(os.fsencode(name) + b"\n")
                is_long = file.tell() > _LONG_BYTES
        except (OSError, ValueError):
            return
        if is_long:
            self._shorten(entry)

    def sweep(self) -> None:
        """Forget files that are gone."""
        for entry in self.folder.glob("[0-9]*"):
            self._shorten(entry)

    def _entry(self, sketch: Sketch) -> Path:
        return self.folder / f"{sketch.size}-{sketch.samples}"

    def _names(self, entry: Path) -> list[str]:
        try:
            return [os.fsdecode(line) for line in entry.read_bytes().splitlines()]
        except FileNotFoundError:
            return []

    def _shorten(self, entry: Path) -> None:
        with suppress(OSError):
            alive = [name for name in self._names(entry) if (self.root / name).is_file()]
            if not alive:
                entry.unlink()
                return
            # Many links to one content need not all be known.
            text = b"".join(os.fsencode(name) + b"\n" for name in alive[-64:])
            if text != entry.read_bytes():
                part = entry.with_name(f"{PART_PREFIX}{secrets.token_hex(8)}")
                part.write_bytes(text)
                part.replace(entry)


def share(known: Known, target: Path) -> bool:
    """Make ``target`` a second name of a file, or a copy that takes no space; False if neither can.

    Names of one file are made read-only, since what is written into one of them would be in all.
    """
    if _clone(known, target):
        return True
    try:
        os.link(known.place, target)
        if not known.is_still(target.lstat()):
            target.unlink()
            return False
        target.chmod(target.stat().st_mode & ~0o222)
    except OSError:
        target.unlink(missing_ok=True)
        return False
    return True


def _clone(known: Known, target: Path) -> bool:
    """Share the blocks of two files until one is written, as Btrfs and XFS can."""
    try:
        import fcntl  # noqa: PLC0415 - not on every system

        with known.place.open("rb") as old, target.open("xb") as new:
            fcntl.ioctl(new.fileno(), _CLONE, old.fileno())
            is_same = known.is_still(os.fstat(old.fileno()))
    except (ImportError, OSError):
        is_same = False
    if not is_same:
        target.unlink(missing_ok=True)
    return is_same


def _is_equal(place: Path, file: IO[bytes]) -> os.stat_result | None:
    """What the other file was while it was compared, if it has this content."""
    begin = file.tell()
    try:
        with place.open("rb") as other:
            status = os.fstat(other.fileno())
            while chunk := file.read(CHUNK_BYTES):
                if other.read(len(chunk)) != chunk:
                    return None
            return None if other.read(1) else status
    except OSError:
        return None
    finally:
        file.seek(begin)
