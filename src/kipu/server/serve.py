"""Starts a server: the port first, since a port in use is the commonest mistake."""

from __future__ import annotations

import errno
import os
import socket
import sys
from typing import NoReturn

from kipu.exceptions import MlflowException
from kipu.server.settings import ServerSettings

__all__ = ["ServerSettings", "listen", "serve"]


def serve(settings: ServerSettings) -> None:
    """Listen and answer until SIGINT or SIGTERM; what was accepted is finished first.

    Raises:
        SystemExit: With status 1 and one sentence on standard error, where the server cannot start.
    """
    listener = listen(settings.host, settings.port)
    os.set_inheritable(listener.fileno(), True)
    try:
        from kipu.server.launch import run  # noqa: PLC0415 - heavy, so after the port

        run(settings, listener)
    except MlflowException as error:
        _give_up(error.message)
    finally:
        listener.close()


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Args:
        host: The address.
        port: The port; 0 for any that is free.

    Raises:
        SystemExit: With status 1 and one sentence on standard error, where it cannot.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host.strip("[]"), port))
        # Only now is it known that nobody else listens here.
        listener.listen(2048)
    except (OSError, OverflowError) as error:
        listener.close()
        _give_up(_why_not(error, host, port))
    return listener


def _why_not(error: OSError | OverflowError, host: str, port: int) -> str:
    match getattr(error, "errno", None):
        case errno.EADDRINUSE:
            return (
                f"Port {port} on {host} is in use, perhaps by another server. Choose another with"
                " --port."
            )
        case errno.EACCES:
            return f"Port {port} needs more rights than this user has. Choose one above 1023."
        case errno.EADDRNOTAVAIL:
            return f"{host} is no address of this machine. Use 127.0.0.1, or 0.0.0.0 for all."
        case None:
            return f"{port} is no port: ports are numbers from 0 to 65535."
        case _:
            return f"Cannot listen on {host}, port {port}: {error}."


def _give_up(sentence: str) -> NoReturn:
    sys.stderr.write(sentence + "\n")
    raise SystemExit(1)
