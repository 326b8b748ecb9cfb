"""Models on their way: what waits on disk, who sends it, and what is told meanwhile."""

from __future__ import annotations

import io
import os
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest

from kipu.blobs.interface import BlobStore
from kipu.blobs.local import LocalBlobs
from kipu.client.background import STATUS_TAG, Background
from kipu.client.progress import ProgressLine, progress_text, size_text
from kipu.client.staging import Job, Staged, orphans
from kipu.exceptions import ResourceNotFound, Unavailable


class Store:
    """Notes what it is told of models; the first ``away`` calls fail."""

    def __init__(self, away: int = 0) -> None:
        self.told: list[tuple[Any, ...]] = []
        self.away, self.is_gone = away, False

    def finalize_logged_model(self, model_id: str, status: str) -> None:
        if self.is_gone:
            raise ResourceNotFound(f"No model {model_id}.")
        if self.away:
            self.away -= 1
            raise Unavailable("It is away.")
        self.told.append((model_id, str(status)))

    def set_logged_model_tags(self, model_id: str, tags: list[Any]) -> None:
        self.told.append((model_id, tags[0].key, tags[0].value))


class Flaky(LocalBlobs):
    """A place like a plug-in's, which raises what it likes for a while."""

    failures = 0

    def put_file(self, path: str, source: Path) -> None:
        if self.failures:
            Flaky.failures -= 1
            raise ConnectionError("Try later.")
        super().put_file(path, source)


class Place:
    def __init__(self, store: Store) -> None:
        self.store: Any = store

    def blobs(self, artifact_uri: str) -> BlobStore:
        return Flaky(Path(artifact_uri))


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kipu.client.background._FIRST_WAIT_S", 0.001)


def staged(tmp_path: Path, name: str = "m-1", **files: bytes) -> Staged:
    made = Staged.create(tmp_path / "uploads", Job(name, str(tmp_path / "to"), "http://x", "r"))
    made.folder.mkdir()
    for file, data in files.items():
        (made.folder / file).write_bytes(data)
    return made


def sent(tmp_path: Path, store: Store, **files: bytes) -> None:
    one = staged(tmp_path, **files)
    one.complete()
    background = Background(Place(store), tmp_path / "uploads")
    background.send(one)
    assert background.wait(10)
    assert background.close(0) == []


def test_a_model_is_stored_then_ready_then_forgotten(tmp_path: Path) -> None:
    store = Store(away=2)
    sent(tmp_path, store, a=b"1", b=b"2")
    assert sorted(one.name for one in (tmp_path / "to").iterdir()) == ["a", "b"]
    assert store.told == [("m-1", "READY")]
    assert list((tmp_path / "uploads").iterdir()) == []


def test_a_model_without_files_is_ready(tmp_path: Path) -> None:
    store = Store()
    sent(tmp_path, store)
    assert store.told == [("m-1", "READY")]


def test_a_place_that_raises_errors_of_its_own_is_tried_again(tmp_path: Path) -> None:
    Flaky.failures = 3
    sent(tmp_path, Store(), a=b"1")
    assert (tmp_path / "to/a").read_bytes() == b"1"


def test_a_place_that_raises_for_ever_fails_the_model(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Flaky, "failures", 1000)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
    store = Store()
    sent(tmp_path, store, a=b"1")
    assert store.told == [("m-1", "FAILED"), ("m-1", STATUS_TAG, "Try later.")]
    assert len(caplog.records) == 1
    (kept,) = (tmp_path / "uploads-refused").rglob("a")
    assert str(kept.parents[1]) in caplog.text


