"""Folders of models that wait for their way to a store, on disk until they are there."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import msgspec

_JOB, _LOCK, _FILES = "job.json", "lock", "model"


class Job(msgspec.Struct, frozen=True):
    """What is to be done with a folder.

    Attributes:
        model_id: The logged model.
        location: Where its files go.
        target: The store's URI, without credentials.
        run_id: The run that made it.
        is_complete: Whether all files are in the folder.
    """

    model_id: str
    location: str
    target: str
    run_id: str | None = None
    is_complete: bool = False


class Staged:
    """A folder that this process holds the lock of; who dies lets go of it.

    Attributes:
        job: What is to be done.
        folder: Where the files are.
    """

    def __init__(self, place: Path, lock: int, job: Job) -> None:
        self._place, self._lock, self.job = place, lock, job
        self.folder = place / _FILES

    @classmethod
    def create(cls, parent: Path, job: Job) -> Self:
        """Make an empty folder.

        Raises:
            OSError: It cannot be made, or the file system has no locks.
        """
        place = parent / f"{job.model_id}-{secrets.token_hex(4)}"
        place.mkdir(parents=True)
        try:
            lock = _locked(place)
            if lock is None:
                raise BlockingIOError(f"{place} is locked.")
            staged = cls(place, lock, job)
            staged._write()
        except OSError:
            shutil.rmtree(place, ignore_errors=True)
            raise
        return staged

    @classmethod
    def adopt(cls, place: Path) -> Self | None:
        """Take over what a dead process left; None while its process lives."""
        try:
            lock = _locked(place)
        except OSError:
            return None
        if lock is None:
            return None
        try:
            job = msgspec.json.decode((place / _JOB).read_bytes(), type=Job)
        except (OSError, msgspec.DecodeError):
            # It died while it made the folder: nothing of worth is in it.
            os.close(lock)
            shutil.rmtree(place, ignore_errors=True)
            return None
        return cls(place, lock, job)

    def complete(self) -> None:
        """Note that all files are there: from now on another process may send them.

        Raises:
            OSError: What a symbolic link names is not there.
        """
        self._copy_what_links_name()
        self.job = msgspec.structs.replace(self.job, is_complete=True)
        self._write()

    def files(self) -> list[tuple[str, Path, int]]:
        """Path, place and size of each file; one that cannot be read has none."""
        found = []
        for parent, _, names in os.walk(self.folder, followlinks=True):
            for name in sorted(names):
                place = Path(parent, name)
                path = place.relative_to(self.folder).as_posix()
                found.append((path, place, place.stat().st_size if place.exists() else 0))
        return found

    def remove(self) -> None:
        """Remove the folder and let go of it."""
        shutil.rmtree(self._place, ignore_errors=True)
        self.release()

    def set_aside(self) -> Path:
        """Keep it where nobody sends it any more; where that is."""
        parent = self._place.parent
        place = parent.with_name(f"{parent.name}-refused") / self._place.name
        place.parent.mkdir(exist_ok=True)
        self._place.rename(place)
        self.release()
        return place

    def release(self) -> None:
        """Let go of it; whoever looks next takes it over."""
        lock, self._lock = self._lock, -1
        if lock >= 0:
            os.close(lock)

    def _copy_what_links_name(self) -> None:
        """What links name may be gone, or another's, when it is sent."""
        for parent, folders, names in os.walk(self.folder):
            for place in (Path(parent, name) for name in folders + names):
                if not place.is_symlink():
                    continue
                copy = self._place / secrets.token_hex(8)
                if place.is_dir():
                    shutil.copytree(place, copy)
                else:
                    shutil.copyfile(place, copy)
                place.unlink()
                copy.rename(place)

    def _write(self) -> None:
        part = self._place / f"{_JOB}.new"
        part.write_bytes(msgspec.json.encode(self.job))
        part.replace(self._place / _JOB)


def orphans(parent: Path) -> Iterator[Staged]:
    """What dead processes left, taken over one by one, oldest first."""
    with contextlib.suppress(FileNotFoundError):
        for place in sorted(parent.iterdir(), key=lambda one: one.stat().st_mtime):
            staged = Staged.adopt(place)
            if staged is not None:
                yield staged


def _locked(place: Path) -> int | None:
    import fcntl  # noqa: PLC0415 - not on every system

    lock = os.open(place / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    except OSError:
        os.close(lock)
        raise
    return lock
