"""The journal against a store in memory: what arrives, when, and what happens while it cannot."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kipu.entities import Metric
from kipu.exceptions import InvalidParameter, MlflowException, ResourceNotFound, Unavailable
from kipu.journal import Journal, journal, recover, waiting
from kipu.series.points import Points
from kipu.store.rest import RestStore


class MemoryStore:
    """Keeps points like a store: an append that it has seen changes nothing."""

    def __init__(self) -> None:
        self.points: list[tuple[object, ...]] = []
        self.appends: list[tuple[str, int, int]] = []
        self.fault: Callable[[str], Exception | None] = lambda _: None
        self.calls = 0
        self.called = threading.Condition()

    def append_points(self, run_id: str, writer: int, seq: int, points: Points) -> None:
        with self.called:
            self.calls += 1
            self.called.notify_all()
            error = self.fault(run_id)
            if error is not None:
                raise error
            if (run_id, writer, seq) not in self.appends:
                self.appends.append((run_id, writer, seq))
                self.points += [
                    (run_id, m.key, m.value, m.step, m.timestamp, m.model_id, m.dataset_name)
                    for m in points.metrics()
                ]

    def wait_for_calls(self, count: int) -> None:
        with self.called:
            assert self.called.wait_for(lambda: self.calls >= count, 20)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def log(tmp_path: Path, store: MemoryStore) -> Iterator[Journal]:
    opened = Journal(tmp_path / "journal", lambda: store, "memory://")
    yield opened
    opened.close(0)


def values(store: MemoryStore) -> list[Any]:
    return [point[2] for point in store.points]


def test_a_flushed_point_is_in_the_store(log: Journal, store: MemoryStore) -> None:
    log.log("r", "loss", 0.5, 3, 1700000000000)
    assert log.flush(10)
    assert store.points == [("r", "loss", 0.5, 3, 1700000000000, None, None)]
    assert log.pending == 0


def test_a_point_arrives_without_a_flush(log: Journal, store: MemoryStore) -> None:
    log.log("r", "loss", 0.5, 3, 1)
    store.wait_for_calls(1)


def test_points_keep_their_order_and_their_runs(log: Journal, store: MemoryStore) -> None:
    for step in range(50):
        log.log("a", "x", step, step, 1)
        log.log_row("b", {"x": 1, "y": -step, "z": 0.5}, step, 2)
        log.log_point("a", "y", step, step, 3, "m-1", "train", "d1")
    assert log.flush(10)
    of_a = [point for point in store.points if point[0] == "a"]
    assert [point[1:4] for point in of_a[:4]] == [
        ("x", 0.0, 0), ("y", 0.0, 0), ("x", 1.0, 1), ("y", 1.0, 1),
    ]  # fmt: skip
    assert of_a[1] == ("a", "y", 0.0, 0, 3, "m-1", "train")
    assert [point[2] for point in store.points if point[:2] == ("b", "y")] == [
        -step for step in range(50)
    ]
    assert len(store.points) == 250


def test_nan_and_infinities_and_extremes_pass_through(log: Journal, store: MemoryStore) -> None:
    log.log_row(
        "r", {"a": float("nan"), "b": float("inf"), "c": -float("inf")}, -(2**63), 2**63 - 1
    )
    log.log_row("r", {}, 0, 0)
    assert log.flush(10)
    assert str(values(store)) == "[nan, inf, -inf]"
    assert store.points[0][3:5] == (-(2**63), 2**63 - 1)


def test_wide_rows_and_rows_of_ever_new_keys_arrive_whole(
    log: Journal, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kipu.journal.segment.MAX_SHAPES", 4)
    log.log_row("r", {f"k{i}": i for i in range(2500)}, 0, 0)
    for i in range(10):
        log.log_row("r", {f"k{i}": i, "é": -i}, i, 0)
    assert log.flush(10)
    assert sorted(values(store)) == sorted([*range(2500), *range(10), *(-i for i in range(10))])
    assert {"é", "k2499"} < {point[1] for point in store.points}


@pytest.mark.parametrize(
    ("value", "step", "complaint"),
    [
        ("high", 0, "The value 'high' is not a number."),
        (10**400, 0, "is not a number."),
        (1.0, 1 << 63, f"The step {1 << 63} is not a whole number of 64 bits."),
        (1.0, 0.5, "The step 0.5 is not a whole number of 64 bits."),
    ],
)
def test_what_cannot_be_stored_is_refused_at_once(
    log: Journal, value: float, step: int, complaint: str
) -> None:
    log.log("r", "a", 1.0, 0, 0)
    with pytest.raises(InvalidParameter) as raised:
        log.log("r", "a", value, step, 0)
    assert complaint in str(raised.value)
    with pytest.raises(InvalidParameter) as raised:
        log.log_row("r", {"a": 1, "b": value}, step, 0)
    assert complaint in str(raised.value)


def test_threads_log_at_once_and_lose_nothing(log: Journal, store: MemoryStore) -> None:
    def work(number: int) -> None:
        for step in range(500):
            log.log(f"run-{number % 3}", f"key-{number}-{step % 7}", step, step, number)
            log.log_row("shared", {"a": step, f"b{number}": step}, step, number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert log.flush(20)
    assert len(store.points) == len(set(store.points)) == 6 * 500 * 3


def test_seq_counts_from_one_for_each_run(log: Journal, store: MemoryStore) -> None:
    for run in ("a", "b", "a", "a", "b"):
        log.log(run, "x", 1.0, 0, 0)
        assert log.flush(10)
    assert [(run, seq) for run, _, seq in store.appends] == [
        ("a", 1), ("b", 1), ("a", 2), ("a", 3), ("b", 2),
    ]  # fmt: skip
    assert len({writer for _, writer, _ in store.appends}) == 1


def test_a_store_that_was_away_gets_everything_and_one_warning_is_given(
    log: Journal, store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    faults: list[Exception] = [
        Unavailable("The server is not there."), ConnectionRefusedError("refused"),
    ]  # fmt: skip
    store.fault = lambda _: faults.pop(0) if faults else None
    with caplog.at_level(logging.INFO, "kipu"):
        for step in range(10):
            log.log("r", "x", step, step, 0)
        assert not log.flush(0.01)
        assert log.pending == 10
        assert log.flush(20)
    assert values(store) == list(range(10))
    warnings = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
    assert len(warnings) == 1
    assert "memory:// does not take metric points now (The server is not there.)" in warnings[0]
    assert caplog.records[-1].getMessage() == "memory:// takes metric points again."


def test_a_lost_answer_changes_nothing(log: Journal, store: MemoryStore) -> None:
    append, lost = store.append_points, [1]

    def lose_one(run_id: str, writer: int, seq: int, points: Points) -> None:
        append(run_id, writer, seq, points)
        if lost:
            lost.pop()
            raise TimeoutError("no answer")

    store.append_points = lose_one  # type: ignore[method-assign]
    log.log("r", "x", 1.0, 0, 0)
    assert log.flush(20)
    assert len(store.points) == 1
    assert store.calls == 2


def test_refused_points_are_set_aside_reported_once_and_can_be_sent_again(
    log: Journal, store: MemoryStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store.fault = lambda run: ResourceNotFound("No run gone.") if run == "gone" else None
    for step in range(3):
        log.log("gone", "x", step, step, 7)
        log.log_point("gone", "y", step, step, 7, "m-1")
        log.log("here", "x", step, step, 7)
        assert log.flush(10)
    assert values(store) == [0.0, 1.0, 2.0]
    (message,) = [r.getMessage() for r in caplog.records]
    (path,) = (tmp_path / "journal" / "rejected").iterdir()
    assert message == (
        f"memory:// refused 2 metric points of run gone: No run gone. They are kept in {path}."
    )
    log.raise_rejected("here")
    with pytest.raises(ResourceNotFound, match=r"No run gone\."):
        log.raise_rejected("gone")
    log.raise_rejected("gone")

    log.close(5)
    store.fault = lambda _: None
    path.rename(tmp_path / "journal" / path.name)
    assert recover(tmp_path / "journal", store).points == 6
    assert store.points[3:] == [
        ("gone", key, float(step), step, 7, model, None)
        for step in range(3)
        for key, model in (("x", None), ("y", "m-1"))
    ]


def test_a_defect_holds_up_its_own_batch_only(
    log: Journal, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kipu.journal.writer._FIRST_WAIT_S", 0.001)
    store.fault = lambda run: TypeError("oops") if run == "odd" else None
    log.log("odd", "x", 1.0, 0, 0)
    log.log("even", "x", 2.0, 0, 0)
    assert log.flush(20)
    assert values(store) == [2.0]
    with pytest.raises(TypeError, match="oops"):
        log.raise_rejected("odd")


def test_close_counts_what_waits_and_recovery_sends_it_once(
    log: Journal, store: MemoryStore, tmp_path: Path
) -> None:
    folder = tmp_path / "journal"
    log.log("r", "x", 1.0, 1, 0)
    assert log.flush(10)
    store.fault = lambda _: Unavailable("away")
    log.log_row("r", {"x": 2.0, "y": 2.0}, 2, 0)
    store.wait_for_calls(2)
    log.log("r", "x", 3.0, 3, 0)
    assert log.close(0.1) == 3
    assert [(orphan.target, orphan.points) for orphan in waiting(folder)] == [("memory://", 3)]

    answer = recover(folder, store)
    assert (answer.points, answer.left) == (0, 3)
    assert str(answer.reason) == "away"
    store.fault = lambda _: None
    assert recover(folder, store, target="memory://other").points == 0
    assert recover(folder, store)[:3] == (3, 1, 0)
    assert values(store) == [1.0, 2.0, 2.0, 3.0]
    assert list(folder.iterdir()) == []


def test_a_closed_journal_opens_again(log: Journal, store: MemoryStore, tmp_path: Path) -> None:
    for step in range(2):
        log.log("r", "x", step, step, 0)
        assert log.close(10) == 0
        assert list((tmp_path / "journal").iterdir()) == []
    assert values(store) == [0.0, 1.0]


def test_a_living_process_is_not_recovered(
    log: Journal, store: MemoryStore, tmp_path: Path
) -> None:
    store.fault = lambda _: Unavailable("away")
    log.log("r", "x", 1.0, 0, 0)
    assert recover(tmp_path / "journal", MemoryStore()) == (0, 0, 0, None)
    assert waiting(tmp_path / "journal") == []
    assert recover(tmp_path / "absent", store) == (0, 0, 0, None)


def test_full_segments_are_followed_by_new_ones_and_removed(
    log: Journal, store: MemoryStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "SEGMENT_BYTES", 2000)
    for step in range(1000):
        log.log("r", "x", step, step, 0)
        if step % 10 == 0:
            log.log_row("r", {"a": step, "b": step}, step, 0)
    assert log.flush(20)
    assert [point[2] for point in store.points if point[1] == "x"] == list(range(1000))
    assert len(store.points) == 1200
    assert log.pending == 0
    assert len(list((tmp_path / "journal").iterdir())) == 1


def test_at_the_limit_logging_raises_if_asked_to(
    log: Journal, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIPU_JOURNAL_LIMIT_BYTES", "4000")
    monkeypatch.setenv("KIPU_JOURNAL_FULL", "raise")
    monkeypatch.setattr(journal, "SEGMENT_BYTES", 1000)
    store.fault = lambda _: Unavailable("away")

    def log_much() -> None:
        for step in range(1000):
            log.log("r", "x", step, step, 0)

    with pytest.raises(MlflowException, match="KIPU_JOURNAL_LIMIT_BYTES") as raised:
        log_much()
    assert raised.value.error_code == "RESOURCE_EXHAUSTED"
    logged = log.pending
    assert 50 < logged < 100
    store.fault = lambda _: None
    assert log.flush(20)
    log.log("r", "x", 0.5, 0, 0)
    assert log.flush(20)
    assert values(store) == [*range(logged), 0.5]


def test_at_the_limit_logging_waits_for_the_store(
    log: Journal,
    store: MemoryStore,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("KIPU_JOURNAL_LIMIT_BYTES", "4000")
    store.fault = lambda _: Unavailable("away") if store.calls < 3 else None
    for step in range(500):
        log.log("r", "x", step, step, 0)
    assert log.flush(20)
    assert values(store) == list(range(500))
    assert sum("KIPU_JOURNAL_LIMIT_BYTES" in r.getMessage() for r in caplog.records) == 1


def test_a_folder_that_cannot_be_written_means_direct_sends(
    store: MemoryStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    log = Journal(tmp_path / "file" / "journal", lambda: store, "memory://")
    log.log("r", "x", 1.0, 0, 0)
    log.log_row("r", {"x": 2.0, "y": 3.0}, 1, 0)
    log.log_point("r", "z", 4.0, 1, 0, "m-1")
    assert values(store) == [1.0, 2.0, 3.0, 4.0]
    assert log.flush(1)
    (message,) = [r.getMessage() for r in caplog.records]
    assert "cannot be written (Not a directory)" in message


def test_a_direct_send_waits_a_moment_for_its_store(store: MemoryStore, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    log = Journal(tmp_path / "file" / "journal", lambda: store, "memory://")
    store.fault = lambda _: Unavailable("away") if store.calls < 3 else None
    log.log("r", "x", 1.0, 0, 0)
    assert values(store) == [1.0]
    store.fault = lambda _: ResourceNotFound("No run r.")
    with pytest.raises(ResourceNotFound):
        log.log("r", "x", 1.0, 0, 0)


def test_a_server_that_is_away_is_told_at_once() -> None:
    # The journal repeats, so the transport must not: it would do so without a word, for minutes.
    with socket.socket() as port:
        port.bind(("127.0.0.1", 0))  # bound, but nobody listens
        store = RestStore(f"http://127.0.0.1:{port.getsockname()[1]}")
        began = time.monotonic()
        with pytest.raises(Unavailable):
            store.append_points("r", 1, 1, Points.from_metrics([Metric("x", 1.0, 0, 0)]))
        assert time.monotonic() - began < 1


def test_always_means_that_every_call_reaches_the_disk(
    log: Journal, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    monkeypatch.setenv("KIPU_JOURNAL_SYNC", "always")
    for step in range(5):
        log.log("r", "x", step, step, 0)
    assert len(synced) >= 5
    assert log.flush(10)
    assert values(store) == list(range(5))


def test_a_flush_is_quick(log: Journal) -> None:
    log.log("r", "x", 0, 0, 0)
    assert log.flush(10)
    # Ticks are 0.25 s apart: twenty flushes would take 5 s if they waited for them.
    done = threading.Event()

    def flush_often() -> None:
        for step in range(20):
            log.log("r", "x", step, step, 0)
            assert log.flush(10)
        done.set()

    threading.Thread(target=flush_often).start()
    assert done.wait(2)


def test_a_setting_that_is_no_choice_is_named(
    log: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIPU_JOURNAL_FULL", "block")
    with pytest.raises(InvalidParameter, match="KIPU_JOURNAL_FULL is 'block', not wait or raise"):
        log.log("r", "x", 0, 0, 0)


def test_what_waits_for_an_absent_store_reaches_the_disk_within_a_second(
    log: Journal, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = threading.Event()
    monkeypatch.setattr(os, "fsync", lambda _: synced.set())
    monkeypatch.setattr("kipu.journal.writer._FIRST_WAIT_S", 60.0)
    store.fault = lambda _: Unavailable("away")
    log.log("r", "x", 0, 0, 0)
    store.wait_for_calls(1)
    synced.clear()
    log.log("r", "x", 1, 1, 0)
    assert synced.wait(10)
    assert store.calls == 1