def test_a_model_that_was_deleted_meanwhile_is_no_error(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store()
    store.is_gone = True
    sent(tmp_path, store, a=b"1")
    assert "deleted meanwhile" in caplog.text


def test_what_lives_is_nobodys_orphan_and_what_died_is_taken_over_once(tmp_path: Path) -> None:
    one = staged(tmp_path, a=b"1")
    one.complete()
    assert list(orphans(tmp_path / "uploads")) == []
    one.release()
    background = Background(Place(Store()), tmp_path / "uploads")
    assert background.adopt() == 1
    assert background.adopt() == 0
    assert background.wait(10)
    background.close(0)
    assert (tmp_path / "to/a").read_bytes() == b"1"


def test_a_model_whose_process_died_while_it_was_saved_is_failed(tmp_path: Path) -> None:
    staged(tmp_path, a=b"1").release()
    store = Store()
    background = Background(Place(store), tmp_path / "uploads")
    background.adopt()
    assert background.wait(10)
    background.close(0)
    assert store.told[0] == ("m-1", "FAILED")
    assert not (tmp_path / "to").exists()
    assert list(tmp_path.rglob("a")) == []


def test_what_is_left_at_the_end_can_be_taken_over(tmp_path: Path) -> None:
    store = Store(away=10**9)
    one = staged(tmp_path, a=b"1")
    one.complete()
    background = Background(Place(store), tmp_path / "uploads")
    background.send(one)
    assert not background.wait(0.05)
    assert [left.job.model_id for left in background.close(0.05)] == ["m-1"]
    assert [left.job.model_id for left in orphans(tmp_path / "uploads")] == ["m-1"]


def test_a_forked_child_leaves_uploads_to_its_parent(tmp_path: Path) -> None:
    one = staged(tmp_path, a=b"1")
    one.complete()
    background = Background(Place(Store()), tmp_path / "uploads")
    background._uploads.append(_upload(one))
    child = os.fork()
    if child == 0:
        background.abandon()
        os._exit(len(list(orphans(tmp_path / "uploads"))))
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert list(orphans(tmp_path / "uploads")) == []
    one.release()


def _upload(one: Staged) -> Any:
    from kipu.client.background import _Upload

    return _Upload(one, is_own=True)


def test_waiting_is_for_what_was_named(tmp_path: Path) -> None:
    go = threading.Event()

    class Held(Store):
        def finalize_logged_model(self, model_id: str, status: str) -> None:
            go.wait(10)

    one = staged(tmp_path, a=b"1")
    one.complete()
    background = Background(Place(Held()), tmp_path / "uploads")
    background.send(one)
    assert background.wait(None, model_id="m-2")
    assert background.wait(None, run_id="another")
    assert background.count == 1
    assert background.waiting_bytes == 1
    go.set()
    assert background.wait(None, run_id="r")
    background.close(0)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("wanted", "written"), [("true", True), ("false", False)])
def test_a_terminal_shows_progress_and_takes_it_away(
    monkeypatch: pytest.MonkeyPatch, wanted: str, written: bool
) -> None:
    monkeypatch.setenv("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", wanted)
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    line = ProgressLine(0)
    line.show(1, 10, 100)
    line.show(1, 11, 100)  # too soon
    line.end()
    shown = terminal.getvalue().split("\r")
    assert bool(shown[0] or shown[1:]) == written
    if written:
        assert shown[1].startswith("kipu: a model on the way, 10 B of 100 B")
        assert len(shown) == 4
        assert shown[2].strip() == ""


def test_nothing_is_written_where_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    line = ProgressLine(0)
    line.show(1, 10, 100)
    line.end()
    assert stream.getvalue() == ""


def test_progress_is_told_in_words() -> None:
    assert progress_text(2, 1_200_000_000, 3_000_000_000, 240e6) == (
        "kipu: 2 models on the way, 1.2 GB of 3.0 GB, 240 MB/s, 8 s left"
    )
    assert progress_text(1, 0, 500, 0) == "kipu: a model on the way, 0 B of 500 B"
    assert [size_text(size) for size in (999, 1000, 999_600, 10**13)] == [
        "999 B", "1 kB", "1 MB", "10000.0 GB",
    ]  # fmt: skip


