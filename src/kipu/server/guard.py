"""What every request passes: checks of Host and Origin, the prefix, the last net for errors."""

from __future__ import annotations

import ipaddress
import logging
import uuid
from fnmatch import fnmatch
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kipu.exceptions import MlflowException
from kipu.server.http import error_answer
from kipu.server.settings import ServerSettings

_log = logging.getLogger("kipu.server")

_OPEN_TO_ALL = ("/health", "/version")
_LOCAL = ("localhost", "127.0.0.1", "::1", "0.0.0.0")
_READING = ("GET", "HEAD", "OPTIONS")


class Guard:
    """Wraps an application.

    Args:
        app: Gets requests that were let through, without the prefix.
        settings: What is let through.
    """

    def __init__(self, app: ASGIApp, settings: ServerSettings) -> None:
        self._app = app
        self._prefix = settings.prefix
        self._checks = not settings.disable_security_middleware
        self._hosts = _listed(settings.allowed_hosts)
        self._origins = _listed(settings.cors_allowed_origins)
        self._headers = {"X-Content-Type-Options": "nosniff"}
        if settings.x_frame_options.upper() != "NONE":
            self._headers["X-Frame-Options"] = settings.x_frame_options.upper()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin", "")
        begun = False

        async def send_guarded(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                answered = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    answered.setdefault(name, value)
                if origin and self._listed_origin(origin):
                    answered["Access-Control-Allow-Origin"] = origin
                    answered.add_vary_header("Origin")
            await send(message)

        try:
            if self._checks:
                self._check(scope, headers, origin)
            if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
                await self._preflight(origin, headers, send_guarded)
                return
            await self._app(self._below_prefix(scope), receive, send_guarded)
        except MlflowException as error:
            await error_answer(error)(scope, receive, send_guarded)
        except Exception:
            name = uuid.uuid4().hex[:12]
            _log.exception("Error %s at %s %s", name, scope["method"], scope["path"])
            if begun:
                raise
            text = f"The server failed at this request; its log tells more under error {name}."
            await error_answer(MlflowException(text))(scope, receive, send_guarded)

    def _below_prefix(self, scope: Scope) -> Scope:
        path: str = scope["path"]
        if not self._prefix or path in _OPEN_TO_ALL:
            return scope
        if path != self._prefix and not path.startswith(self._prefix + "/"):
            raise MlflowException(
                f"There is nothing at {path}: all paths of this server begin with {self._prefix}.",
                "ENDPOINT_NOT_FOUND",
            )
        rest = path[len(self._prefix) :] or "/"
        return {**scope, "path": rest, "raw_path": rest.encode()}

    def _check(self, scope: Scope, headers: Headers, origin: str) -> None:
        """Refuse a foreign Host, and a foreign page that would change something."""
        if scope["path"].removeprefix(self._prefix) in _OPEN_TO_ALL:
            return
        host = headers.get("host", "")
        if not self._allows_host(host):
            raise MlflowException(
                f"This server does not answer as {host!r}; start it with --allowed-hosts to let it"
                " (a defence against DNS rebinding).",
                "PERMISSION_DENIED",
            )
        if origin and scope["method"] not in _READING and not self._allows_origin(origin, host):
            raise MlflowException(
                f"A page of {origin!r} may not change anything here; start the server with"
                " --cors-allowed-origins to let it.",
                "PERMISSION_DENIED",
            )

    def _allows_host(self, host: str) -> bool:
        name = _host_name(host)
        if self._hosts:
            return any(
                fnmatch(host.lower(), allowed) or fnmatch(name, allowed) for allowed in self._hosts
            )
        return name in _LOCAL or _is_private(name)

    def _allows_origin(self, origin: str, host: str) -> bool:
        parts = urlsplit(origin)
        return (
            parts.netloc.lower() == host.lower()
            or (parts.hostname or "") in _LOCAL
            or self._listed_origin(origin)
        )

    def _listed_origin(self, origin: str) -> bool:
        return any(fnmatch(origin.lower(), allowed) for allowed in self._origins)

    async def _preflight(self, origin: str, headers: Headers, send: Send) -> None:
        """Answer a browser that asks whether a page of ``origin`` may call."""
        allowed = self._listed_origin(origin)
        asked = headers.get("access-control-request-headers", "")
        told = {
            "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE",
            "access-control-allow-headers": asked,
            "access-control-max-age": "600",
        }
        await send({
            "type": "http.response.start",
            "status": 204 if allowed else 403,
            "headers": [
                (name.encode(), value.encode("latin-1"))
                for name, value in told.items()
                if allowed and value
            ],
        })  # fmt: skip
        await send({"type": "http.response.body", "body": b""})


def _listed(text: str | None) -> list[str]:
    return [part.strip().lower() for part in (text or "").split(",") if part.strip()]


def _host_name(host: str) -> str:
    """A Host header without its port and brackets."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_private(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_private
    except ValueError:
        return False
