"""How every feature of the store reaches the server."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from kipu.exceptions import (
    InvalidParameter,
    InvalidState,
    MlflowException,
    ResourceExists,
    ResourceNotFound,
    RestException,
)
from kipu.transport import Transport
from kipu.transport.http import Query
from kipu.wire.message import encode

T = TypeVar("T")

API = "/api/2.0/mlflow"


class RestResourceNotFound(RestException, ResourceNotFound):
    """The server knows nothing of this kind with this id or name."""


class RestResourceExists(RestException, ResourceExists):
    """The name is taken on the server."""


class RestInvalidParameter(RestException, InvalidParameter):
    """The server refuses what was passed."""


class RestInvalidState(RestException, InvalidState):
    """The thing exists on the server, but its state forbids what was asked."""


# So that callers catch the same classes whatever store they use, and RestException as with MLflow.
_NARROWED: dict[str, type[RestException]] = {
    "RESOURCE_DOES_NOT_EXIST": RestResourceNotFound,
    "RESOURCE_ALREADY_EXISTS": RestResourceExists,
    "INVALID_PARAMETER_VALUE": RestInvalidParameter,
    "INVALID_STATE": RestInvalidState,
}


class RestAccess:
    """What the features share: the connection, and how requests and answers are read."""

    _transport: Transport

    def _get(self, path: str, kind: type[T], **query: str | int | list[str] | None) -> T:
        """Ask with a query."""
        return decoded(self._call("GET", API + path, query=query), kind)

    def _post(self, path: str, asked: Any, kind: type[T], retry: bool = True) -> T:
        """Ask with a struct.

        ``retry`` tells whether the request may be repeated when its answer was lost.
        """
        return self._send("POST", path, asked, kind, retry)

    def _send(self, method: str, path: str, asked: Any, kind: type[T], retry: bool = True) -> T:
        """``_post`` by another method."""
        sent = asked if isinstance(asked, bytes) else encode(asked)
        return decoded(self._call(method, API + path, json_body=sent, retry=retry), kind)

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        json_body: bytes | None = None,
        body: bytes | None = None,
        content_type: str | None = None,
        retry: bool = True,
    ) -> bytes:
        """Send a request; the body of its answer.

        Raises:
            Unavailable: The server cannot be reached.
            RestException: It answered an error; of the narrowest class there is.
        """
        try:
            return self._transport.call(
                method,
                path,
                query=query,
                json_body=json_body,
                body=body,
                content_type=content_type,
                retry=retry,
            ).body
        except RestException as error:
            narrowed = _NARROWED.get(error.error_code)
            if narrowed is None or type(error) is not RestException:
                raise
            raise narrowed(error.json) from error


def decoded(body: bytes, kind: type[T]) -> T:
    """The answer in a body.

    Raises:
        MlflowException: It is none; the address is perhaps that of another service.
    """
    try:
        return msgspec.json.decode(body, type=kind, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        begin = body[:200].decode(errors="replace")
        raise MlflowException(
            f"The tracking server's answer cannot be read ({error}); it begins {begin!r}. Check"
            " that the address names a tracking server."
        ) from error
