"""A receiver of webhooks on this machine, for tests."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Told(NamedTuple):
    """One request that came in; ``headers`` by lower-case name."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


class Reply(NamedTuple):
    """What to answer; ``hold`` says to answer nothing until the receiver ends."""

    status: int = 200
    headers: Mapping[str, str] = {}
    body: bytes = b"thanks"
    hold: bool = False


class Receiver:
    """Listens on a port; answers ``replies`` in turn, and then 200.

    ``requests`` are those that came, in their order.
    """

    def __init__(self) -> None:
        self.requests: list[Told] = []
        self.replies: list[Reply] = []
        self._changed = threading.Condition()
        self._ended = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                told = Told(self.command, self.path, headers, self.rfile.read(length))
                receiver._answer(self, told)

            do_GET = do_POST  # noqa: N815 - so the base class calls it

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"

    def _answer(self, handler: BaseHTTPRequestHandler, told: Told) -> None:
        with self._changed:
            self.requests.append(told)
            reply = self.replies.pop(0) if self.replies else Reply()
            self._changed.notify_all()
        if reply.hold:
            self._ended.wait()
            return
        handler.send_response(reply.status)
        for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(reply.body)

    def wait_for(self, count: int, limit_s: float = 30) -> list[Told]:
        """The requests, once there are so many.

        Raises:
            TimeoutError: They did not come in time.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.requests) >= count, limit_s):
                raise TimeoutError(f"{len(self.requests)} of {count} requests came")
            return list(self.requests)

    def serve(self) -> None:
        """Answer until ``close``."""
        self._server.serve_forever(0.05)

    def close(self) -> None:
        """End."""
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver that listens while the block runs."""
    made = Receiver()
    thread = threading.Thread(target=made.serve, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.close()
        thread.join(10)


def wait_until(condition: Any, limit_s: float = 30) -> None:
    """Return when the condition holds.

    Raises:
        TimeoutError: It did not in time.
    """
    deadline = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the condition does not hold")
        time.sleep(0.01)
