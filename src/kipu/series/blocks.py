"""Group blocks: compressed points of one run, curve by curve, with a directory of the curves.

Every byte is told in ``docs/design/metric-blocks.md``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kipu.series.columns import Column, Packed, pack, unpack
from kipu.series.curves import Curve, Ints, Places, arrange
from kipu.series.summaries import Rows, gather

FORMAT = 1
"""The layout that this module writes; a reader refuses what it does not know."""

BLOCK_POINTS = 16_384
"""Most points of one block."""

CHUNK_POINTS = 128
"""Points that share one summary."""

SUMMARISED_FROM = 4 * CHUNK_POINTS
"""Curves with fewer points in a block are read point by point; a summary would save nothing."""

_SERIES_TYPES = ("<i8", "<i8", "<u4", "<i8", "<i8", "<i8", "<i8", "<u4")
_CHUNK_TYPES = ("<i8", "<i8", "<i8", "<i8", "<f8", "<f8", "<f8", "<f8", "<f8", "<u4")
_POINT_TYPES = ("<i8", "<i8", "<f8")


class SeriesId(NamedTuple):
    """The numbers that stand for a curve: of its key, and of its model and data set (or 0)."""

    key_id: int
    source_id: int


@dataclass(frozen=True)
class Grouped:
    """Points of many curves: point ``i`` belongs to ``series[code[i]]``, ``series`` ascends."""

    series: list[SeriesId]
    code: npt.NDArray[np.integer]
    points: Curve


@dataclass(frozen=True)
class EncodedBlock:
    """A block as it is stored."""

    count: int
    series_count: int
    directory: bytes
    points: bytes


@dataclass(frozen=True)
class Entry:
    """A curve's part in a block; places are those of the block's points and chunk summaries."""

    series: SeriesId
    start: int
    count: int
    first_step: int
    last_step: int
    first_timestamp: int
    last_timestamp: int
    in_time_order: bool
    chunk_start: int
    chunk_count: int


class Chunks(NamedTuple):
    """Chunk summaries of a curve: where each begins and ends, and what is in it.

    ``x`` of the rows is for the caller to fill in, from the axis that is asked for.
    """

    begin: Curve
    end: Curve
    rows: Rows


@dataclass(frozen=True)
class Directory:
    """Which curves a block holds, by (key id, source id)."""

    _packed: Packed

    @classmethod
    def decode(cls, data: bytes, block_format: int = FORMAT) -> Directory:
        """Read a block's directory.

        Raises:
            ValueError: The format is unknown or the bytes are damaged.
        """
        check_format(block_format)
        return cls(Packed(data, _SERIES_TYPES + _CHUNK_TYPES))

    def entries(self, key_id: int | None = None) -> Iterator[Entry]:
        """The curves of one key, or all."""
        keys = self._packed[0]
        first, last = 0, len(keys)
        if key_id is not None:
            first, last = (int(np.searchsorted(keys, key_id, side)) for side in ("left", "right"))
        if first == last:
            return
        sources, counts, *ends = (self._packed[at] for at in range(1, len(_SERIES_TYPES)))
        starts = _starts(counts)
        chunk_counts = _chunk_counts(counts)
        chunk_starts = _starts(chunk_counts)
        for at in range(first, last):
            first_step, last_step, first_timestamp, last_timestamp, ordered = (
                int(column[at]) for column in ends
            )
            yield Entry(
                SeriesId(int(keys[at]), int(sources[at])),
                int(starts[at]), int(counts[at]),
                first_step, last_step, first_timestamp, last_timestamp, bool(ordered),
                int(chunk_starts[at]), int(chunk_counts[at]),
            )  # fmt: skip

    def chunks_of(self, entry: Entry) -> Chunks:
        """The chunk summaries of a curve; there are none of a short one."""
        span = slice(entry.chunk_start, entry.chunk_start + entry.chunk_count)
        steps, last_steps, times, last_times, first, last, least, most, mean, numbers = (
            self._packed[len(_SERIES_TYPES) + at][span] for at in range(len(_CHUNK_TYPES))
        )
        count = np.full(entry.chunk_count, CHUNK_POINTS, np.int64)
        count[-1:] = (entry.count - 1) % CHUNK_POINTS + 1
        rows = Rows(
            np.zeros(len(count)), first, last, least, most, mean, numbers.astype(np.int64), count
        )
        return Chunks(Curve(steps, times, first), Curve(last_steps, last_times, last), rows)


def encode_blocks(grouped: Grouped) -> list[EncodedBlock]:
    """Sort points, drop exact duplicates, and cut the rest into blocks of at most 16,384."""
    places = arrange(grouped.points, grouped.code)
    if places is not None:
        grouped = Grouped(grouped.series, grouped.code[places], grouped.points.take(places))
    return [
        _encode(
            Grouped(grouped.series, grouped.code[at : at + BLOCK_POINTS],
                    grouped.points.take(slice(at, at + BLOCK_POINTS)))
        )
        for at in range(0, grouped.points.size, BLOCK_POINTS)
    ]  # fmt: skip


def decode_points(data: bytes, block_format: int = FORMAT) -> Curve:
    """All points of a block, in the order of its directory.

    Raises:
        ValueError: The format is unknown or the bytes are damaged.
    """
    check_format(block_format)
    return Curve(*unpack(data, _POINT_TYPES))


def check_format(block_format: int) -> None:
    """Refuse a block that a later version wrote."""
    if block_format != FORMAT:
        raise ValueError(f"A metric block has format {block_format}: update Kipu to read it.")


def _encode(grouped: Grouped) -> EncodedBlock:
    """One block of points that are in order."""
    points = grouped.points
    starts = np.flatnonzero(np.diff(grouped.code, prepend=-1))
    counts = np.diff(starts, append=points.size)
    ends = starts + counts - 1
    series = np.array([grouped.series[code] for code in grouped.code[starts].tolist()], np.int64)
    directory: list[Column] = [
        series[:, 0], series[:, 1], counts.astype(np.uint32),
        points.step[starts], points.step[ends], points.timestamp[starts], points.timestamp[ends],
        _in_time_order(points.timestamp, starts),
        *_summarise(points, starts, counts),
    ]  # fmt: skip
    return EncodedBlock(points.size, len(starts), pack(directory), pack(points))


def _in_time_order(timestamp: Ints, starts: Places) -> Column:
    falls = np.zeros(len(timestamp), np.uint32)
    falls[1:] = timestamp[1:] < timestamp[:-1]
    falls[starts] = 0
    ordered: Column = (np.add.reduceat(falls, starts) == 0).astype(np.uint32)
    return ordered


def _summarise(points: Curve, starts: Places, counts: Ints) -> list[Column]:
    """The columns of the chunk summaries, for the long curves of the block."""
    long = np.flatnonzero(counts >= SUMMARISED_FROM).tolist()
    chunks = [np.arange(starts[at], starts[at] + counts[at], CHUNK_POINTS) for at in long]
    if not chunks:
        return [np.empty(0, kind) for kind in _CHUNK_TYPES]
    chunk_starts = np.concatenate(chunks)
    stops = [np.append(chunk[1:], starts[at] + counts[at])
             for at, chunk in zip(long, chunks, strict=True)]  # fmt: skip
    chunk_ends = np.concatenate(stops) - 1
    members = np.concatenate([np.arange(starts[at], starts[at] + counts[at]) for at in long])
    held = points.take(members)
    nowhere = np.zeros(held.size)
    rows = gather(nowhere, held.value, np.searchsorted(members, chunk_starts))
    return [
        points.step[chunk_starts], points.step[chunk_ends],
        points.timestamp[chunk_starts], points.timestamp[chunk_ends],
        rows.first, rows.last, rows.min, rows.max, rows.mean, rows.numbers.astype(np.uint32),
    ]  # fmt: skip


def _starts(counts: Column) -> Ints:
    ends = np.cumsum(counts, dtype=np.int64)
    return ends - counts


def _chunk_counts(counts: Column) -> Ints:
    whole = counts.astype(np.int64)
    return np.where(whole >= SUMMARISED_FROM, -(-whole // CHUNK_POINTS), 0)
