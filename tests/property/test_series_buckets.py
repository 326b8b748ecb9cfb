"""Buckets against a plain loop over all points."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kipu.series.blocks import Directory, Grouped, SeriesId, decode_points, encode_blocks
from kipu.series.buckets import Buckets, bucket_points, edges
from kipu.series.curves import Curve
from kipu.series.overview import Axis, Part, bucket_parts

places = st.one_of(st.integers(-20, 20), st.integers(-(10**9), 10**9)).map(float)
values = st.one_of(
    st.floats(-1e6, 1e6), st.sampled_from([math.nan, math.inf, -math.inf, 1.7e308, -1.7e308])
)
curves = st.lists(st.tuples(places, values), max_size=80)
limits = st.one_of(st.none(), st.floats(-25, 25))


def by_loop(
    curve: list[tuple[float, float]], buckets: int, lower: float | None, upper: float | None
) -> list[tuple[float, ...]]:
    inside = [
        (x, value)
        for x, value in sorted(curve, key=lambda point: point[0])
        if (lower is None or x >= lower) and (upper is None or x <= upper)
    ]
    if len(inside) <= buckets:
        return [(x, value, value, value, value, value, 1) for x, value in inside]
    begins = edges(
        inside[0][0] if lower is None else lower, inside[-1][0] if upper is None else upper, buckets
    ).tolist()
    columns: dict[int, list[tuple[float, float]]] = {}
    for x, value in inside:
        columns.setdefault(max(0, sum(begin <= x for begin in begins) - 1), []).append((x, value))
    return [_summary(points) for _, points in sorted(columns.items())]


def _summary(points: list[tuple[float, float]]) -> tuple[float, ...]:
    known = [value for _, value in points if not math.isnan(value)]
    x, count = points[-1][0], len(points)
    if not known:
        return (x, *[math.nan] * 5, count)
    if {math.inf, -math.inf} <= set(known):
        mean = math.nan
    else:
        mean = sum(value / len(known) for value in known)
    return x, known[0], known[-1], min(known), max(known), mean, count


def rows_of(buckets: Buckets) -> list[tuple[float, ...]]:
    return list(zip(*(column.tolist() for column in buckets), strict=True))


@given(curves, st.integers(1, 20), limits, limits)
def test_buckets_are_what_a_loop_over_all_points_finds(
    curve: list[tuple[float, float]], buckets: int, lower: float | None, upper: float | None
) -> None:
    x = np.array([point[0] for point in curve], np.float64)
    value = np.array([point[1] for point in curve], np.float64)
    found = rows_of(bucket_points(x, value, buckets, lower, upper))
    expected = by_loop(curve, buckets, lower, upper)
    assert len(found) <= buckets
    assert len(found) == len(expected)
    for got, wanted in zip(found, expected, strict=True):
        assert np.array_equal(got[:5] + got[6:], wanted[:5] + wanted[6:], equal_nan=True)
        if math.isfinite(wanted[3]) and math.isfinite(wanted[4]):
            assert wanted[3] <= got[5] <= wanted[4]
            assert math.isclose(
                got[5], wanted[5], rel_tol=1e-9, abs_tol=1e-9 * max(map(abs, wanted[3:5]))
            )
        else:
            assert np.array_equal(got[5], wanted[5], equal_nan=True)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    buckets=st.integers(1, 700),
    by_time=st.booleans(),
    sorted_in_time=st.booleans(),
    gaps=st.booleans(),
    window=st.tuples(st.floats(0, 1), st.floats(0, 1)) | st.none(),
)
def test_buckets_from_summaries_hold_each_point_once_and_keep_their_width(
    seed: int,
    buckets: int,
    by_time: bool,
    sorted_in_time: bool,
    gaps: bool,
    window: tuple[float, float] | None,
) -> None:
    random = np.random.default_rng(seed)
    count = 60_000
    step = np.cumsum(random.integers(1, 1000 if gaps else 2, count))
    timestamp = 1_700_000_000_000 + np.cumsum(random.integers(0, 40, count))
    if not sorted_in_time:
        timestamp = random.permutation(timestamp)
    curve = Curve(step, timestamp, random.standard_normal(count))
    axis = Axis(by_time, 1_700_000_000_000, 1000.0)
    x = axis.places(curve)
    low, high = (None, None) if window is None else np.quantile(x, sorted(window)).tolist()
    parts, load = in_blocks(curve)
    found = bucket_parts(parts, load, axis, buckets, low, high)
    inside = (x >= (x.min() if low is None else low)) & (x <= (x.max() if high is None else high))
    assert len(found.x) <= buckets
    assert found.count.sum() == inside.sum()
    if not inside.any():
        return
    value = curve.value[inside]
    assert found.min.min() == value.min()
    assert found.max.max() == value.max()
    assert math.isclose((found.mean * found.count).sum(), value.sum(), abs_tol=1e-6)
    assert (np.diff(found.x) >= 0).all()
    assert ((found.min <= found.mean) & (found.mean <= found.max)).all()
    # The last points of two columns are the right ones, give or take the width of a chunk.
    begins = edges(
        x[inside].min() if low is None else low, x[inside].max() if high is None else high, buckets
    )
    column = np.searchsorted(begins, found.x, "right") - 1
    if inside.sum() > buckets:
        assert len(set(column.tolist())) == len(column)
    ends = np.sort(x[inside])[np.cumsum(found.count) - 1]
    assert np.array_equal(ends, found.x)


def in_blocks(curve: Curve):  # type: ignore[no-untyped-def]
    """A curve as parts: blocks, and a tail of 1,000 points."""
    code = np.zeros(curve.size - 1000, np.uint32)
    grouped = Grouped([SeriesId(7, 0)], code, curve.take(slice(0, -1000)))
    encoded = encode_blocks(grouped)
    tail = curve.take(slice(-1000, None))
    parts = []
    for number, block in enumerate(encoded):
        directory = Directory.decode(block.directory)
        parts += [Part(entry, directory, number) for entry in directory.entries(7)]
    (entry,) = Directory.decode(
        encode_blocks(Grouped([SeriesId(7, 0)], np.zeros(1000, np.uint32), tail))[0].directory
    ).entries()
    parts.append(Part(entry))

    def load(wanted):  # type: ignore[no-untyped-def]
        return [
            tail.arranged() if part.directory is None
            else decode_points(encoded[part.block_no].points)
            for part in wanted
        ]  # fmt: skip

    return parts, load


def test_a_chunk_over_a_gap_is_read_point_by_point() -> None:
    step = np.concatenate([np.arange(30_000), 10**9 + np.arange(30_000)])
    curve = Curve(step, step + 1, np.ones(60_000))
    parts, load = in_blocks(curve)
    found = bucket_parts(parts, load, Axis(by_time=False), 10, None, None)
    assert found.x.tolist() == [29_999.0, 10**9 + 29_999.0]
    assert found.count.tolist() == [30_000, 30_000]


def test_a_long_curve_of_one_step_is_one_column() -> None:
    nothing = np.zeros(60_000, np.int64)
    curve = Curve(nothing, np.arange(60_000), np.arange(60_000.0))
    parts, load = in_blocks(curve)
    found = bucket_parts(parts, load, Axis(by_time=False), 100, None, None)
    assert rows_of(found) == [(0.0, 0.0, 59_999.0, 0.0, 59_999.0, 29_999.5, 60_000)]


def test_overlapping_parts_drop_what_both_have() -> None:
    curve = Curve(np.arange(60_000), np.arange(60_000), np.ones(60_000))
    parts, load = in_blocks(curve)
    found = bucket_parts([*parts, parts[0]], load, Axis(by_time=False), 100, None, None)
    assert found.count.sum() == 60_000
