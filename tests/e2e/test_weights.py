"""Large models: servers and processes are killed while their files travel, and all arrive."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import kipu
from kipu.blobs.sending import LargeUpload
from kipu.client import opening, uris
from kipu.client.background import Background
from kipu.exceptions import Unavailable
from kipu.fluent import active, experiments
from kipu.models import Model
from kipu.testing.server import ServerProcess, kipu_server

SIZE = 12 << 20


def content(seed: int, size: int = SIZE) -> bytes:
    return hashlib.shake_128(str(seed).encode()).digest(1 << 20) * (size >> 20)


def save_model(path: str, mlflow_model: Model, seeds: list[int]) -> None:
    Path(path).mkdir()
    for seed in seeds:
        Path(path, f"{seed}.bin").write_bytes(content(seed))
    mlflow_model.add_flavor("weights")
    mlflow_model.save(Path(path, "MLmodel"))


def log(*seeds: int, **more: Any) -> Any:
    flavor = SimpleNamespace(save_model=save_model)
    return Model.log(None, flavor, name="big", seeds=list(seeds), **more)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServerProcess]:
    for name in [name for name in os.environ if name.startswith(("MLFLOW_", "KIPU_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("KIPU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KIPU_BACKGROUND_UPLOAD_BYTES", str(1 << 20))
    monkeypatch.setattr("kipu.blobs.sending.PART_BYTES", 1 << 20)
    monkeypatch.setattr(uris, "_tracking_uri", None)
    monkeypatch.setattr(experiments, "_chosen", None)
    with kipu_server(tmp_path / "server") as running:
        kipu.set_tracking_uri(running.uri)
        yield running
        while active.state.stack:
            active.state.pop()
        active.state.last_run_id = None
        active.state.forget_model()
        opening.close_all(0)


def stored(server: ServerProcess, name: str) -> list[Path]:
    return sorted((server.log.parent / "artifacts").rglob(name))


def staged(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "home").rglob("*.bin"))


def test_an_upload_goes_on_after_its_server_was_killed(
    server: ServerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    note = Background._note

    def kill_once(self: Background, upload: Any, more: int) -> None:
        note(self, upload, more)
        told.append(more)
        if upload.sent > SIZE // 2 and not killed:
            killed.append(upload)
            server.kill()

    killed: list[Any] = []
    monkeypatch.setattr(Background, "_note", kill_once)
    with kipu.start_run() as run:
        info = log(1)
        kipu.log_metric("loss", 0.5)  # training goes on
        while not killed:
            os.sched_yield()
        kipu.log_metric("loss", 0.25)
        server.start()
    assert kipu.get_logged_model(info.model_id).status == "READY"
    assert [place.read_bytes() for place in stored(server, "1.bin")] == [content(1)]
    sent = sum(more for more in told if more > 0)
    assert sent < SIZE * 3 // 2, "what had arrived was not sent again"
    history = kipu.MlflowClient().get_metric_history(run.info.run_id, "loss")
    assert sorted(point.value for point in history) == [0.25, 0.5]


def test_a_model_is_pending_until_its_files_are_there_and_readers_here_wait(
    server: ServerProcess, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    go = threading.Event()
    send = Background._send_file

    def held(self: Background, upload: Any, number: int) -> None:
        assert go.wait(30)
        send(self, upload, number)

    monkeypatch.setattr(Background, "_send_file", held)
    with kipu.start_run():
        info = log(1)
        assert kipu.get_logged_model(info.model_id).status == "PENDING"
        assert stored(server, "MLmodel") == []
        go.set()
        copy = kipu.artifacts.download_artifacts(info.model_uri, dst_path=tmp_path / "copy")
        assert Path(copy, "1.bin").read_bytes() == content(1)
        assert kipu.get_logged_model(info.model_id).status == "READY"
    assert staged(tmp_path) == []


@pytest.mark.parametrize("way", ["without a run", "registered", "small", "switched off", "no room"])
def test_other_models_are_stored_when_log_model_returns(
    server: ServerProcess, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    if way == "small":
        monkeypatch.setenv("KIPU_BACKGROUND_UPLOAD_BYTES", str(1 << 30))
    if way == "switched off":
        monkeypatch.setenv("KIPU_BACKGROUND_UPLOAD_BYTES", "-1")
    if way == "no room":
        monkeypatch.setenv("KIPU_BACKGROUND_UPLOAD_LIMIT_BYTES", "1")
    if way != "without a run":
        kipu.start_run()
    info = log(1, registered_model_name="big" if way == "registered" else None)
    client = kipu.MlflowClient()
    assert client._tracking.uploads.count == 0
    assert client.get_logged_model(info.model_id).status == "READY"
    assert len(stored(server, "1.bin")) == 1


def test_equal_files_of_models_are_sent_and_stored_once(server: ServerProcess) -> None:
    with kipu.start_run():
        first = log(1, 2)
        kipu.flush_artifact_async_logging()
        log(1, 3)
    one, other = stored(server, "1.bin")
    assert one.stat().st_ino == other.stat().st_ino
    kipu.delete_run(kipu.last_active_run().info.run_id)
    assert kipu.get_logged_model(first.model_id).status == "READY"


def test_a_model_that_is_refused_is_failed_with_one_warning_and_its_files_are_kept(
    server: ServerProcess,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refused(self: Background, upload: Any, number: int) -> None:
        raise kipu.MlflowException("No room.", "INVALID_PARAMETER_VALUE")

    monkeypatch.setattr(Background, "_send_file", refused)
    with kipu.start_run():
        info = log(1)
    model = kipu.get_logged_model(info.model_id)
    assert model.status == "FAILED"
    assert model.tags["kipu.upload.error"] == "No room."
    (warning,) = [one.getMessage() for one in caplog.records if one.levelname == "WARNING"]
    assert info.model_id in warning
    assert [place.read_bytes() for place in staged(tmp_path)] == [content(1)]


def test_a_server_that_takes_nothing_more_holds_up_no_end_of_a_run(
    server: ServerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: LargeUpload, file: Any, sketch: Any, at: int) -> int:
        if at >= SIZE // 2:
            raise Unavailable("The disk is full.")
        return send(self, file, sketch, at)

    send = LargeUpload._send_part
    monkeypatch.setenv("KIPU_EXIT_TIMEOUT", "0.5")
    with kipu.start_run():
        monkeypatch.setattr(LargeUpload, "_send_part", full)
        info = log(1)
    assert kipu.get_logged_model(info.model_id).status == "PENDING"
    monkeypatch.setattr(LargeUpload, "_send_part", send)
    kipu.flush_artifact_async_logging()
    assert kipu.get_logged_model(info.model_id).status == "READY"


HALF = """
import sys, threading
sys.path.insert(0, sys.argv[1])
import kipu
from kipu.blobs import sending
from test_weights import log

