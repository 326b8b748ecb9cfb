"""A large file on its way to a Kipu server: in parts, from where the server has got to."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, TypeVar

import msgspec

from kipu.blobs.content import Sketch
from kipu.blobs.interface import CHUNK_BYTES
from kipu.blobs.uploads import prove
from kipu.environment_variables import MLFLOW_HTTP_REQUEST_MAX_RETRIES
from kipu.exceptions import MlflowException, RestException, Unavailable
from kipu.transport import Transport
from kipu.transport.http import RETRIED, wait_s

PART_BYTES = 64 << 20
"""What is sent by one request: proxies limit the length of bodies."""

_API = "/api/kipu/1/uploads"
_MISSING = (404, 405, 501)
# What a slow disk does at least; servers read a file to compare it, and bring it to the disk.
_BYTES_PER_S = 20e6
_LINKS_TRIED = 2

T = TypeVar("T")


class _Begun(msgspec.Struct):
    offset: int
    challenge: str | None = None


class _Linked(msgspec.Struct):
    linked: bool


class _Done(msgspec.Struct):
    pass


def try_again(failures: int, error: MlflowException) -> bool:
    """Wait after an attempt that failed, unless there were too many in a row."""
    if failures > MLFLOW_HTTP_REQUEST_MAX_RETRIES.get():
        return False
    time.sleep(wait_s(failures))
    return True


def may_pass(error: MlflowException) -> bool:
    """Whether the same may fare better later."""
    if isinstance(error, RestException) and error.error_code == "RESOURCE_CONFLICT":
        return True
    return isinstance(error, Unavailable) or _status(error) in RETRIED


def _status(error: MlflowException) -> int:
    told = error.http_status if isinstance(error, RestException) else None
    return told or error.get_http_status_code()


class LargeUpload:
    """Sends one file.

    Args:
        transport: To the server.
        path: The artifact, from the root of the server's store.
        source: The file.
        progress: Told how many more bytes are there; fewer, where some must be sent again.
        again: Asked after a failure, the how many-th in a row, whether to try again; it waits.
    """

    def __init__(
        self,
        transport: Transport,
        path: str,
        source: Path,
        progress: Callable[[int], object] = lambda _bytes: None,
        again: Callable[[int, MlflowException], bool] = try_again,
    ) -> None:
        self._transport, self._path, self._source = transport, path, source
        self._progress, self._again = progress, again
        self._told = 0
        self._links, self._has_finished = 0, False
        self._hash, self._hashed = hashlib.sha256(), 0

    def run(self) -> bool:
        """Send it, or what the server lacks of it; False if the server takes no parts.

        Raises:
            Unavailable: The server cannot be reached.
            RestException: It refuses the file.
        """
        failures, reached = 0, 0
        with self._source.open("rb") as file:
            sketch = Sketch.of(file)
            while True:
                try:
                    with self._transport.each_once():
                        return self._attempt(file, sketch)
                except (Unavailable, RestException) as error:
                    if self._told > reached:
                        failures, reached = 0, self._told
                    failures += 1
                    if not may_pass(error) or not self._again(failures, error):
                        raise

    def _attempt(self, file: IO[bytes], sketch: Sketch) -> bool:
        try:
            begun = self._call("begin", sketch, _Begun)
        except RestException as error:
            if _status(error) in _MISSING:
                return False
            raise
        # A proxy may not wait until the server has read its file: then it is sent. But where it was
        # sent, and only the answer to that was lost, it is there.
        is_worth_it = self._links < _LINKS_TRIED or self._has_finished
        if begun.challenge is not None and is_worth_it:
            file.seek(0)
            proof = prove(begun.challenge, file)
            self._links += 1
            if self._patiently("link", sketch, _Linked, proof=proof).linked:
                self._tell(sketch.size)
                return True
        at = begun.offset
        self._tell(at)
        self._hash_until(file, at)
        while at < sketch.size:
            at = self._send_part(file, sketch, at)
            self._hash_until(file, at)
        try:
            self._has_finished = True
            self._patiently("finish", sketch, _Done, sha256=self._hash.hexdigest())
        except RestException as error:
            # Bits were lost on the way, or another file came under the same name: once more.
            if error.error_code != "INVALID_PARAMETER_VALUE" or begun.offset == 0:
                raise
            return self._attempt(file, sketch)
        return True

    def _send_part(self, file: IO[bytes], sketch: Sketch, at: int) -> int:
        length = min(PART_BYTES, sketch.size - at)
        body = _Part(file, at, length, self._hash, self._tell)
        query = self._asked(sketch) | {"offset": at}
        answer = self._transport.send_stream("PUT", f"{_API}/part", body, length, query)
        self._hash, self._hashed = body.hash, at + length
        return msgspec.json.decode(answer.body, type=_Begun).offset

    def _hash_until(self, file: IO[bytes], end: int) -> None:
        """Take in what need not be sent."""
        if self._hashed > end:
            self._hash, self._hashed = hashlib.sha256(), 0
        file.seek(self._hashed)
        while self._hashed < end:
            chunk = file.read(min(CHUNK_BYTES, end - self._hashed))
            self._hash.update(chunk)
            self._hashed += len(chunk)

    def _tell(self, at: int) -> None:
        self._progress(at - self._told)
        self._told = at

    def _asked(self, sketch: Sketch) -> dict[str, str | int | list[str] | None]:
        return {"path": self._path, "size": sketch.size, "samples": sketch.samples}

    def _patiently(self, what: str, sketch: Sketch, kind: type[T], **more: str) -> T:
        more_s = sketch.size / _BYTES_PER_S
        with self._transport.patient(more_s):
            return self._call(what, sketch, kind, **more)

    def _call(self, what: str, sketch: Sketch, kind: type[T], **more: str) -> T:
        asked = msgspec.json.encode(self._asked(sketch) | more)
        answer = self._transport.call("POST", f"{_API}/{what}", json_body=asked)
        return msgspec.json.decode(answer.body, type=kind)


class _Part:
    """A part of a file as the body of a request, hashed while it is read."""

    def __init__(
        self,
        file: IO[bytes],
        begin: int,
        length: int,
        hash_before: hashlib._Hash,
        tell: Callable[[int], None],
    ) -> None:
        self._file, self._begin, self._length = file, begin, length
        self._before, self._tell = hash_before, tell
        self.seek(begin)

    def tell(self) -> int:
        """Where reading goes on, in the file."""
        return self._at

    def seek(self, at: int, _whence: int = os.SEEK_SET) -> int:
        """Go back to the beginning, which is all that is asked for."""
        self._at = self._file.seek(self._begin)
        self.hash = self._before.copy()
        return at

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        left = self._begin + self._length - self._at
        chunk = self._file.read(left if size < 0 else min(size, left))
        if left and not chunk:
            raise OSError("The file became shorter while it was sent.")
        self.hash.update(chunk)
        self._at += len(chunk)
        self._tell(self._at)
        return chunk
