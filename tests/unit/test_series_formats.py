"""Damaged and unknown bytes are refused with a sentence; sizes stay small."""

from __future__ import annotations

import numpy as np
import pytest

from kipu.entities import Metric
from kipu.series.blocks import Directory, Grouped, SeriesId, decode_points, encode_blocks
from kipu.series.columns import pack, unpack
from kipu.series.curves import Curve
from kipu.series.points import Points


def batch() -> bytes:
    return Points.from_metrics([Metric("loss", 0.5, 1, 0), Metric("acc", 0.1, 1, 0)]).encode()


def test_a_batch_that_is_cut_off_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter than its head"):
        Points.decode(batch()[:8])
    with pytest.raises(ValueError, match="bytes, not"):
        Points.decode(batch()[:-1])


def test_a_batch_of_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="begin with KP1"):
        Points.decode(b"PNG\0" + batch()[4:])


def test_a_batch_with_names_that_are_no_json_is_refused() -> None:
    with pytest.raises(ValueError, match="names of the batch"):
        Points.decode(batch().replace(b"[[", b"{[", 1))


def test_a_point_of_no_series_is_refused() -> None:
    data = bytearray(batch())
    data[-4:] = (7).to_bytes(4, "little")
    with pytest.raises(ValueError, match="series that is not there"):
        Points.decode(bytes(data))


def test_columns_of_all_lengths_come_back() -> None:
    for size in (0, 1, 2, 3, 5, 100):
        column = np.arange(size, dtype=np.int64)
        data = pack([column, column.astype(np.float64), column.astype(np.uint32)])
        found = unpack(data, ("<i8", "<f8", "<u4"))
        assert all(np.array_equal(one, column) for one in found)


def test_columns_that_are_cut_off_or_coded_in_a_new_way_are_refused() -> None:
    data = pack([np.arange(100)])
    with pytest.raises(ValueError, match="cut off"):
        unpack(data[:-1], ("<i8",))
    with pytest.raises(ValueError, match="cut off"):
        unpack(data[:3], ("<i8",))
    with pytest.raises(ValueError, match="coded as 9: update Kipu"):
        unpack(b"\x09" + data[1:], ("<i8",))


def test_a_block_of_a_later_format_is_refused() -> None:
    points = Curve(np.arange(3), np.arange(3), np.arange(3.0))
    (block,) = encode_blocks(Grouped([SeriesId(1, 0)], np.zeros(3, np.uint32), points))
    with pytest.raises(ValueError, match="format 2: update Kipu"):
        decode_points(block.points, 2)
    with pytest.raises(ValueError, match="format 2: update Kipu"):
        Directory.decode(block.directory, 2)


def test_many_points_make_several_blocks_and_a_regular_curve_is_small() -> None:
    count = 40_000
    points = Curve(np.arange(count), np.arange(count) * 1000, np.round(np.linspace(1, 0, count), 4))
    encoded = encode_blocks(Grouped([SeriesId(1, 0)], np.zeros(count, np.uint32), points))
    assert [block.count for block in encoded] == [16_384, 16_384, 7_232]
    assert sum(len(block.points) + len(block.directory) for block in encoded) < count