def test_files_that_were_taken_away_fail_the_model_and_nobody_waits_for_ever(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    one = staged(tmp_path, a=b"1")
    one.complete()
    store = Store()
    background = Background(Place(store), tmp_path / "uploads")
    upload = _upload(one)
    shutil.rmtree(tmp_path / "uploads")
    background._take(upload)
    assert wait_in_thread(background)
    background.close(0)
    assert store.told[0] == ("m-1", "FAILED")
    assert "were not stored" in caplog.text


def test_a_store_that_answers_nonsense_ends_no_thread(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(Store):
        def finalize_logged_model(self, model_id: str, status: str) -> None:
            raise ValueError("This is no JSON.")

    one = staged(tmp_path, a=b"1")
    one.complete()
    background = Background(Place(Broken()), tmp_path / "uploads")
    background.send(one)
    assert wait_in_thread(background)
    background.close(0)
    assert "no JSON" in caplog.text


def wait_in_thread(background: Background) -> bool:
    """Whether a wait without patience ends at all."""
    waiting = threading.Thread(target=background.wait, args=(None,), daemon=True)
    waiting.start()
    waiting.join(5)
    return not waiting.is_alive()


def test_a_refused_model_is_marked_by_the_next_process_if_this_one_could_not(
    tmp_path: Path,
) -> None:
    staged(tmp_path, a=b"1").release()
    background = Background(Place(Store(away=10**9)), tmp_path / "uploads")
    background.adopt()
    assert not background.wait(0.05)
    background.close(0)
    store = Store()
    later = Background(Place(store), tmp_path / "uploads")
    assert later.adopt() == 1
    assert later.wait(10)
    later.close(0)
    assert store.told[0] == ("m-1", "FAILED")


def test_what_a_link_names_may_go_once_the_model_is_saved(tmp_path: Path) -> None:
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights/w").write_bytes(b"w")
    one = staged(tmp_path)
    (one.folder / "link").symlink_to(tmp_path / "weights/w")
    (one.folder / "folder").symlink_to(tmp_path / "weights")
    one.complete()
    shutil.rmtree(tmp_path / "weights")
    background = Background(Place(Store()), tmp_path / "uploads")
    background.send(one)
    assert background.wait(10)
    background.close(0)
    assert (tmp_path / "to/link").read_bytes() == b"w"
    assert (tmp_path / "to/folder/w").read_bytes() == b"w"


def test_one_folder_that_cannot_be_read_leaves_the_others_to_be_sent(tmp_path: Path) -> None:
    broken = staged(tmp_path, "m-0")
    (broken.folder / "link").symlink_to(tmp_path / "nothing")
    broken._write()
    broken.job = Job("m-0", str(tmp_path / "to"), "http://x", "r", True)
    broken._write()
    broken.release()
    one = staged(tmp_path, a=b"1")
    one.complete()
    one.release()
    store = Store()
    background = Background(Place(store), tmp_path / "uploads")
    background.adopt()
    assert background.wait(10)
    background.close(0)
    assert ("m-1", "READY") in store.told
    assert ("m-0", "FAILED") in store.told


@pytest.mark.parametrize("given", [0, 1])
def test_a_system_that_gives_no_more_threads_makes_nobody_wait_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: int
) -> None:
    start, left = threading.Thread.start, [given]

    def start_some(thread: threading.Thread) -> None:
        if thread.name == "kipu-upload" and not left[0]:
            raise RuntimeError("can't start new thread")
        left[0] -= thread.name == "kipu-upload"
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", start_some)
    one = staged(tmp_path, a=b"1")
    one.complete()
    background = Background(Place(Store()), tmp_path / "uploads")
    if given:
        background.send(one)
    else:
        with pytest.raises(RuntimeError, match="new thread"):
            background.send(one)
        one.release()
    assert wait_in_thread(background)
    background.close(0)
    assert (tmp_path / "to").exists() == bool(given)
