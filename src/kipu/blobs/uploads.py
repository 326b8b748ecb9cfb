"""Uploads that go on where they stopped, and content that need not be sent again.

An upload is named by its path, its size and its sketch, so a client that lost everything but the
file finds its upload again. What came lies beside the artifacts until all of it is there and has
the right hash. ``docs/design/weights.md`` tells the rest.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple

from kipu.blobs.content import ContentIndex, Known, Sketch
from kipu.blobs.interface import CHUNK_BYTES
from kipu.blobs.local import LocalBlobs
from kipu.blobs.paths import validate_file_path
from kipu.exceptions import InvalidParameter, MlflowException

KEPT_S = 7 * 86400
"""How long an upload that does not go on is kept."""

_HASHES = 256
_CHALLENGE_BYTES = 32


class Begun(NamedTuple):
    """Where an upload goes on; a challenge, if the content is probably there already."""

    offset: int
    challenge: str | None


class Conflict(MlflowException):
    """The upload is elsewhere, or another request is writing it: ask again where it goes on."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "RESOURCE_CONFLICT")


class Uploads:
    """Files on their way into a folder.

    Args:
        blobs: The folder, which knows its content.
        content: What it knows.
        may_read: Whether who uploads may read a file that is there, by its path. What they may not
            read is never linked, whatever they prove. Today everybody may.
    """

    def __init__(
        self,
        blobs: LocalBlobs,
        content: ContentIndex,
        may_read: Callable[[str], bool] = lambda _path: True,
    ) -> None:
        self._blobs, self._content, self._may_read = blobs, content, may_read
        self._folder = content.folder / "uploads"
        # What was hashed while it came, by upload; after a restart, a file is read again.
        self._hashes: dict[str, tuple[int, hashlib._Hash]] = {}
        self._lock = threading.Lock()

    def begin(self, path: str, sketch: Sketch) -> Begun:
        """Begin an upload, or find it again.

        Raises:
            InvalidParameter: The path is refused.
        """
        part = self._part(path, sketch)
        self._folder.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            if part.stat().st_size:
                return Begun(part.stat().st_size, None)
        if not any(True for _ in self._candidates(sketch)):
            return Begun(0, None)
        challenge = secrets.token_hex(_CHALLENGE_BYTES)
        asked = part.with_suffix(".challenge")
        # Never seen half written: who could answer an empty challenge knows a hash, no more.
        made = asked.with_suffix(f".{secrets.token_hex(8)}")
        made.write_text(challenge)
        made.replace(asked)
        return Begun(0, challenge)

    def link(self, path: str, sketch: Sketch, proof: str) -> bool:
        """Make the file of content that is there, if the client holds all of it, too.

        Args:
            path: Where to.
            sketch: Of the client's file.
            proof: ``prove`` of the challenge and the client's file. A challenge holds once.
        """
        asked = self._part(path, sketch).with_suffix(".challenge")
        try:
            taken = asked.with_suffix(f".{secrets.token_hex(8)}")
            asked.rename(taken)
            challenge = taken.read_text()
            taken.unlink()
        except FileNotFoundError:
            return False
        if len(challenge) != 2 * _CHALLENGE_BYTES:  # a disk was full, or power was cut
            return False
        seen = set()
        for place in self._candidates(sketch):
            with suppress(FileNotFoundError), place.open("rb") as file:
                status = os.fstat(file.fileno())
                if status.st_ino in seen:
                    continue
                seen.add(status.st_ino)
                is_same = hmac.compare_digest(prove(challenge, file), proof)
                if is_same:
                    return self._blobs.link(path, Known(place, status))
        return False

    def append(self, path: str, sketch: Sketch, offset: int, stream: IO[bytes]) -> int:
        """Add what comes next; what came before a connection broke is kept.

        Returns:
            Where the upload goes on.

        Raises:
            Conflict: The upload is not at ``offset``.
            InvalidParameter: More comes than the file has, or the connection broke.
        """
        part = self._part(path, sketch)
        self._folder.mkdir(parents=True, exist_ok=True)
        with _locked(part) as file:
            at = file.seek(0, os.SEEK_END)
            if at != offset:
                raise Conflict(f"The upload of {path!r} goes on at byte {at}, not {offset}.")
            found = self._hash_until(part.name, at)
            try:
                while chunk := stream.read(CHUNK_BYTES):
                    if at + len(chunk) > sketch.size:
                        raise InvalidParameter(
                            f"{path!r} has {sketch.size} bytes as announced, and more came."
                        )
                    file.write(chunk)
                    at += len(chunk)
                    if found is not None:
                        found.update(chunk)
            finally:
                self._keep_hash(part.name, at, found)
        return at

    def finish(self, path: str, sketch: Sketch, sha256: str) -> None:
        """Make the file, now that all of it came.

        Args:
            path: Where to.
            sketch: Of the client's file.
            sha256: Of its content, in hexadecimal.

        Raises:
            Conflict: Not all of it came.
            InvalidParameter: Something else came; the upload begins again.
        """
        part = self._part(path, sketch)
        with _locked(part) as file:
            at = file.seek(0, os.SEEK_END)
            if at != sketch.size:
                raise Conflict(f"The upload of {path!r} goes on at byte {at}.")
            found = self._hash_until(part.name, at) or _hash_of(file)
            if not hmac.compare_digest(found.hexdigest(), sha256.lower()):
                part.unlink()
                raise InvalidParameter(
                    f"What came of {path!r} is not what was sent: its SHA-256 is "
                    f"{found.hexdigest()}, not {sha256}. Nothing was stored; send it again."
                )
            file.flush()
            self._blobs.settle(path, part)

    def sweep(self) -> None:
        """Remove uploads that did not go on for a week."""
        oldest = time.time() - KEPT_S
        for place in self._folder.glob("*"):
            with suppress(OSError):
                if place.stat().st_mtime < oldest:
                    place.unlink()

    def _candidates(self, sketch: Sketch) -> Iterator[Path]:
        for place in self._content.candidates(sketch):
            if self._may_read(place.relative_to(self._content.root).as_posix()):
                yield place

    def _part(self, path: str, sketch: Sketch) -> Path:
        named = f"{validate_file_path(path)}\n{sketch.size}\n{sketch.samples}"
        return self._folder / f"{hashlib.sha256(named.encode()).hexdigest()[:40]}.part"

    def _hash_until(self, name: str, size: int) -> hashlib._Hash | None:
        """The hash of the first bytes of an upload, if this process saw all of them."""
        with self._lock:
            at, found = self._hashes.pop(name, (0, hashlib.sha256()))
        return found if at == size else None

    def _keep_hash(self, name: str, size: int, found: hashlib._Hash | None) -> None:
        with self._lock:
            if found is not None:
                self._hashes[name] = size, found
            while len(self._hashes) > _HASHES:
                self._hashes.pop(next(iter(self._hashes)))


def prove(challenge: str, file: IO[bytes]) -> str:
    """What only who holds all of a file can answer to a challenge."""
    found = hashlib.sha256(challenge.encode())
    while chunk := file.read(CHUNK_BYTES):
        found.update(chunk)
    return found.hexdigest()


def _hash_of(file: IO[bytes]) -> hashlib._Hash:
    file.seek(0)
    found = hashlib.sha256()
    while chunk := file.read(CHUNK_BYTES):
        found.update(chunk)
    return found


@contextmanager
def _locked(part: Path) -> Iterator[IO[bytes]]:
    """An upload that no other request writes meanwhile, in this process or another."""
    import fcntl  # noqa: PLC0415 - not on every system

    with part.open("ab+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict("Another request is writing this upload.") from None
        if not os.fstat(file.fileno()).st_nlink:
            raise Conflict("The upload has just ended.")
        yield file
