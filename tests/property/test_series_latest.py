"""The newest point of a batch, against the entity's own rule."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from kipu.entities import Metric
from kipu.series.latest import as_value, latest
from kipu.series.points import Points

values = st.one_of(
    st.sampled_from([0.0, 1.0, math.nan, math.inf, -math.inf]), st.floats(allow_nan=False)
)
metrics = st.builds(
    Metric, st.sampled_from("abc"), values, st.integers(0, 3), st.integers(-2, 2)
)  # fmt: skip


def rank(metric: Metric) -> tuple[int, int, float]:
    return metric.step, metric.timestamp, 0.0 if math.isnan(metric.value) else metric.value


@given(st.lists(metrics, min_size=1, max_size=30))
def test_the_newest_point_is_one_that_no_other_supersedes(batch: list[Metric]) -> None:
    points = Points.from_metrics(batch)
    found = latest(points)
    assert {points.series[one.number].key for one in found} == {metric.key for metric in batch}
    for one in found:
        key = points.series[one.number].key
        curve = [metric for metric in batch if metric.key == key]
        newest = Metric(key, as_value(one.kind, one.value), one.timestamp, one.step)
        assert not any(metric.supersedes(newest) for metric in curve)
        assert rank(newest) in [rank(metric) for metric in curve]
        assert one.points == len(curve)
        known = [metric.value for metric in curve if math.isfinite(metric.value)]
        assert one.min == (min(known) if known else None)
        assert one.max == (max(known) if known else None)
        assert math.isfinite(one.value)


@given(st.lists(metrics, max_size=30))
def test_a_batch_survives_its_encoding(batch: list[Metric]) -> None:
    points = Points.decode(Points.from_metrics(batch).encode())
    assert [repr(metric) for metric in points.metrics()] == [repr(metric) for metric in batch]
