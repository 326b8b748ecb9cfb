"""Whatever is appended, retried, folded and merged in whatever order: every point is there once."""

from __future__ import annotations

import math
import struct
import sys
import tempfile
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kipu.entities import Metric
from kipu.series.points import Points, SeriesName
from kipu.store.sql.store import SqlStore

values = st.sampled_from([0.0, -0.0, 1.5, -2.0, math.nan, math.inf, -math.inf])
metrics = st.builds(
    Metric,
    st.sampled_from(["loss", "acc"]),
    values,
    st.integers(0, 4),
    st.integers(-3, 30),
    dataset_name=st.sampled_from([None, None, "test"]),
)
batches = st.lists(metrics, max_size=12)
appends = st.tuples(st.just("append"), st.sampled_from([5, 6]), batches)
others = st.sampled_from([("retry", 5, []), ("fold", 0, []), ("end", 0, [])])
logged = st.tuples(st.just("log"), st.just(0), batches)
actions = st.lists(st.one_of(appends, appends, logged, others), max_size=14)


def bits(value: float) -> bytes:
    return struct.pack("<d", value)


def identity(metric: Metric) -> tuple[object, ...]:
    return (metric.key, metric.dataset_name, metric.timestamp, metric.step, bits(metric.value))


def rank(metric: Metric) -> tuple[int, int, float]:
    number = 0.0 if math.isnan(metric.value) else metric.value
    return metric.timestamp, metric.step, number


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sizes that a few points reach."""
    for name in ("series.blocks", "store.sql.fold", "store.sql.merge"):
        monkeypatch.setattr(f"kipu.{name}.BLOCK_POINTS", 8)
    monkeypatch.setattr("kipu.series.blocks.CHUNK_POINTS", 2)
    monkeypatch.setattr("kipu.series.blocks.SUMMARISED_FROM", 4)
    monkeypatch.setattr("kipu.series.overview.POINTS_AT_ONCE", 0)
    monkeypatch.setattr("kipu.store.sql.merge.MERGED_AT_ONCE", 2)


@pytest.mark.usefixtures("small_blocks")
@settings(max_examples=25, deadline=None)
@given(actions, st.integers(1, 5), st.integers(1, 9))
def test_history_curves_and_buckets_hold_every_point_once(
    script: list[tuple[str, int, list[Metric]]], page_size: int, buckets: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = SqlStore(f"sqlite:///{folder}/kipu.db", str(Path(folder)))
        try:
            run_id = store.create_run("0", None, 0, [], "run").info.run_id
            sent = play(store, run_id, script)
            for key in ("loss", "acc"):
                check(store, run_id, key, [one for one in sent if one.key == key], page_size)
                check_buckets(store, run_id, key, sent, buckets)
        finally:
            store.close()


def play(store: SqlStore, run_id: str, script: list[tuple[str, int, list[Metric]]]) -> list[Metric]:
    sent: list[Metric] = []
    last = {5: 0, 6: 0}
    for action, writer, batch in script:
        match action:
            case "append":
                last[writer] += 1
                store.append_points(run_id, writer, last[writer], Points.from_metrics(batch))
                sent += batch
            case "log":
                store.log_batch(run_id, batch, [], [])
                sent += batch
            case "retry" if last[5]:
                store.append_points(run_id, 5, last[5], Points.from_metrics(batch))
            case "fold":
                store.fold_idle(0)
            case "end":
                store.update_run_info(run_id, "FINISHED", 1, None)
    return sent


def told(metric: Metric) -> Metric:
    """A point as histories tell it: they know no infinities."""
    largest = sys.float_info.max
    value = max(-largest, min(largest, metric.value)) if math.isinf(metric.value) else metric.value
    return msgspec.structs.replace(metric, value=value)


def check(store: SqlStore, run_id: str, key: str, sent: list[Metric], page_size: int) -> None:
    expected = {identity(metric) for metric in sent}
    history: list[Metric] = []
    token = None
    while True:
        page = store.get_metric_history(run_id, key, page_size, token)
        history += page
        token = page.token
        if token is None:
            break
    assert len(history) == len(expected)
    assert {identity(metric) for metric in history} == {identity(told(metric)) for metric in sent}
    ranks = [rank(metric) for metric in history]
    assert ranks == sorted(ranks)
    for dataset in (None, "test"):
        curve = store.read_curve(run_id, SeriesName(key, None, dataset))
        mine = {one[2:] for one in expected if one[1] == dataset}
        columns = (curve.timestamp.tolist(), curve.step.tolist(), map(bits, curve.value.tolist()))
        assert set(zip(*columns, strict=True)) == mine
        assert len(curve.step) == len(mine)
    newest = [one for one in store.metric_summaries(run_id) if one.key == key]
    assert len(newest) == bool(sent)
    for summary in newest:
        latest = Metric(key, summary.value, summary.timestamp, summary.step)
        assert not any(metric.supersedes(latest) for metric in sent)
        assert summary.count >= len(expected)


def check_buckets(store: SqlStore, run_id: str, key: str, sent: list[Metric], buckets: int) -> None:
    points = {identity(metric): metric for metric in sent if metric.key == key}.values()
    for axis, lower, upper in (("step", None, None), ("time", None, None), ("step", 0, 20)):
        places = [one.step if axis == "step" else one.timestamp for one in points]
        inside = [
            (place, one.value)
            for place, one in zip(places, points, strict=True)
            if (lower is None or place >= lower) and (upper is None or place <= upper)
        ]
        found = store.read_buckets(run_id, key, buckets, axis, lower, upper)
        assert int(found.count.sum()) == len(inside)
        assert len(found.x) <= max(1, buckets)
        if inside:
            known = [value for _, value in inside if not math.isnan(value)]
            assert found.x[-1] == max(place for place, _ in inside)
            if known:
                assert np.nanmin(found.min) == min(known)
                assert np.nanmax(found.max) == max(known)
