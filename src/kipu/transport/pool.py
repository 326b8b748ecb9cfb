"""The open connections to one server, kept between requests and shared by threads."""

from __future__ import annotations

import http.client
import os
import select
import threading
from urllib.parse import SplitResult

from kipu.transport.connecting import connection_to

_KEPT = 16


class Connections:
    """Connections to one server; each is one thread's from ``take`` to ``give``.

    Args:
        server: Its address.
        proxy: What to go through, if anything.
    """

    def __init__(self, server: SplitResult, proxy: SplitResult | None) -> None:
        self._server, self._proxy = server, proxy
        self._begin()

    def _begin(self) -> None:
        self._pid, self._lock = os.getpid(), threading.Lock()
        self._idle: list[http.client.HTTPConnection] = []

    def take(self) -> tuple[http.client.HTTPConnection, bool]:
        """A connection, and whether it was used before: then the server may have closed it."""
        if self._pid != os.getpid():
            # A forked child leaves the parent's connections alone: it must not close them.
            _parents.extend(self._idle)
            self._begin()
        while True:
            with self._lock:
                connection = self._idle.pop() if self._idle else None
            if connection is None:
                return connection_to(self._server, self._proxy), False
            if not _has_ended(connection):
                return connection, True
            connection.close()

    def give(self, connection: http.client.HTTPConnection) -> None:
        """Keep a connection whose last answer was read to its end."""
        if connection.sock is None:  # the server wanted it closed
            return
        if self._pid == os.getpid():
            with self._lock:
                if len(self._idle) < _KEPT:
                    self._idle.append(connection)
                    return
        connection.close()

    def close(self) -> None:
        """Close those that nobody uses."""
        if self._pid != os.getpid():
            return  # they are the parent's, and so may be whoever holds the lock
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()


_parents: list[http.client.HTTPConnection] = []


def _has_ended(connection: http.client.HTTPConnection) -> bool:
    """Whether the server has closed it: else there is nothing to read before a request."""
    if connection.sock is None:
        return True
    poll = getattr(select, "poll", None)
    if poll is None:
        return bool(select.select([connection.sock], [], [], 0)[0])
    waiting = poll()
    waiting.register(connection.sock, select.POLLIN)
    return bool(waiting.poll(0))
