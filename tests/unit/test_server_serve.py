"""A server's process: how it starts, and how it ends."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

PROGRAM = """
import json, sys
from kipu.server.serve import ServerSettings, serve
if __name__ == "__main__":
    serve(ServerSettings(**json.loads(sys.argv[1])))
"""


def command(folder: Path, settings: dict[str, Any]) -> list[str]:
    program = folder / "program.py"
    program.write_text(PROGRAM)
    return [sys.executable, str(program), json.dumps(settings)]


@contextmanager
def running(folder: Path, **settings: Any) -> Iterator[tuple[subprocess.Popen[str], int]]:
    started = subprocess.Popen(
        command(folder, {"port": 0, **settings}),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert started.stdout is not None
    try:
        line = started.stdout.readline()
        assert line.startswith("Kipu listens on http://127.0.0.1:"), started.communicate()
        yield started, int(line.split(":")[2].split("/")[0])
    finally:
        if started.poll() is None:
            started.terminate()
        started.communicate(timeout=30)


def ask(port: int, path: str, body: Any = None) -> Any:
    calls = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        if body is None:
            calls.request("GET", path)
        else:
            calls.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        answer = calls.getresponse()
        text = answer.read()
        assert answer.status == 200, text
        return text
    finally:
        calls.close()


def fails(folder: Path, **settings: Any) -> str:
    done = subprocess.run(
        command(folder, settings), cwd=folder, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_a_port_in_use_is_one_sentence_before_anything_else(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert fails(tmp_path, port=port) == (
            f"Port {port} on 127.0.0.1 is in use, perhaps by another server. Choose another with"
            " --port.\n"
        )
    assert not (tmp_path / "mlruns").exists()


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"port": 70000}, "70000 is no port"),
        ({"port": 0, "host": "203.0.113.7"}, "no address of this machine"),
        ({"port": 0, "backend_store_uri": "http://127.0.0.1:1"}, "is itself a server"),
        ({"port": 0, "backend_store_uri": "oracle://x"}, "oracle"),
        ({"port": 0, "artifacts_destination": "s3://bucket"}, "s3"),
    ],
)
def test_what_cannot_start_says_why(tmp_path: Path, settings: dict[str, Any], told: str) -> None:
    assert told in fails(tmp_path, **settings)


def test_a_server_keeps_all_in_the_folder_and_ends_cleanly(tmp_path: Path) -> None:
    with running(tmp_path) as (process, port):
        assert ask(port, "/health") == b"OK"
        made = json.loads(ask(port, "/api/2.0/mlflow/runs/create", {"experiment_id": "0"}))
        uri = made["run"]["info"]["artifact_uri"]
        path = uri.removeprefix("mlflow-artifacts:/")
        calls = http.client.HTTPConnection("127.0.0.1", port)
        calls.request("PUT", f"/api/2.0/mlflow-artifacts/artifacts/{path}/a.txt", b"hello")
        assert calls.getresponse().read() == b"{}"
        calls.close()
        assert (tmp_path / "mlruns" / path / "a.txt").read_text() == "hello"
        process.send_signal(signal.SIGINT)
        assert process.wait(20) in (0, -signal.SIGINT)
    assert (tmp_path / "mlruns" / "kipu.db").exists()
    assert not (tmp_path / "mlruns" / "kipu.db-wal").exists()


def test_several_workers_answer_one_port_and_are_replaced(tmp_path: Path) -> None:
    with running(tmp_path, workers=2) as (process, port):
        made = json.loads(ask(port, "/api/2.0/mlflow/runs/create", {"experiment_id": "0"}))
        run_id = made["run"]["info"]["run_id"]
        before = workers(process.pid)
        os.kill(min(before), signal.SIGKILL)
        while len(workers(process.pid) | before) < 3:
            time.sleep(0.02)
        assert run_id.encode() in ask(port, f"/api/2.0/mlflow/runs/get?run_id={run_id}")
        process.terminate()
        assert process.wait(30) in (0, -signal.SIGTERM)
    assert not workers(process.pid)


def workers(parent: int) -> set[int]:
    """Children that run workers, not the tracker of their shared resources."""
    listed = subprocess.run(
        ["ps", "-ww", "--ppid", str(parent), "-o", "pid=,args="], capture_output=True, text=True
    )
    return {int(line.split()[0]) for line in listed.stdout.splitlines() if "spawn_main" in line}
