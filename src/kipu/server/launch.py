"""Runs the application on a listening socket, in one process or several."""

from __future__ import annotations

import socket
import sys

from kipu.server.app import create_app
from kipu.server.backend import open_parts
from kipu.server.process import server_of
from kipu.server.settings import ServerSettings
from kipu.server.workers import run_workers


def run(settings: ServerSettings, listener: socket.socket) -> None:
    """Serve on ``listener`` until told to stop.

    Raises:
        MlflowException: The store or the artifacts cannot be opened.
    """
    parts, chores = open_parts(settings)
    host, port = listener.getsockname()[:2]
    if settings.workers > 1:
        # Each worker opens the store for itself; what is wrong with it was told once, here.
        parts.close()
        _announce(host, port, settings.prefix)
        run_workers(settings.workers, _work, settings, listener)
    else:
        _announce(host, port, settings.prefix)
        server_of(create_app(parts, chores)).run(sockets=[listener])


def _work(settings: ServerSettings, listener: socket.socket) -> None:
    server_of(create_app(*open_parts(settings))).run(sockets=[listener])


def _announce(host: str, port: int, prefix: str) -> None:
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host
    sys.stdout.write(f"Kipu listens on http://{shown}:{port}{prefix}/ (stop it with Ctrl+C)\n")
    sys.stdout.flush()
