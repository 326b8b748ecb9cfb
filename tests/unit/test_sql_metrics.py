"""Metric points in a database: appended once, folded unseen, read back whole."""

from __future__ import annotations

import logging
import math
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from kipu.entities import Metric
from kipu.exceptions import InvalidParameter, MlflowException, ResourceNotFound, Unavailable
from kipu.series.blocks import Directory
from kipu.series.points import Points, SeriesName
from kipu.store.sql import tables
from kipu.store.sql.append import next_seq
from kipu.store.sql.engine import Database
from kipu.store.sql.fold import APPEND_SIZE, FOLD_SIZE, Stale, apply_fold, plan_fold
from kipu.store.sql.keys import key_id
from kipu.store.sql.merge import MERGED_AT_ONCE, plan_merge
from kipu.store.sql.metrics import SqlMetrics
from kipu.store.sql.names import Names

RUN, OTHER, DELETED = "a" * 32, "b" * 32, "d" * 32
LOSS = SeriesName("loss")
START = 1_700_000_000_000


class MetricsOnly(SqlMetrics):
    """The metric side of the store on three runs of one experiment."""

    def __init__(self, path: Path) -> None:
        self._database = Database(f"sqlite:///{path}", durable=False)
        self._names = Names()
        self._places: dict[str, tuple[int, int]] = {}

    def prepare(self) -> None:
        with self._database.engine.connect() as db:
            db.exec_driver_sql("PRAGMA journal_mode = WAL")
            tables.metadata.create_all(db)
            db.commit()
        for run_no, run_id in enumerate((RUN, OTHER, DELETED), 1):
            self._write(lambda db, no=run_no, one=run_id: self._add(db, no, one))

    def _add(self, db: sa.Connection, run_no: int, run_id: str) -> None:
        place = {"run_id": run_id, "experiment_id": 1, "run_no": run_no}
        stage = "deleted" if run_id == DELETED else "active"
        db.execute(tables.run_directory.insert(), place)
        db.execute(
            tables.runs.insert(),
            place | {"name": "n", "status": "RUNNING", "lifecycle_stage": stage,
                     "user_id": "u", "start_time": START, "changed": 0},
        )  # fmt: skip

    def run(self, statement: Any) -> Any:
        with self._read() as db:
            return db.execute(statement).all()

    def fold(self, run_no: int = 1) -> None:
        self._write(lambda db: self._fold_run(db, 1, run_no))

    def close(self) -> None:
        self._database.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[MetricsOnly]:
    store = MetricsOnly(tmp_path / "kipu.db")
    store.prepare()
    yield store
    store.close()


def curve(values: list[float], first_step: int = 0, series: SeriesName = LOSS) -> Points:
    count = len(values)
    step = np.arange(first_step, first_step + count)
    return Points([series], np.zeros(count, np.uint32), step, START + step, np.array(values))


def of(metrics: list[Metric]) -> Points:
    return Points.from_metrics(metrics)


def history(store: MetricsOnly, key: str = "loss", run_id: str = RUN) -> list[tuple[Any, ...]]:
    found = store.get_metric_history(run_id, key, None, None)
    return [(metric.timestamp, metric.step, metric.value) for metric in found]


def latest(store: MetricsOnly, column: str, run_id: str = RUN) -> Any:
    return [getattr(one, column) for one in store.metric_summaries(run_id)]


def test_points_come_back_as_they_were_sent(store: MetricsOnly) -> None:
    store.append_points(RUN, 7, 1, curve([0.5, 0.25]))
    found = store.get_metric_history(RUN, "loss", None, None)
    assert list(found) == [
        Metric("loss", 0.5, START, 0, run_id=RUN),
        Metric("loss", 0.25, START + 1, 1, run_id=RUN),
    ]
    assert found.token is None


def test_an_append_that_was_seen_is_ignored_before_and_after_the_fold(store: MetricsOnly) -> None:
    store.append_points(RUN, 7, 1, curve([0.5]))
    store.append_points(RUN, 7, 1, curve([0.7], first_step=9))
    store.fold()
    store.append_points(RUN, 7, 1, curve([0.9], first_step=10))
    assert history(store) == [(START, 0, 0.5)]
    assert latest(store, "count") == [1]
    store.append_points(RUN, 7, 2, curve([0.9], first_step=10))
    assert len(history(store)) == 2


