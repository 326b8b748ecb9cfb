"""Connections to a server: direct or through a proxy, with TLS, kept alive."""

from __future__ import annotations

import base64
import http.client
import socket
import ssl
from urllib.parse import SplitResult

from kipu.environment_variables import (
    MLFLOW_HTTP_REQUEST_TIMEOUT,
    MLFLOW_HTTP_TCP_KEEPALIVE,
    MLFLOW_HTTP_TCP_KEEPALIVE_COUNT,
    MLFLOW_HTTP_TCP_KEEPALIVE_IDLE,
    MLFLOW_HTTP_TCP_KEEPALIVE_INTERVAL,
    MLFLOW_TRACKING_CLIENT_CERT_PATH,
    MLFLOW_TRACKING_INSECURE_TLS,
    MLFLOW_TRACKING_SERVER_CERT_PATH,
)

# Of a file on its way; what http.client takes by itself is 8 KiB.
_BLOCK_BYTES = 1 << 18


def connection_to(server: SplitResult, proxy: SplitResult | None) -> http.client.HTTPConnection:
    """A connection that opens with its first request.

    Args:
        server: The server's address.
        proxy: What to go through, if anything.
    """
    host, port = server.hostname or "", server.port
    timeout = MLFLOW_HTTP_REQUEST_TIMEOUT.get()
    if server.scheme == "http":
        place = (proxy.hostname or "", proxy.port) if proxy else (host, port)
        return http.client.HTTPConnection(*place, timeout=timeout, blocksize=_BLOCK_BYTES)
    if not proxy:
        return http.client.HTTPSConnection(
            host, port, timeout=timeout, context=_tls(), blocksize=_BLOCK_BYTES
        )
    tunnel = http.client.HTTPSConnection(
        proxy.hostname or "", proxy.port, timeout=timeout, context=_tls(), blocksize=_BLOCK_BYTES
    )
    tunnel.set_tunnel(host, port, _proxy_headers(proxy))
    return tunnel


def keep_alive(connection: http.client.HTTPConnection) -> None:
    """Let the system probe an open connection while it is idle, as far as it can."""
    if not MLFLOW_HTTP_TCP_KEEPALIVE.get():
        return
    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, setting in (
        ("TCP_KEEPIDLE", MLFLOW_HTTP_TCP_KEEPALIVE_IDLE),
        ("TCP_KEEPINTVL", MLFLOW_HTTP_TCP_KEEPALIVE_INTERVAL),
        ("TCP_KEEPCNT", MLFLOW_HTTP_TCP_KEEPALIVE_COUNT),
    ):
        if hasattr(socket, option):
            connection.sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), setting.get())


def _proxy_headers(proxy: SplitResult) -> dict[str, str]:
    if not proxy.username:
        return {}
    pair = base64.b64encode(f"{proxy.username}:{proxy.password or ''}".encode()).decode()
    return {"Proxy-Authorization": f"Basic {pair}"}


def _tls() -> ssl.SSLContext:
    if MLFLOW_TRACKING_INSECURE_TLS.get():
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        context = ssl.create_default_context(cafile=MLFLOW_TRACKING_SERVER_CERT_PATH.get())
    if client := MLFLOW_TRACKING_CLIENT_CERT_PATH.get():
        context.load_cert_chain(client)
    return context
