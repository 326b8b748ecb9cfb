"""Requests to one server: credentials, retries, redirections, files."""

from __future__ import annotations

import base64
import http.client
import json
import random
import select
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple, Protocol
from urllib.parse import quote, unquote, urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

from kipu.environment_variables import (
    MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR,
    MLFLOW_HTTP_REQUEST_BACKOFF_JITTER,
    MLFLOW_HTTP_REQUEST_MAX_RETRIES,
    MLFLOW_HTTP_REQUEST_TIMEOUT,
    MLFLOW_HTTP_RESPECT_RETRY_AFTER_HEADER,
    MLFLOW_TRACKING_PASSWORD,
    MLFLOW_TRACKING_TOKEN,
    MLFLOW_TRACKING_USERNAME,
)
from kipu.exceptions import RestException, Unavailable, code_of_status
from kipu.transport.connecting import keep_alive
from kipu.transport.pool import Connections
from kipu.transport.providers import Request, resolve_request_headers, sign
from kipu.transport.redirects import MOST, redirection

RETRIED = (408, 429, 500, 502, 503, 504)
"""Statuses that may pass."""

_LONGEST_WAIT_S = 60.0
# The global generator is the training's, which a retry must not change.
_random = random.Random()

Query = Mapping[str, str | int | list[str] | None]


class Body(Protocol):
    """What a body is read from; one that also has ``tell`` and ``seek`` can be sent again."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes."""
        ...


