"""What goes into blocks comes out, bit by bit."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from kipu.series import blocks
from kipu.series.blocks import (
    CHUNK_POINTS,
    SUMMARISED_FROM,
    Directory,
    Grouped,
    SeriesId,
    decode_points,
    encode_blocks,
)
from kipu.series.curves import Curve, rank

any_double = st.integers(0, 2**64 - 1).map(
    lambda bits: float(np.array([bits], np.uint64).view(np.float64)[0])
)
values = st.one_of(
    st.sampled_from([0.0, -0.0, 1.0, 0.1, float("inf"), float("-inf"), float("nan")]), any_double
)
numbers = st.one_of(st.integers(-3, 3), st.integers(-(2**63), 2**63 - 1))
rows = st.lists(st.tuples(st.integers(0, 4), numbers, numbers, values), max_size=60)


def bits(value: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    return np.ascontiguousarray(value).view(np.int64)


def grouped(rows: list[tuple[int, int, int, float]]) -> Grouped:
    series = [SeriesId(10 * number + 3, number % 2) for number in range(5)]
    code, step, timestamp, value = list(zip(*rows, strict=True)) if rows else [()] * 4
    points = Curve(
        np.array(step, np.int64), np.array(timestamp, np.int64), np.array(value, np.float64)
    )
    return Grouped(series, np.array(code, np.uint32), points)


def stored(encoded: list[blocks.EncodedBlock]) -> list[tuple[SeriesId, int, int, int]]:
    found = []
    for block in encoded:
        points = decode_points(block.points)
        for entry in Directory.decode(block.directory).entries():
            part = points.take(slice(entry.start, entry.start + entry.count))
            columns = (part.step.tolist(), part.timestamp.tolist(), bits(part.value).tolist())
            found += [(entry.series, *row) for row in zip(*columns, strict=True)]
    return found


@given(rows)
def test_blocks_hold_every_point_once_and_bit_exact(
    rows: list[tuple[int, int, int, float]],
) -> None:
    given_points = grouped(rows)
    expected = {
        (given_points.series[code], step, timestamp, value)
        for code, step, timestamp, value in zip(
            given_points.code.tolist(),
            given_points.points.step.tolist(),
            given_points.points.timestamp.tolist(),
            bits(given_points.points.value).tolist(),
            strict=True,
        )
    }
    found = stored(encode_blocks(given_points))
    assert len(found) == len(expected)
    assert set(found) == expected


@given(rows)
def test_points_are_in_order_of_series_step_timestamp_and_value(
    rows: list[tuple[int, int, int, float]],
) -> None:
    found = [
        (series, step, timestamp, int(rank(np.array([value], np.int64).view(np.float64))[0]))
        for series, step, timestamp, value in stored(encode_blocks(grouped(rows)))
    ]
    assert found == sorted(found)


@given(rows)
def test_a_directory_tells_the_ends_of_each_series(rows: list[tuple[int, int, int, float]]) -> None:
    for block in encode_blocks(grouped(rows)):
        points = decode_points(block.points)
        directory = Directory.decode(block.directory)
        for entry in directory.entries():
            part = points.take(slice(entry.start, entry.start + entry.count))
            assert (entry.first_step, entry.last_step) == (part.step[0], part.step[-1])
            assert entry.first_timestamp == part.timestamp[0]
            assert entry.last_timestamp == part.timestamp[-1]
            falls = part.timestamp[1:] < part.timestamp[:-1]
            assert entry.in_time_order == (not falls.any())
            assert list(directory.entries(entry.series.key_id))


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.integers(1, 1500), min_size=1, max_size=6),
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.0, 0.2, 1.0]),
)
def test_chunk_summaries_are_those_of_the_points(
    sizes: list[int], seed: int, share_of_nan: float
) -> None:
    random = np.random.default_rng(seed)
    count = sum(sizes)
    value = random.standard_normal(count)
    value[random.random(count) < share_of_nan] = np.nan
    points = Curve(np.arange(count), random.integers(0, 10**12, count), value)
    code = np.repeat(np.arange(len(sizes), dtype=np.uint32), sizes)
    series = [SeriesId(number, 0) for number in range(len(sizes))]
    for block in encode_blocks(Grouped(series, code, points)):
        directory, decoded = Directory.decode(block.directory), decode_points(block.points)
        for entry in directory.entries():
            assert (entry.chunk_count > 0) == (entry.count >= SUMMARISED_FROM)
            begin, end, chunks = directory.chunks_of(entry)
            for at in range(entry.chunk_count):
                first = entry.start + at * CHUNK_POINTS
                last = min(first + CHUNK_POINTS, entry.start + entry.count)
                chunk = decoded.take(slice(first, last))
                known = chunk.value[~np.isnan(chunk.value)]
                assert chunks.count[at] == chunk.size
                assert chunks.numbers[at] == len(known)
                assert (begin.step[at], end.step[at]) == (chunk.step[0], chunk.step[-1])
                assert begin.timestamp[at] == chunk.timestamp[0]
                assert end.timestamp[at] == chunk.timestamp[-1]
                if len(known):
                    assert chunks.first[at] == known[0]
                    assert chunks.last[at] == known[-1]
                    assert (chunks.min[at], chunks.max[at]) == (known.min(), known.max())
                    assert np.isclose(chunks.mean[at], known.mean(), rtol=1e-12, atol=1e-12)
                else:
                    assert np.isnan([chunks.first[at], chunks.min[at], chunks.mean[at]]).all()
