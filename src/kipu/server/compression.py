"""Smaller answers for clients that are not on this machine."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kipu.server.http import in_thread

_FROM_BYTES = 2048
_LOOPBACK = ("127.0.0.1", "::1")
_TEXT = re.compile(r"text/.*|application/(?:json|javascript|manifest\+json)|image/svg\+xml")
_KEPT = 64
"""Answers that never change, packed once: the page's scripts and styles."""


class Compression:
    """Compresses whole answers of text: with Zstandard where both sides have it, else with gzip.

    On the same machine there is nothing to win: packing costs more than sending. A proxy on it
    shows by its headers; a tunnel to it does not, so the page's scripts, packed once, are always
    sent packed.

    Args:
        app: The application whose answers these are.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._packers = _packers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        name = self._chosen(scope) if scope["type"] == "http" else None
        if name is None:
            await self._app(scope, receive, send)
            return
        pack = self._packers[name]
        start: Message | None = None

        async def send_packed(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if start is None:
                await send(message)
                return
            begin, start = start, None
            body = message.get("body", b"")
            headers = MutableHeaders(scope=begin)
            kind = headers.get("content-type", "").partition(";")[0]
            whole = not message.get("more_body") and message["type"] == "http.response.body"
            plain = begin["status"] == 200 and "content-encoding" not in headers
            if whole and plain and len(body) >= _FROM_BYTES and _TEXT.fullmatch(kind):
                for_ever = "immutable" in headers.get("cache-control", "")
                packed = await in_thread(pack, body, for_ever)
                message = {**message, "body": packed}
                headers["Content-Encoding"] = name
                headers["Content-Length"] = str(len(packed))
                headers.add_vary_header("Accept-Encoding")
            await send(begin)
            await send(message)

        await self._app(scope, receive, send_packed)

    def _chosen(self, scope: Scope) -> str | None:
        """The first of our encodings that the client takes, if it is worthwhile at all."""
        headers = Headers(scope=scope)
        client = scope.get("client")
        local = client is not None and client[0] in _LOOPBACK
        local = local and not ("x-forwarded-for" in headers or "forwarded" in headers)
        if local and "/assets/" not in scope["path"]:
            return None
        accepted = _accepted(headers.get("accept-encoding", ""))
        return next((name for name in self._packers if name in accepted), None)


def _accepted(header: str) -> set[str]:
    """The encodings that an ``Accept-Encoding`` names and does not rule out."""
    named = (part.partition(";") for part in header.lower().split(","))
    return {
        name.strip()
        for name, _, quality in named
        if not re.fullmatch(r"q=0(?:\.0*)?", quality.replace(" ", ""))
    }


Packer = Callable[[bytes, bool], bytes]


def _packers() -> dict[str, Packer]:
    """What packs, by its name on the wire, best first.

    Each takes the body, and whether it is worth packing well because it never changes.
    """
    packers: dict[str, Packer] = {}
    try:
        import zstandard  # noqa: PLC0415 - an extra
    except ImportError:
        pass
    else:
        packers["zstd"] = _twofold(_Zstd(zstandard, 3), _Zstd(zstandard, 19))
    packers["gzip"] = _twofold(_Gzip(1), _Gzip(9))
    return packers


def _twofold(fast: Callable[[bytes], bytes], well: Callable[[bytes], bytes]) -> Packer:
    kept = lru_cache(_KEPT)(well)
    return lambda body, for_ever: kept(body) if for_ever else fast(body)


class _Gzip:
    def __init__(self, level: int) -> None:
        self._level = level

    def __call__(self, body: bytes) -> bytes:
        packer = zlib.compressobj(level=self._level, wbits=31)
        return packer.compress(body) + packer.flush()


class _Zstd:
    def __init__(self, library: Any, level: int) -> None:
        self._library, self._level = library, level

    def __call__(self, body: bytes) -> bytes:
        # A compressor of its own: one may not be used by two threads.
        packed: bytes = self._library.ZstdCompressor(level=self._level).compress(body)
        return packed
