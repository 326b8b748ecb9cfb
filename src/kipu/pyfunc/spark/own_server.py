"""A model that predicts in a process of its own, in an environment with what it requires."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from kipu.environment_variables import MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT
from kipu.exceptions import MlflowException
from kipu.models.input_example import InputExample
from kipu.models.own_environments import prepare

_START_S = 90
_PAUSE_S = 0.1
_SHOWN = 4000
_PR_SET_PDEATHSIG = 1


class OwnServer:
    """A server of a model, which runs until ``close``.

    Args:
        folder: The model's.
        manager: What makes its environment, unless that is there: ``virtualenv``, ``uv`` or
            ``conda``.
        config: The model's configuration.

    Raises:
        MlflowException: The environment cannot be made, or the server does not start.
    """

    def __init__(self, folder: str, manager: str, config: dict[str, Any] | None = None) -> None:
        there = prepare(Path(folder), manager)
        port = _free_port()
        self._url = f"http://127.0.0.1:{port}"
        self._timeout_s = MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT.get()
        told = {"SERVING_MODEL_CONFIG": json.dumps(config)} if config else {}
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the server
        self._process = subprocess.Popen(
            [
                *there.command, "serve", "-m", folder, "-p", str(port), "-h", "127.0.0.1",
                "-t", str(self._timeout_s), "--env-manager", "local",
            ],
            env={**os.environ, **told}, stdout=self._output, stderr=subprocess.STDOUT,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )  # fmt: skip
        try:
            self._wait()
        except BaseException:
            self.close()
            raise

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """The model's answers to a pandas frame, as JSON has them.

        Raises:
            MlflowException: The model refuses or fails.
        """
        given = InputExample((data, params) if params else data).serving_text
        request = urllib.request.Request(
            f"{self._url}/invocations", given.encode(), {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=self._timeout_s) as answer:
                return json.load(answer)["predictions"]
        except urllib.error.HTTPError as error:
            raise MlflowException(
                f"The model in its own environment answers {error.code}: {error.read().decode()}"
            ) from error

    def close(self) -> None:
        """End the server."""
        self._process.terminate()
        self._process.wait()
        self._output.close()

    def _wait(self) -> None:
        latest = time.monotonic() + _START_S
        while time.monotonic() < latest:
            if self._process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self._url}/ping", timeout=_START_S):
                    return
            except OSError:
                time.sleep(_PAUSE_S)
        self._output.seek(0)
        shown = self._output.read().decode(errors="replace")[-_SHOWN:]
        raise MlflowException(f"The model's server did not start. It says:\n{shown}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _end_with_parent() -> None:
    """Have the system end this process when its parent is gone: Spark kills workers outright."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