def test_writers_and_runs_count_on_their_own(store: MetricsOnly) -> None:
    store.append_points(RUN, 7, 1, curve([0.1]))
    store.append_points(RUN, 8, 1, curve([0.2]))
    store.append_points(OTHER, 7, 1, curve([0.3]))
    store.fold()
    assert [value for *_, value in history(store)] == [0.1, 0.2]
    assert [value for *_, value in history(store, run_id=OTHER)] == [0.3]


def test_exact_duplicates_are_dropped_by_the_reader_and_by_the_fold(store: MetricsOnly) -> None:
    for seq in (1, 2, 3):
        store.append_points(RUN, 7, seq, curve([0.5, math.nan, -0.0]))
    assert len(history(store)) == 3
    assert latest(store, "count") == [9]
    store.fold()
    assert len(history(store)) == 3
    assert latest(store, "count") == [3]


def test_a_point_that_differs_in_more_than_its_model_is_kept(store: MetricsOnly) -> None:
    store.append_points(
        RUN,
        7,
        1,
        of(
            [
                Metric("loss", 0.5, START, 0),
                Metric("loss", 0.5, START, 1),
                Metric("loss", 0.5, START + 1, 0),
                Metric("loss", 0.6, START, 0),
                Metric("loss", 0.5, START, 0, None, "seen", "d1"),
                Metric("loss", 0.5, START, 0, "m-1"),
                Metric("loss", 0.5, START, 0, "m-1", "seen", "d1"),
                Metric("loss", 0.7, START, 0, "m-1"),
            ]
        ),
    )
    assert len(history(store)) == 6
    store.fold()
    assert len(history(store)) == 6


def test_history_is_in_order_of_timestamp_step_and_value_with_nan_as_zero(
    store: MetricsOnly,
) -> None:
    sent = [
        Metric("loss", 3.0, START + 1, -5),
        Metric("loss", math.nan, START, 0),
        Metric("loss", math.inf, START, 0),
        Metric("loss", -1.0, START, 0),
        Metric("loss", 1.0, START, -7),
    ]
    store.append_points(RUN, 7, 1, of(sent))
    expected = [
        (START, -7, 1.0), (START, 0, -1.0), (START, 0, math.nan),
        (START, 0, sys.float_info.max),
        (START + 1, -5, 3.0),
    ]  # fmt: skip
    assert repr(history(store)) == repr(expected)
    store.fold()
    assert repr(history(store)) == repr(expected)


@pytest.mark.parametrize("folded", [False, True])
def test_pages_joined_are_the_whole_history(store: MetricsOnly, folded: bool) -> None:
    random = np.random.default_rng(1)
    count = 500
    metrics = [
        Metric("loss", float(value), START + int(time), int(step), model_id=model)
        for value, time, step, model in zip(
            random.integers(0, 3, count) / 0.3,
            random.integers(0, 6, count),
            random.integers(-2, 3, count),
            random.choice([None, "m-1", "m-2"], count),
            strict=True,
        )
    ]
    store.append_points(RUN, 7, 1, of(metrics))
    if folded:
        store.fold()
    whole = store.get_metric_history(RUN, "loss", None, None)
    pages, token = [], None
    while True:
        page = store.get_metric_history(RUN, "loss", 7, token)
        pages += page
        token = page.token
        if token is None:
            break
        assert len(page) == 7
    assert pages == list(whole)
    points = {(one.timestamp, one.step, one.value) for one in metrics}
    assert len(whole) == len(points), "a point that models have as well is told once"


def test_a_full_last_page_has_no_token(store: MetricsOnly) -> None:
    store.append_points(RUN, 7, 1, curve([1.0, 2.0]))
    assert store.get_metric_history(RUN, "loss", 2, None).token is None
    assert store.get_metric_history(RUN, "loss", 1, None).token is not None


@pytest.mark.parametrize("token", ["nonsense", "AAAA", "ä", "=", "eyJvZmZzZXQiOiAyfQ=="])
def test_a_token_of_something_else_is_refused(store: MetricsOnly, token: str) -> None:
    store.append_points(RUN, 7, 1, curve([1.0, 2.0]))
    with pytest.raises(InvalidParameter, match="page token"):
        store.get_metric_history(RUN, "loss", 1, token)


def test_a_run_without_the_key_has_an_empty_curve(store: MetricsOnly) -> None:
    assert history(store) == []
    assert len(store.read_curve(RUN, LOSS).step) == 0
    assert len(store.read_buckets(RUN, "loss", 10, "step").x) == 0
    assert store.metric_summaries(RUN) == []


