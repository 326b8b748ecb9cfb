"""Files on their way through the server: streamed both ways, never whole in memory."""

from __future__ import annotations

import asyncio
import io
import mimetypes
import re
from collections.abc import AsyncIterator
from concurrent.futures import Future
from typing import IO, cast
from urllib.parse import quote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from kipu.blobs.interface import CHUNK_BYTES, Blob, BlobStore
from kipu.exceptions import InvalidParameter
from kipu.server.http import in_thread

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


async def receive(request: Request, blobs: BlobStore, path: str, limit: int | None = None) -> None:
    """Write the body of a request to a file, which appears only when all of it has come.

    Raises:
        InvalidParameter: The body was cut off, or is longer than ``limit`` bytes.
    """
    announced = request.headers.get("content-length", "")
    size = int(announced) if announced.isdecimal() else None
    if limit is not None and size is not None and size > limit:
        raise _too_long(limit)
    loop = asyncio.get_running_loop()
    stream = body_stream(request, limit)
    # In threads of their own: uploads wait for their senders, and nothing else should for them.
    await loop.run_in_executor(request.app.state.transfers, blobs.put, path, stream, size)


def body_stream(request: Request, limit: int | None = None) -> IO[bytes]:
    """The body of a request as a stream for a thread to read.

    It raises InvalidParameter where the body is cut off, or longer than ``limit`` bytes.
    """
    return cast("IO[bytes]", _Body(request, asyncio.get_running_loop(), limit))


async def send(request: Request, blobs: BlobStore, path: str) -> Response:
    """Answer a file, or the part of it that the request's ``Range`` names, as an attachment."""
    wanted = _range(request.headers.get("range", ""))
    head = {
        "Accept-Ranges": "bytes",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(path.rpartition('/')[2])}",
        "X-Content-Type-Options": "nosniff",
    }
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    if wanted is None:
        blob = await in_thread(blobs.open, path)
        if blob.size >= 0:
            head["Content-Length"] = str(blob.size)
        head |= _tag(blob)
        return await _answer(request, blob, 200, head, kind)
    start, end, size = await in_thread(_bounds, blobs, path, *wanted)
    if start >= size:
        return Response(status_code=416, headers=head | {"Content-Range": f"bytes */{size}"})
    blob = await in_thread(blobs.open, path, start, end)
    head |= _tag(blob)
    head["Content-Length"] = str(end - start)
    head["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return await _answer(request, blob, 206, head, kind)


def _tag(blob: Blob) -> dict[str, str]:
    """What a client compares before it goes on with a download."""
    return {} if blob.version is None else {"ETag": f'"{blob.version}"'}


def _range(header: str) -> tuple[str, str] | None:
    """First and last byte that a Range header names; what is no range means the whole file."""
    found = _RANGE.fullmatch(header.strip())
    if not found or not (found[1] or found[2]):
        return None
    backwards = found[1] and found[2] and int(found[1]) > int(found[2])
    return None if backwards else (found[1], found[2])


def _bounds(blobs: BlobStore, path: str, first: str, last: str) -> tuple[int, int, int]:
    """Where a range begins and ends in a file, and the file's size."""
    blob = blobs.open(path)
    _discard(blob)
    if not first:
        return max(0, blob.size - int(last)), blob.size, blob.size
    return int(first), min(int(last) + 1, blob.size) if last else blob.size, blob.size


async def _answer(
    request: Request, blob: Blob, status: int, head: dict[str, str], kind: str
) -> Response:
    if request.method == "HEAD":
        await in_thread(_discard, blob)
        return Response(status_code=status, headers=head, media_type=kind)
    return StreamingResponse(_chunks(blob), status, head, kind)


async def _chunks(blob: Blob) -> AsyncIterator[bytes]:
    try:
        while chunk := await in_thread(next, blob.chunks, b""):
            yield chunk
    finally:
        await in_thread(_discard, blob)


def _discard(blob: Blob) -> None:
    """Close a file that is not read to its end."""
    # A generator that never ran would not reach its own clean-up.
    next(blob.chunks, None)
    close = getattr(blob.chunks, "close", None)
    if close:
        close()


def _too_long(limit: int) -> InvalidParameter:
    return InvalidParameter(f"The file is longer than the {limit >> 20} MiB allowed here.")


def _cut_off() -> InvalidParameter:
    return InvalidParameter("The upload was cut off: the connection ended.")


class _Body(io.RawIOBase):
    """The body of a request as a file for a thread to read."""

    def __init__(
        self, request: Request, loop: asyncio.AbstractEventLoop, limit: int | None
    ) -> None:
        self._stream = request.stream()
        self._loop, self._limit, self._size = loop, limit, 0
        self._rest = b""
        self._coming: Future[bytes] | None = None
        self._is_cut = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at least one chunk of them; ``size`` limits them."""
        if not self._rest:
            self._rest = (self._coming or self._gathered()).result()
            # While this is written, the next comes.
            self._coming = self._gathered() if self._rest else None
            self._size += len(self._rest)
            if self._limit is not None and self._size > self._limit:
                raise _too_long(self._limit)
        if size < 0 or size >= len(self._rest):
            chunk, self._rest = self._rest, b""
        else:
            chunk, self._rest = self._rest[:size], self._rest[size:]
        return chunk

    def _gathered(self) -> Future[bytes]:
        return asyncio.run_coroutine_threadsafe(self._gather(), self._loop)

    async def _gather(self) -> bytes:
        # What the socket gives is small; a hop between threads for each would cost more than it.
        parts, size = [], 0
        if self._is_cut:
            raise _cut_off()
        try:
            async for part in self._stream:
                parts.append(part)
                size += len(part)
                if size >= CHUNK_BYTES:
                    break
        except ClientDisconnect:
            self._is_cut = True  # the stream would only say that it has ended
            if parts:
                return b"".join(parts)
            raise _cut_off() from None
        return b"".join(parts)