sending.PART_BYTES = 1 << 20
sent, forever = 0, threading.Event()
send = sending.LargeUpload._send_part

def half(self, file, sketch, at):
    if at >= sketch.size // 2:
        print("half", flush=True)
        forever.wait()
    return send(self, file, sketch, at)

sending.LargeUpload._send_part = half
kipu.set_tracking_uri(sys.argv[2])
with kipu.start_run():
    print(log(1).model_id, flush=True)
"""


def test_what_a_killed_process_left_is_sent_by_sync(server: ServerProcess, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HALF, str(Path(__file__).parent), server.uri],
        cwd=tmp_path, text=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    lines = {process.stdout.readline().strip(), process.stdout.readline().strip()}
    assert "half" in lines
    (model_id,) = lines - {"half"}
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert kipu.get_logged_model(model_id).status in ("PENDING", "READY")
    opening.close_all(0)
    sync = [sys.executable, "-m", "kipu", "sync"]
    done = subprocess.run(sync, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert kipu.get_logged_model(model_id).status == "READY"
    assert [place.read_bytes() for place in stored(server, "1.bin")] == [content(1)]
    assert staged(tmp_path) == []


def test_a_process_ends_though_its_server_is_away_and_says_what_waits(
    server: ServerProcess, tmp_path: Path
) -> None:
    script = HALF.replace("forever.wait()", "raise sending.Unavailable('It is away.')")
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(Path(__file__).parent), server.uri],
        cwd=tmp_path, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=os.environ | {"KIPU_EXIT_TIMEOUT": "0.5"},
    )  # fmt: skip
    _, told = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "kipu: 1 model waits in" in told
    assert [place.read_bytes() for place in staged(tmp_path)] == [content(1)]