def test_a_run_that_is_not_there_is_said_so(store: MetricsOnly) -> None:
    calls = (
        lambda: store.append_points("f" * 32, 7, 1, curve([1.0])),
        lambda: store.get_metric_history("f" * 32, "loss", None, None),
        lambda: store.read_curve("f" * 32, LOSS),
        lambda: store.read_buckets("f" * 32, "loss", 10, "step"),
        lambda: store.metric_summaries("f" * 32),
    )
    for call in calls:
        with pytest.raises(ResourceNotFound, match="f" * 32):
            call()


def test_a_deleted_run_refuses_points(store: MetricsOnly) -> None:
    with pytest.raises(InvalidParameter, match="deleted"):
        store.append_points(DELETED, 7, 1, curve([1.0]))
    assert store.run(sa.select(tables.metric_tail.c.seq)) == []


def test_a_batch_is_all_or_none(store: MetricsOnly) -> None:
    def fail(db: sa.Connection) -> None:
        store._log_points(db, 1, 1, curve([1.0]))
        raise InvalidParameter("no")

    with pytest.raises(InvalidParameter):
        store._write(fail)
    assert store.metric_summaries(RUN) == []
    assert history(store) == []
    store.append_points(RUN, 7, 1, curve([1.0]))  # its name was not remembered as written
    assert latest(store, "key") == ["loss"]


def test_uncounted_appends_are_numbered_in_the_order_of_their_commits(store: MetricsOnly) -> None:
    def log(step: int) -> None:
        store._write(lambda db: store._log_points(db, 1, 1, curve([0.5], first_step=step)))

    log(0)
    log(1)
    store.fold()
    log(2)
    store._write(lambda db: [store._log_points(db, 1, 1, curve([0.5], at)) for at in (3, 4)])
    assert [step for _, step, _ in history(store)] == [0, 1, 2, 3, 4]
    store.fold()
    assert [step for _, step, _ in history(store)] == [0, 1, 2, 3, 4]
    with store._read() as db:
        assert next_seq(db, 1, 1, 0) == 6


def test_a_number_that_another_transaction_took_is_an_error_and_not_a_loss(
    store: MetricsOnly, monkeypatch: pytest.MonkeyPatch
) -> None:
    store._write(lambda db: store._log_points(db, 1, 1, curve([0.5])))
    monkeypatch.setattr("kipu.store.sql.append.next_seq", lambda *_: 1)
    with pytest.raises(Unavailable):
        store._write(lambda db: store._log_points(db, 1, 1, curve([0.5], first_step=1)))


def test_the_newest_point_wins_whatever_the_order_of_arrival(store: MetricsOnly) -> None:
    store.append_points(RUN, 7, 1, curve([5.0], first_step=10))
    store.append_points(RUN, 7, 2, curve([4.0, 3.0], first_step=2))
    (summary,) = store.metric_summaries(RUN)
    assert summary[:4] == ("loss", 5.0, 10, START + 10)
    assert (summary.count, summary.min, summary.max) == (3, 3.0, 5.0)


def test_infinities_and_nan_are_kept_and_do_not_count_as_extremes(store: MetricsOnly) -> None:
    store.append_points(RUN, 7, 1, curve([-math.inf]))
    assert latest(store, "value") == [-math.inf]
    assert latest(store, "min") == [None]
    store.append_points(RUN, 7, 2, curve([2.0, math.inf], first_step=1))
    assert latest(store, "value") == [math.inf]
    store.append_points(RUN, 7, 3, curve([math.nan], first_step=3))
    assert repr(latest(store, "value")) == "[nan]"
    assert (latest(store, "min"), latest(store, "max")) == ([2.0], [2.0])
    store.fold()
    assert (
        repr([value for *_, value in history(store)])
        == f"[-{sys.float_info.max}, 2.0, {sys.float_info.max}, nan]"
    )


def newest_sources(store: MetricsOnly) -> list[str | None]:
    columns = tables.latest_metrics.c
    return [row[0] for row in store.run(sa.select(columns.model_id).where(columns.is_latest))]


