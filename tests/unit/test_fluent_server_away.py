"""A server that is away: training goes on, and nothing is lost."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

import kipu
from kipu.client.opening import open_tracking
from kipu.entities import Run, RunData, RunInfo
from kipu.exceptions import Unavailable
from kipu.fluent.active import ActiveRun, state

RUN = "a" * 32


@pytest.fixture
def nobody() -> str:
    """The address of a port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def run(fresh: Path, nobody: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[ActiveRun]:
    """An active run on a server that has just died."""
    monkeypatch.setenv("KIPU_EXIT_TIMEOUT", "0.2")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    tracking = open_tracking(nobody)
    info = RunInfo(RUN, "0", "me", "RUNNING", 0, None, "active", "mlflow-artifacts:/x", "r")
    active = ActiveRun(Run(info, RunData()), tracking)
    tracking.know_run(active)
    state.push(active)
    yield active
    kipu.end_run()


def test_logging_and_ending_do_not_raise(
    run: ActiveRun, nobody: str, caplog: pytest.LogCaptureFixture
) -> None:
    with run:
        for step in range(100):
            kipu.log_metric("loss", 1.0, step=step)
    assert kipu.active_run() is None
    assert f"{nobody} is away. 100 metric points wait in the journal" in caplog.text
    assert "kipu sync" in caplog.text


def test_what_needs_the_server_says_that_it_cannot_be_reached(run: ActiveRun, nobody: str) -> None:
    with pytest.raises(Unavailable, match=f"{nobody} cannot be reached"):
        kipu.log_param("lr", 0.1)


class _Refusing(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = b'{"error_code": "INVALID_PARAMETER_VALUE", "message": "no such thing"}'
        self.send_response(400)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


def test_an_answer_that_refuses_is_raised_with_its_code(fresh: Path) -> None:
    with HTTPServer(("127.0.0.1", 0), _Refusing) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            client = kipu.MlflowClient(f"http://127.0.0.1:{server.server_port}")
            with pytest.raises(kipu.MlflowException, match="no such thing") as refusal:
                client.set_tag(RUN, "a", "b")
            assert refusal.value.error_code == "INVALID_PARAMETER_VALUE"
        finally:
            server.shutdown()
            thread.join()
