"""One request to an address that a user named: never to a private place unless that is allowed."""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Collection, Mapping
from typing import NamedTuple
from urllib.parse import SplitResult, urljoin, urlsplit

from kipu.exceptions import InvalidParameter, Unavailable
from kipu.version import __version__

MOST_REDIRECTS = 10
MOST_BYTES = 1 << 16
_AS_GET = (301, 302, 303)
_AS_BEFORE = (307, 308)


class Outcome(NamedTuple):
    """What came back; ``text`` is the begin of the body, ``retry_after`` that header."""

    status: int
    text: str
    retry_after: str | None


class Limits(NamedTuple):
    """Where a request may go, and for how long."""

    schemes: Collection[str]
    allow_private: bool
    timeout_s: float


def check_address(url: str, limits: Limits) -> SplitResult:
    """Refuse an address that requests may not go to; its parts.

    Raises:
        InvalidParameter: It is no address, or of a scheme or to a place that is not allowed, or
            its host has no address.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise InvalidParameter(f"Invalid URL {url!r}: {error}.") from None
    if parts.scheme not in limits.schemes:
        allowed = ", ".join(sorted(limits.schemes))
        raise InvalidParameter(
            f"Invalid URL {url!r}: its scheme is {parts.scheme!r}; allowed are: {allowed}."
        )
    if not host:
        raise InvalidParameter(f"Invalid URL {url!r}: it names no host.")
    if not limits.allow_private:
        _public_addresses(host, port or _PORTS.get(parts.scheme, 443))
    return parts


_PORTS = {"http": 80, "https": 443}


def post(url: str, body: bytes, headers: Mapping[str, str], limits: Limits) -> Outcome:
    """Send a body, and follow redirects, each of them checked like the address itself.

    Proxies of the environment are not used: they would go where this process may not.

    Raises:
        InvalidParameter: The address, or one that it leads to, is not allowed.
        Unavailable: Nobody answers in time.
    """
    method, deadline = "POST", time.monotonic() + limits.timeout_s
    sent: bytes | None = body
    for _ in range(MOST_REDIRECTS + 1):
        parts = check_address(url, limits)
        outcome, location = _once(method, parts, sent, headers, limits, deadline)
        if not location or outcome.status not in (*_AS_GET, *_AS_BEFORE):
            return outcome
        url = urljoin(url, location)
        if outcome.status in _AS_GET:
            method, sent = "GET", None
            headers = {name: value for name, value in headers.items() if name != "Content-Type"}
    raise Unavailable(f"{url} redirects more than {MOST_REDIRECTS} times.")


def _once(
    method: str,
    parts: SplitResult,
    body: bytes | None,
    headers: Mapping[str, str],
    limits: Limits,
    deadline: float,
) -> tuple[Outcome, str | None]:
    """One exchange; the outcome, and where it redirects to."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise _late(parts, limits)
    kind = _CheckedTls if parts.scheme == "https" else _Checked
    # With a port, as the last group of an IPv6 address is taken for one else.
    port = parts.port or _PORTS.get(parts.scheme, 443)
    connection = kind(parts.hostname or "", port, timeout=left)
    connection.allow_private = limits.allow_private
    # A receiver that sends a byte now and then is within the socket's time limit for ever.
    watch = threading.Timer(left, connection.cut)
    watch.daemon = True
    watch.start()
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(method, path, body, {"User-Agent": f"kipu/{__version__}", **headers})
        got = connection.getresponse()
        text = got.read(MOST_BYTES).decode(errors="replace")
        outcome = Outcome(got.status, text, got.getheader("Retry-After"))
        return outcome, got.getheader("Location")
    except (OSError, http.client.HTTPException, ValueError) as error:
        if time.monotonic() >= deadline or isinstance(error, TimeoutError):
            raise _late(parts, limits) from error
        raise Unavailable(f"{_shown(parts)} cannot be reached: {error}.") from error
    finally:
        watch.cancel()
        connection.close()


def _late(parts: SplitResult, limits: Limits) -> Unavailable:
    return Unavailable(f"{_shown(parts)} did not answer within {limits.timeout_s:g} s.")


def _shown(parts: SplitResult) -> str:
    """Where a request goes, without a password."""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


class _Checked(http.client.HTTPConnection):
    """Connects to the addresses that were checked, not to what a second look-up says."""

    allow_private = False

    def connect(self) -> None:
        if self.allow_private:
            super().connect()
            return
        failed: OSError | None = None
        for family, address in _public_addresses(self.host, self.port):
            self.sock = socket.socket(family, socket.SOCK_STREAM)
            self.sock.settimeout(self.timeout)
            try:
                self.sock.connect(address)
                self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return
            except OSError as error:
                self.sock.close()
                failed = error
        raise failed or OSError("it has no address")

    def cut(self) -> None:
        """End the exchange, from another thread."""
        if self.sock is not None:
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


class _CheckedTls(http.client.HTTPSConnection, _Checked):
    """The same, with TLS to the name that the address has."""

    def __init__(self, host: str, port: int | None, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout, context=ssl.create_default_context())


def _public_addresses(host: str, port: int) -> list[tuple[int, tuple[object, ...]]]:
    """(family, address) of all addresses of a host.

    Raises:
        InvalidParameter: It has none, or one that is not public.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, OverflowError) as error:
        raise InvalidParameter(f"The host {host!r} cannot be resolved: {error}.") from None
    for *_, address in found:
        if not _is_public(str(address[0])):
            raise InvalidParameter(
                f"The host {host!r} has the address {address[0]}, which is not a public one."
            )
    return [(family, tuple(address)) for family, *_, address in found]


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        # Forms that carry an address of the old kind within.
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address.teredo is not None:
            inner = address.teredo[1]
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return _is_public(str(inner))
        # Among them ::127.0.0.1 and fec0::1, which Python takes for global ones.
        if address.is_reserved or address.is_site_local:
            return False
    return address.is_global and not address.is_multicast