def test_one_of_several_models_or_data_sets_is_the_newest_of_a_key(store: MetricsOnly) -> None:
    store.append_points(RUN, 7, 1, curve([1.0], 5))
    assert newest_sources(store) == [None]
    store.append_points(RUN, 7, 2, curve([2.0], 6, SeriesName("loss", "m-1", "train", "d1")))
    assert newest_sources(store) == ["m-1"]
    store.append_points(RUN, 7, 3, curve([3.0], 7))
    assert newest_sources(store) == [None]
    store.append_points(RUN, 7, 4, curve([4.0], 6, SeriesName("loss", "m-2")))
    assert newest_sources(store) == [None]
    (summary,) = store.metric_summaries(RUN)
    assert summary == ("loss", 3.0, 7, START + 7, 4, 1.0, 4.0)
    sources = [metric.model_id for metric in store.get_metric_history(RUN, "loss", None, None)]
    assert sorted(map(str, sources)) == ["None", "None", "m-1", "m-2"]
    assert store.read_curve(RUN, SeriesName("loss", "m-2")).value.tolist() == [4.0]
    assert store.read_curve(RUN, LOSS).value.tolist() == [1.0, 3.0]


def test_a_grown_tail_is_folded_and_full_blocks_are_left_alone(store: MetricsOnly) -> None:
    for seq in range(1, 11):
        points = curve(list(np.linspace(seq, seq + 1, 5000)), (seq - 1) * 5000)
        store.append_points(RUN, 7, seq, points)
    sizes = store.run(sa.select(tables.metric_blocks.c["count"]))
    assert (
        sum(size for (size,) in sizes) + 5000 * len(store.run(sa.select(tables.metric_tail.c.seq)))
        == 50_000
    )
    assert 16_384 in [size for (size,) in sizes]
    found = store.read_curve(RUN, LOSS)
    assert np.array_equal(found.step, np.arange(50_000))
    store.fold()
    assert len(store.run(sa.select(tables.metric_blocks.c.block_no))) == 4
    assert store.run(sa.select(tables.metric_tail.c.seq)) == []
    assert np.array_equal(store.read_curve(RUN, LOSS).step, np.arange(50_000))


def test_many_small_appends_are_folded_too(store: MetricsOnly) -> None:
    appends = FOLD_SIZE // (APPEND_SIZE + 1) + 1
    for seq in range(1, appends + 1):
        store.append_points(RUN, 7, seq, curve([0.5], seq))
    assert store.run(sa.select(tables.metric_blocks.c["count"])) == [(appends,)]


def test_slow_runs_do_not_rewrite_all_of_their_points_at_each_fold(store: MetricsOnly) -> None:
    for at in range(40):
        store.append_points(RUN, 7, at + 1, curve([0.5] * 10, at * 10))
        assert store.fold_idle(0) == 1
    blocks = store.run(sa.select(tables.metric_blocks.c["count"]))
    assert len(blocks) < 10
    assert len(history(store)) == 400
    store.append_points(RUN, 7, 41, curve([0.5] * 10, 400))
    store.fold()
    assert store.run(sa.select(tables.metric_blocks.c["count"])) == [(410,)]


def test_only_idle_runs_are_folded_by_the_clock(store: MetricsOnly) -> None:
    store.append_points(RUN, 7, 1, curve([0.5]))
    assert store.fold_idle(60_000) == 0
    assert store.fold_idle(0) == 1
    assert store.fold_idle(0) == 0
    assert history(store) == [(START, 0, 0.5)]


def test_a_fold_that_another_one_overtook_changes_nothing(store: MetricsOnly) -> None:
    store.append_points(RUN, 7, 1, curve([0.5]))
    with store._read() as db:
        fold = plan_fold(db, 1, 1)
    assert fold is not None
    store.append_points(RUN, 7, 2, curve([0.6], 1))
    store.fold()
    with pytest.raises(Stale):
        store._write(lambda db: apply_fold(db, fold))
    assert [value for *_, value in history(store)] == [0.5, 0.6]


def test_a_fold_leaves_what_arrived_meanwhile(store: MetricsOnly) -> None:
    store.append_points(RUN, 7, 1, curve([0.5]))
    with store._read() as db:
        fold = plan_fold(db, 1, 1)
    assert fold is not None
    store.append_points(RUN, 7, 2, curve([0.6], 1))
    store.append_points(RUN, 8, 1, curve([0.7], 2))
    store._write(lambda db: apply_fold(db, fold))
    assert [value for *_, value in history(store)] == [0.5, 0.6, 0.7]


