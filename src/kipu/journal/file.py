"""A journal file on disk: made under a lock, appended to, marked, removed."""

from __future__ import annotations

import errno
import fcntl
import os
import time

from kipu.journal.records import SUFFIX, Header, round_record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC
UNFINISHED = SUFFIX + ".new"

# Faults of the disk or its file system: full, broken, read-only, without ``flock``.
UNWRITABLE = frozenset(
    {
        *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO),
        *(errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR),
        *(errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP),
    }
)


def random_writer() -> int:
    """A new writer id: 63 random bits, never 0."""
    return (int.from_bytes(os.urandom(8), "little") >> 1) or 1


def boot_id() -> bytes:
    """16 bytes that change when the machine starts anew; empty where the system does not tell."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return bytes.fromhex(file.read().strip().replace("-", ""))
    except (OSError, ValueError):
        return b""


class JournalFile:
    """An open journal file that this process holds the lock of; ``size`` ends a whole record.

    Not safe for threads: the callers share a lock.
    """

    def __init__(self, fd: int, path: Path, header: Header, size: int) -> None:
        self.fd, self.path, self.header, self.size = fd, path, header, size
        self.rounds = 0
        self.synced = size

    @classmethod
    def create(cls, folder: Path, target: str) -> Self:
        """Make a new file.

        Raises:
            OSError: The folder cannot be written, or its file system has no ``flock``.
        """
        folder.mkdir(parents=True, exist_ok=True)
        while True:
            header = Header(random_writer(), time.time_ns() // 1_000_000, boot_id(), target)
            path = folder / f"{os.getpid()}-{header.writer:016x}{SUFFIX}"
            unfinished = path.with_name(path.name.replace(SUFFIX, UNFINISHED))
            fd = os.open(unfinished, _FLAGS | os.O_CREAT | os.O_EXCL, 0o644)
            try:
                # The final name appears only with lock and header in place, so nobody takes the
                # file for an orphan. A recovery that found it before that has swept it away.
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                content = header.encode()
                if os.write(fd, content) != len(content):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
                os.rename(unfinished, path)
            except (BlockingIOError, FileNotFoundError):
                os.close(fd)
            except OSError:
                os.close(fd)
                unfinished.unlink(missing_ok=True)
                raise
            else:
                return cls(fd, path, header, len(content))

    @classmethod
    def adopt(cls, path: Path) -> Self | None:
        """Open a file that nobody holds; None when its owner lives or it has just gone.

        Raises:
            ValueError: It is not a journal that this version reads.
        """
        try:
            fd = os.open(path, _FLAGS)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Between open and flock another recovery may have finished and removed it.
            status = os.fstat(fd)
            if status.st_nlink:
                return cls(fd, path, Header.decode(os.pread(fd, 65536, 0)), status.st_size)
        except BlockingIOError:
            pass
        except BaseException:
            os.close(fd)
            raise
        os.close(fd)
        return None

    def read(self, begin: int, end: int) -> bytes:
        """The bytes between two offsets, or fewer at the end of the file."""
        parts = []
        while begin < end:
            part = os.pread(self.fd, end - begin, begin)
            if not part:
                break
            parts.append(part)
            begin += len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def append(self, data: bytes) -> None:
        """Add whole records, all or none.

        Raises:
            OSError: The disk is full or broken; the file is as it was.
        """
        try:
            written = os.write(self.fd, data)
        except OSError:
            self.cut()
            raise
        if written != len(data):
            self.cut()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))
        self.size += written

    def cut(self) -> None:
        """Drop what lies behind the last whole record."""
        os.ftruncate(self.fd, self.size)

    def mark(self, begin: int, end: int) -> None:
        """Write down a round before it is sent; raises like ``append``."""
        self.append(round_record(self.rounds + 1, begin, end))
        self.rounds += 1

    def sync(self) -> None:
        """Bring it to the disk."""
        size = self.size
        if size > self.synced:
            os.fsync(self.fd)
            self.synced = size

    def remove(self) -> None:
        """Delete the file and let go of it."""
        self.path.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        """Let go of it; the file stays, and is an orphan from now on."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1
