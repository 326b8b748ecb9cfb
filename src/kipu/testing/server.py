"""A real server in a process of its own, for tests."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path


def free_port() -> int:
    """A TCP port of this machine that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class ServerProcess:
    """A tracking server's process, started by ``start`` and again after ``kill``.

    Args:
        command: What starts it; ``{port}`` is filled in.
        folder: Its working directory, which also gets its log.
        port: Where it listens; a free one when left out.
        env: Added to its environment.
    """

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        port: int | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.port = port or free_port()
        self.uri = f"http://127.0.0.1:{self.port}"
        self.log = folder / "server.log"
        self._command = [part.format(port=self.port) for part in command]
        self._folder = folder
        self._env = {"DO_NOT_TRACK": "true", **(env or {})}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process that was started.

        Raises:
            RuntimeError: None is running.
        """
        if self._process is None:
            raise RuntimeError("The server is not running.")
        return self._process.pid

    def start(self, limit_s: float = 120) -> None:
        """Start it, and return when ``/health`` answers.

        Raises:
            RuntimeError: It ended, or did not answer in time; its log is in the message.
        """
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "KIPU_"))}
        self._folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=self._folder, env=kept | self._env,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + limit_s
        while not self._healthy():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"No server came up:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.02)

    def kill(self, signum: int = signal.SIGKILL) -> None:
        """End it and all its children with a signal, and wait for it."""
        process, self._process = self._process, None
        if process is None:
            return
        try:
            os.killpg(process.pid, signum)
            process.wait(20)
        except ProcessLookupError:
            pass
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _healthy(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


@contextmanager
def kipu_server(
    folder: Path,
    *options: str,
    store: str | None = None,
    env: Mapping[str, str] | None = None,
) -> Iterator[ServerProcess]:
    """A Kipu server over a store in ``folder``, up when the block begins and gone when it ends."""
    backend = store or f"sqlite:///{folder}/kipu.db"
    command = [
        sys.executable, "-m", "kipu", "server", "--port", "{port}", "--backend-store-uri", backend,
        "--artifacts-destination", str(folder / "artifacts"), *options,
    ]  # fmt: skip
    server = ServerProcess(command, folder, env=env)
    server.start()
    try:
        yield server
    finally:
        server.kill(signal.SIGTERM)