class Answer(NamedTuple):
    """A whole answer."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


class Transport:
    """Requests to one server.

    Args:
        uri: ``http`` or ``https``, with ``user:password@`` where the server wants that, and with
            the prefix under which the server's paths lie.
    """

    def __init__(self, uri: str) -> None:
        parts = urlsplit(uri)
        self.uri = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl().rstrip("/")
        self._parts = parts
        self._origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        proxy = None if proxy_bypass(parts.netloc) else getproxies().get(parts.scheme)
        self._proxy = urlsplit(proxy) if proxy else None
        # A proxy for plain HTTP is told the whole address, one for TLS makes a tunnel.
        absolute = self._proxy is not None and parts.scheme == "http"
        self._prefix = self.uri if absolute else parts.path.rstrip("/")
        self._connections = Connections(parts, self._proxy)
        self._local = threading.local()

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        json_body: bytes | None = None,
        body: bytes | None = None,
        content_type: str | None = None,
        retry: bool = True,
    ) -> Answer:
        """Send a request and read its whole answer.

        Args:
            method: The HTTP method.
            path: Below the server's prefix, escaped.
            query: Parameters; a list repeats, None is left out.
            json_body: A body of JSON.
            body: Any other body, with its ``content_type``.
            content_type: What ``body`` is.
            retry: Whether the request may be sent again after an answer that says "later". One
                that never reached the server is always tried again.

        Raises:
            Unavailable: The server cannot be reached.
            RestException: It answered an error.
        """
        data = json_body if json_body is not None else body
        headers = {"Content-Type": "application/json" if json_body is not None else content_type}
        answer = self._with_retries(method, path, query, data, headers, retry)
        if answer.status >= 300:
            raise error_of(answer, f"{method} {path}")
        return answer

    def send_stream(
        self, method: str, path: str, stream: Body, size: int, query: Query | None = None
    ) -> Answer:
        """Send a body from a stream of ``size`` bytes.

        Once; but a stream that can be taken back to where it was is sent again if the server had
        closed the connection that was kept, or sends it on to another address.

        Raises:
            Unavailable: The server cannot be reached.
            RestException: It answered an error.
        """
        target = self._prefix + path + _query(query)
        headers = self._headers(method, target, {
            "Content-Type": "application/octet-stream", "Content-Length": str(size),
        })  # fmt: skip
        try:
            answer = self._followed(method, target, stream, headers)
        except (OSError, http.client.HTTPException) as error:
            raise self._unreachable(error) from error
        if answer.status >= 300:
            raise error_of(answer, f"{method} {path}")
        return answer

    def read_stream(
        self, path: str, headers: Mapping[str, str], chunk_bytes: int
    ) -> tuple[int, http.client.HTTPMessage, Iterator[bytes]]:
        """Read an answer in chunks: status, headers, chunks.

        Raises:
            Unavailable: The server cannot be reached, or stops in the middle.
            RestException: It answered an error.
        """
        target = self._prefix + path
        sent = self._headers("GET", target, headers)
        try:
            return self._read_onward(target, sent, chunk_bytes, MOST)
        except (OSError, http.client.HTTPException) as error:
            raise self._unreachable(error) from error

    def _read_onward(
        self, target: str, headers: dict[str, str], chunk_bytes: int, most: int
    ) -> tuple[int, http.client.HTTPMessage, Iterator[bytes]]:
        connection, got = self._exchange("GET", target, None, headers)
        if got.status < 300:
            return got.status, got.headers, self._chunks(connection, got, chunk_bytes)
        answer, url = self._whole(connection, got), self._url(target)
        onward = redirection(answer.status, answer.headers["Location"], "GET", url)
        if onward is None or not most:
            raise error_of(answer, f"GET {urlsplit(url).path}")
        if not onward.may_know_what(url):
            headers = _without_credentials(headers)
        elsewhere = Transport(onward.origin)
        place = elsewhere._prefix + onward.path
        status, answered, chunks = elsewhere._read_onward(place, headers, chunk_bytes, most - 1)
        return status, answered, elsewhere._closed_after(chunks)

    def _closed_after(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        try:
            yield from chunks
        finally:
            self.close()

    @contextmanager
    def each_once(self) -> Iterator[None]:
        """In the block, and in this thread, no request is repeated: the caller does that."""
        self._local.once = True
        try:
            yield
        finally:
            self._local.once = False

    @contextmanager
    def patient(self, more_s: float) -> Iterator[None]:
        """In the block, and in this thread, an answer may take so much longer."""
        self._local.more_s = more_s
        try:
            yield
        finally:
            self._local.more_s = 0.0

    def close(self) -> None:
        """Close the connections that nobody uses just now."""
        self._connections.close()

    def _chunks(
        self,
        connection: http.client.HTTPConnection,
        got: http.client.HTTPResponse,
        chunk_bytes: int,
    ) -> Iterator[bytes]:
        is_whole = False
        try:
            while chunk := got.read(chunk_bytes):
                yield chunk
            if got.length:
                raise ConnectionResetError(f"{got.length} bytes are missing")
            is_whole = True
        except (OSError, http.client.HTTPException) as error:
            raise self._unreachable(error) from error
        finally:
            if is_whole:
                self._connections.give(connection)
            else:
                got.close()
                connection.close()

    def _with_retries(
        self,
        method: str,
        path: str,
        query: Query | None,
        data: bytes | None,
        headers: Mapping[str, str | None],
        retry: bool,
    ) -> Answer:
        target = self._prefix + path + _query(query)
        kind = {name: value for name, value in headers.items() if value and data}
        sent = self._headers(method, target, kind, data)
        once = getattr(self._local, "once", False)
        retries = 0 if once else MLFLOW_HTTP_REQUEST_MAX_RETRIES.get()
        for attempt in range(retries + 1):
            asked_s = None
            try:
                answer = self._followed(method, target, data, sent)
            except ConnectionRefusedError as error:
                failure: Exception = error
            except (OSError, http.client.HTTPException) as error:
                failure = error
                if not retry:
                    break
            else:
                if not retry or attempt == retries or not _may_pass(answer):
                    return answer
                failure = error_of(answer, path)
                asked_s = _asked_wait_s(answer)
            if attempt < retries:
                time.sleep(wait_s(attempt) if asked_s is None else asked_s)
        raise self._unreachable(failure) from failure

    def _followed(
        self, method: str, target: str, data: bytes | Body | None, headers: dict[str, str]
    ) -> Answer:
        """The answer at the end of a server's redirections, as far as the body can follow."""
        stream = None if data is None or isinstance(data, bytes) else data
        begin = None if stream is None else _place_in(stream)
        answer, url = self._once(method, target, data, headers), self._url(target)
        for _ in range(MOST):
            onward = redirection(answer.status, answer.headers["Location"], method, url)
            if onward is None:
                break
            if stream is not None:
                if onward.method != method or begin is None:
                    break
                stream.seek(begin)  # type: ignore[attr-defined]
            if not onward.may_know_what(url):
                headers = _without_credentials(headers)
            if onward.method != method:
                data, headers = None, {k: v for k, v in headers.items() if k != "Content-Type"}
            method, url = onward
            elsewhere = Transport(onward.origin)
            try:
                answer = elsewhere._once(method, elsewhere._prefix + onward.path, data, headers)
            finally:
                elsewhere.close()
        return answer

    def _url(self, target: str) -> str:
        """The whole address of what is asked for; a proxy is told it as it is."""
        return target if "://" in target else f"{self._origin}{target}"

    def _once(
        self, method: str, target: str, data: bytes | Body | None, headers: Mapping[str, str]
    ) -> Answer:
        return self._whole(*self._exchange(method, target, data, headers))

    def _exchange(
        self, method: str, target: str, data: bytes | Body | None, headers: Mapping[str, str]
    ) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        """Send a request; the answer's head, and the connection that the rest comes by."""
        begin = None if data is None or isinstance(data, bytes) else _place_in(data)
        while True:
            connection, kept = self._connections.take()
            try:
                _limit(connection, getattr(self._local, "more_s", 0.0))
                self._send(connection, method, target, data, headers)
                if not kept:
                    keep_alive(connection)
                return connection, connection.getresponse()
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                # The server closed a kept connection meanwhile: nothing of this was handled.
                connection.close()
                is_spent = not (data is None or isinstance(data, bytes)) and begin is None
                if not kept or is_spent:
                    raise
                if begin is not None:
                    data.seek(begin)  # type: ignore[union-attr]
            except BaseException:
                connection.close()
                raise

    def _send(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        target: str,
        data: bytes | Body | None,
        headers: Mapping[str, str],
    ) -> None:
        try:
            connection.request(method, target, data, headers)
        except (BrokenPipeError, ConnectionResetError):
            # A server that refuses a long body says why before it hangs up.
            sock = connection.sock
            if sock is None or not select.select([sock], [], [], 0)[0]:
                raise

    def _whole(
        self, connection: http.client.HTTPConnection, got: http.client.HTTPResponse
    ) -> Answer:
        try:
            answer = Answer(got.status, got.headers, got.read())
        except BaseException:
            connection.close()
            raise
        self._connections.give(connection)
        return answer

    def _headers(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> dict[str, str]:
        found = resolve_request_headers({**self._credentials(), **headers})
        return sign(Request(method, self._url(target), found, body))

    def _credentials(self) -> dict[str, str]:
        if token := MLFLOW_TRACKING_TOKEN.get():
            return {"Authorization": f"Bearer {token}"}
        user = MLFLOW_TRACKING_USERNAME.get() or unquote(self._parts.username or "")
        password = MLFLOW_TRACKING_PASSWORD.get() or unquote(self._parts.password or "")
        if not user:
            return {}
        pair = base64.b64encode(f"{user}:{password}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}

    def _unreachable(self, error: Exception) -> Unavailable:
        return Unavailable(
            f"The tracking server at {self.uri} cannot be reached: {error or type(error).__name__}."
            " Check the address and that the server runs."
        )


def error_of(answer: Answer, what: str) -> RestException:
    """The error that an answer tells, with a code derived from the status where it names none."""
    try:
        told = json.loads(answer.body)
    except ValueError:
        told = None
    if not isinstance(told, dict) or "error_code" not in told:
        text = answer.body[:500].decode(errors="replace")
        told = {
            "error_code": code_of_status(answer.status),
            "message": f"{what} answered {answer.status}: {text}",
        }
    error = RestException(told)
    error.http_status = answer.status
    return error


def _limit(connection: http.client.HTTPConnection, more_s: float) -> None:
    """Say how long an answer may take; the last request may have had another limit."""
    limit_s = MLFLOW_HTTP_REQUEST_TIMEOUT.get() + more_s
    if connection.timeout != limit_s:
        connection.timeout = limit_s
        if connection.sock is not None:
            connection.sock.settimeout(limit_s)


def _without_credentials(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers for another server than the one that was named."""
    return {name: value for name, value in headers.items() if name.lower() != "authorization"}


def _place_in(body: Body) -> int | None:
    """Where a stream stands, or None if it cannot be taken back there."""
    try:
        return int(body.tell())  # type: ignore[attr-defined]
    except (AttributeError, OSError):
        return None


def _may_pass(answer: Answer) -> bool:
    """Whether the same request may fare better later; some verdicts come with a 500 as well."""
    if answer.status != 500:
        return answer.status in RETRIED
    return error_of(answer, "").error_code == "INTERNAL_ERROR"


def escape(path: str) -> str:
    """A path of names, ready for a URL."""
    return quote(path, safe="/")


def _query(query: Query | None) -> str:
    given = {name: value for name, value in (query or {}).items() if value is not None}
    return f"?{urlencode(given, doseq=True)}" if given else ""


def _asked_wait_s(answer: Answer) -> float | None:
    """How long the server wants to be left alone, where it says so in seconds."""
    asked = answer.headers.get("Retry-After", "")
    if not asked.isdecimal() or not MLFLOW_HTTP_RESPECT_RETRY_AFTER_HEADER.get():
        return None
    return min(float(asked), _LONGEST_WAIT_S)


def wait_s(attempt: int) -> float:
    """How long to wait after an attempt that failed; the first is 0."""
    factor = MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR.get()
    jitter = _random.random() * MLFLOW_HTTP_REQUEST_BACKOFF_JITTER.get()
    return float(min(factor * 0.1 * 2**attempt + jitter * 0.1, _LONGEST_WAIT_S))