def test_a_fold_that_fails_does_not_fail_the_append(
    store: MetricsOnly, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: Any, **__: Any) -> bool:
        raise Unavailable("The disk is full.")

    monkeypatch.setattr(store, "_fold", full)
    with caplog.at_level(logging.WARNING):
        store.append_points(RUN, 7, 1, curve([0.5] * 20_000))
    assert "The disk is full." in caplog.text
    assert len(store.read_curve(RUN, LOSS).step) == 20_000


def test_readers_beside_folds_see_each_point_once(store: MetricsOnly) -> None:
    stop = threading.Event()
    seen: list[Any] = []

    def read() -> None:
        while not stop.is_set():
            step = store.read_curve(RUN, LOSS).step
            seen.append(np.array_equal(step, np.arange(len(step))))

    reader = threading.Thread(target=read)
    reader.start()
    for seq in range(1, 61):
        store.append_points(RUN, 7, seq, curve([0.5] * 100, (seq - 1) * 100))
        if seq % 3 == 0:
            store.fold_idle(0)
    stop.set()
    reader.join()
    assert all(seen)
    assert len(store.read_curve(RUN, LOSS).step) == 6000


@pytest.mark.parametrize("folded", [False, True])
def test_buckets_along_each_axis(store: MetricsOnly, folded: bool) -> None:
    values = [float(value) for value in range(100)]
    store.append_points(RUN, 7, 1, curve(values))
    if folded:
        store.fold()
    steps = store.read_buckets(RUN, "loss", 10, "step")
    assert steps.x.tolist()[-1] == 99.0
    assert steps.count.sum() == 100
    assert (steps.first[0], steps.min[0], steps.max[-1]) == (0.0, 0.0, 99.0)
    times = store.read_buckets(RUN, "loss", 10, "time", START + 10.0, START + 19.0)
    assert times.x.tolist() == [START + 10.0 + at for at in range(10)]
    relative = store.read_buckets(RUN, "loss", 5, "relative", 0.05, None)
    assert relative.x.tolist()[-1] == 0.099
    assert relative.count.sum() == 50


def test_buckets_take_all_models_and_data_sets_of_a_key_together(store: MetricsOnly) -> None:
    store.append_points(RUN, 7, 1, curve([1.0, 2.0]))
    store.append_points(RUN, 7, 2, curve([3.0, 4.0], 0, SeriesName("loss", "m-1")))
    store.fold()
    found = store.read_buckets(RUN, "loss", 2, "step")
    assert found.count.tolist() == [2, 2]
    assert found.max.tolist() == [3.0, 4.0]


def test_many_keys_are_one_block_and_each_is_found_in_it(store: MetricsOnly) -> None:
    count = 300
    names = [SeriesName(f"metric {number}") for number in range(count)]
    for step in range(5):
        points = Points(
            names, np.arange(count, dtype=np.uint32), np.full(count, step),
            np.full(count, START + step), np.arange(count) * 10.0 + step,
        )  # fmt: skip
        store.append_points(RUN, 7, step + 1, points)
    store.fold()
    assert store.run(sa.select(tables.metric_blocks.c["count"])) == [(1500,)]
    assert store.read_curve(RUN, names[42]).value.tolist() == [420.0 + at for at in range(5)]
    assert latest(store, "key") == sorted(name.key for name in names)


def test_names_of_one_hash_are_refused(store: MetricsOnly, monkeypatch: pytest.MonkeyPatch) -> None:
    store.append_points(RUN, 7, 1, curve([1.0]))
    taken = store.run(sa.select(tables.names.c.key_id))[0][0]
    monkeypatch.setattr("kipu.store.sql.names.key_id", lambda _: taken)
    with pytest.raises(MlflowException, match="another name"):
        store.append_points(RUN, 7, 2, curve([1.0], 0, SeriesName("accuracy")))
    assert len(history(store)) == 1


def test_an_empty_batch_changes_nothing(store: MetricsOnly) -> None:
    store.append_points(RUN, 7, 1, curve([]))
    store._write(lambda db: store._log_points(db, 1, 1, curve([])))
    assert store.run(sa.select(tables.metric_tail.c.seq)) == []


def test_a_fold_of_nothing_is_harmless(store: MetricsOnly) -> None:
    store.fold()
    assert store.run(sa.select(tables.metric_blocks.c.block_no)) == []


