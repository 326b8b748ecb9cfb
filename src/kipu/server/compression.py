"""Smaller answers for clients that are not on this machine."""

from __future__ import annotations

import zlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kipu.server.http import in_thread

_FROM_BYTES = 2048
_LOOPBACK = ("127.0.0.1", "::1")
_KINDS = ("application/json", "text/html", "text/javascript", "text/css", "image/svg+xml")


class Compression:
    """Compresses whole answers of text with gzip.

    On the same machine there is nothing to win: packing costs more than sending. A proxy on it
    shows by its headers.

    Args:
        app: The application whose answers these are.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not _worthwhile(scope):
            await self._app(scope, receive, send)
            return
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
            if whole and len(body) >= _FROM_BYTES and kind in _KINDS:
                message = {**message, "body": await in_thread(_gzip, body)}
                headers["Content-Encoding"] = "gzip"
                headers["Content-Length"] = str(len(message["body"]))
                headers.add_vary_header("Accept-Encoding")
            await send(begin)
            await send(message)

        await self._app(scope, receive, send_packed)


def _worthwhile(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    if "gzip" not in headers.get("accept-encoding", ""):
        return False
    client = scope.get("client")
    local = client is not None and client[0] in _LOOPBACK
    return not local or "x-forwarded-for" in headers or "forwarded" in headers


def _gzip(body: bytes) -> bytes:
    packer = zlib.compressobj(level=1, wbits=31)
    return packer.compress(body) + packer.flush()