@pytest.mark.parametrize("keys", [1, 500])
def test_an_append_takes_four_statements_whatever_its_size(store: MetricsOnly, keys: int) -> None:
    names = [SeriesName(f"metric {number}") for number in range(keys)]

    def send(seq: int) -> None:
        columns = [np.full(keys, seq) for _ in range(2)]
        points = Points(names, np.arange(keys, dtype=np.uint32), *columns, np.zeros(keys))
        store.append_points(RUN, 7, seq, points)

    send(1)
    statements: list[str] = []
    sa.event.listen(
        store._database.engine,
        "before_cursor_execute",
        lambda *event: statements.append(event[2]),
    )
    send(2)
    assert [text for text in statements if not text.startswith("BEGIN")] == statements[-4:]


def test_a_curve_is_read_with_two_statements_and_its_points_with_a_third(
    store: MetricsOnly,
) -> None:
    store.append_points(RUN, 7, 1, curve([0.5] * 40_000))
    store.fold()
    statements: list[str] = []
    sa.event.listen(
        store._database.engine,
        "before_cursor_execute",
        lambda *event: statements.append(event[2]),
    )
    store.read_curve(RUN, LOSS)
    assert len([text for text in statements if text.startswith("SELECT")]) == 3


@pytest.mark.parametrize("spread", [1, 0], ids=["times that grow", "one time for all"])
def test_pages_of_a_long_curve_are_joined_from_blocks_and_tail(
    store: MetricsOnly, spread: int
) -> None:
    step = np.arange(40_000)
    whole = Points([LOSS], np.zeros(len(step), np.uint32), step, START + step // 7 * spread, step)
    store.append_points(RUN, 7, 1, Points(whole.series, *(column[:36_000] for column in whole[1:])))
    store.fold()
    store.append_points(RUN, 7, 2, Points(whole.series, *(column[36_000:] for column in whole[1:])))
    steps: list[int] = []
    token = None
    while True:
        page = store.get_metric_history(RUN, "loss", 9_000, token)
        steps += [metric.step for metric in page]
        token = page.token
        if token is None:
            break
    assert steps == step.tolist()


def test_full_blocks_are_merged_so_that_a_key_lies_in_few_of_them(store: MetricsOnly) -> None:
    keys, steps, folds = 64, 256, MERGED_AT_ONCE + 1
    names = [SeriesName(f"metric {number}") for number in range(keys)]
    index = np.tile(np.arange(keys, dtype=np.uint32), steps)
    for seq in range(folds):
        step = np.repeat(np.arange(steps), keys) + seq * steps
        value = index * 1e6 + step
        store.append_points(RUN, 7, seq + 1, Points(names, index, step, START + step, value))
    blocks = tables.metric_blocks.c
    found = store.run(sa.select(blocks["count"], blocks.level).order_by(blocks.block_no))
    assert found == [*[(16_384, 1)] * MERGED_AT_ONCE, (16_384, 0)]
    for number in (0, 31, 63):
        curve = store.read_curve(RUN, names[number])
        assert np.array_equal(curve.step, np.arange(folds * steps))
        assert np.array_equal(curve.value, number * 1e6 + curve.step)
    holding = [
        sum(1 for _ in Directory.decode(directory).entries(key_id("metric 5")))
        for (directory,) in store.run(sa.select(blocks.directory))
    ]
    assert sum(holding) <= 3
    assert latest(store, "count") == [folds * steps] * keys


def test_a_merge_and_a_fold_that_cross_do_not_take_the_same_numbers(
    store: MetricsOnly, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kipu.store.sql.merge.MERGED_AT_ONCE", 3)
    for seq in range(3):
        step = np.arange(16_384) // 2 + seq * 8_192
        index = np.tile(np.arange(2, dtype=np.uint32), 8_192)
        points = Points([LOSS, SeriesName("acc")], index, step, START + step, step * 1.0)
        store._write(lambda db, points=points: store._log_points(db, 1, 1, points))
        store.fold()
    store.append_points(RUN, 7, 1, curve([0.5] * 10, 100_000))
    with store._read() as db:
        merge, fold = plan_merge(db, 1, 1), plan_fold(db, 1, 1)
    assert merge is not None
    assert fold is not None
    store._write(lambda db: apply_fold(db, merge))
    store._write(lambda db: apply_fold(db, fold))
    assert len(store.read_curve(RUN, LOSS).step) == 3 * 8_192 + 10
