"""Journal bytes as columns: finds the records, and gathers their points run by run.

Loaded on the writer thread or at recovery only: this is where NumPy comes in.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from kipu.journal.records import (
    POINT,
    POINT_MARK,
    ROW,
    ROW_HEAD,
    RUN,
    SERIES,
    SHAPE,
    read_shape,
    read_texts,
)
from kipu.series.points import Points, SeriesName

Column = npt.NDArray[Any]

_FIRST_LOOK = 16


class Tables:
    """What the numbers of a file mean, as far as it was read."""

    def __init__(self) -> None:
        self.runs: dict[int, str] = {}
        self.series: dict[int, SeriesName] = {}
        self.shapes: dict[int, tuple[int, ...]] = {}

    def learn(self, data: bytes, at: int, kind: int) -> None:
        """Take in a record that defines a number; others are passed over."""
        if kind == RUN:
            number, texts = read_texts(data, at)
            self.runs[number] = texts[0] or ""
        elif kind == SERIES:
            number, texts = read_texts(data, at)
            self.series[number] = SeriesName(texts[0] or "", *texts[1:])
        elif kind == SHAPE:
            number, columns = read_shape(data, at)
            self.shapes[number] = columns


class Found:
    """Where the points of some journal bytes are: (offset, count) of stretches of like records."""

    def __init__(self) -> None:
        self.points: list[tuple[int, int]] = []
        self.rows: dict[tuple[int, int], list[tuple[int, int]]] = {}
        self.end = 0

    @property
    def count(self) -> int:
        """How many points there are."""
        total = sum(count for _, count in self.points)
        for (mark, _), places in self.rows.items():
            width = ((mark >> 8) - ROW_HEAD) // 8
            total += width * sum(count for _, count in places)
        return total


def find(data: bytes, tables: Tables) -> Found:
    """Find all whole records; names are taken into ``tables``.

    Like records in a row are found together, so the loop turns once per change of kind.
    """
    found = Found()
    size = len(data) // 8 * 8
    words = np.frombuffer(data, "<u4", size // 4)
    at, before, look = 0, None, _FIRST_LOOK
    while at + 8 <= size:
        mark = int.from_bytes(data[at + 4 : at + 8], "little")
        length, kind = mark >> 8, mark & 0xFF
        if length < 8 or at + length > size:
            break
        if kind not in (POINT, ROW):
            tables.learn(data, at, kind)
            before, at = None, at + length
            continue
        shape = 0 if kind == POINT else int.from_bytes(data[at + 12 : at + 16], "little")
        count = 1
        if before == (mark, shape):
            count, look = _alike(words, at // 4, length // 4, look, kind == ROW)
        else:
            before, look = (mark, shape), _FIRST_LOOK
        places = found.points if kind == POINT else found.rows.setdefault((mark, shape), [])
        places.append((at, count))
        at += count * length
    found.end = at
    return found


def _alike(words: Column, at: int, stride: int, look: int, rows: bool) -> tuple[int, int]:
    """How many records like the one at ``at`` follow each other, and how far to look next."""
    stop = min(len(words) // stride * stride + at % stride, at + look * stride, len(words))
    count = (stop - at) // stride
    marks = words[at + 1 : at + count * stride : stride]
    same = marks == marks[0]
    if rows:
        shapes = words[at + 3 : at + count * stride : stride]
        same &= shapes == shapes[0]
    if same.all():
        return count, look * 4
    return int(same.argmin()), _FIRST_LOOK


def _places(stretches: list[tuple[int, int]], size: int) -> Column:
    """The offset of every record, in words of 8 bytes."""
    if len(stretches) == 1:
        start, count = stretches[0]
        return np.arange(start // 8, start // 8 + count * (size // 8), size // 8)
    starts, counts = np.array(stretches, np.int64).T
    ends = np.cumsum(counts)
    within = np.arange(ends[-1]) - np.repeat(ends - counts, counts)
    places: Column = np.repeat(starts // 8, counts) + within * (size // 8)
    return places


def decode(data: bytes, tables: Tables) -> tuple[list[tuple[str, Points]], int]:
    """The points of some journal bytes, run by run in order of arrival, and where they end."""
    found = find(data, tables)
    columns = _gather(data, found, tables)
    return ([] if columns is None else _by_run(*columns, tables)), found.end


def _gather(
    data: bytes, found: Found, tables: Tables
) -> tuple[Column, Column, Column, Column, Column] | None:
    size = len(data) // 8 * 8
    small = np.frombuffer(data, "<u4", size // 4)
    whole = np.frombuffer(data, "<i8", size // 8)
    real = np.frombuffer(data, "<f8", size // 8)
    groups = []
    if found.points:
        at = _places(found.points, POINT_MARK >> 8)
        run, series = small[2 * at + 2], small[2 * at + 3]
        groups.append((at, run, series, whole[at + 2], whole[at + 3], real[at + 4]))
    for (mark, shape), stretches in found.rows.items():
        columns = tables.shapes.get(shape)
        if columns is None:  # its definition was damaged
            continue
        at, width = _places(stretches, mark >> 8), len(columns)
        value = real[(at[:, None] + 4) + np.arange(width)].ravel()
        series = np.tile(np.array(columns, np.uint32), len(at))
        wide = [np.repeat(x, width) for x in (at, small[2 * at + 2], whole[at + 2], whole[at + 3])]
        groups.append((wide[0], wide[1], series, wide[2], wide[3], value))
    if not groups:
        return None
    if len(groups) == 1:
        return groups[0][1:]
    joined = [np.concatenate(parts) for parts in zip(*groups, strict=True)]
    at, run, series, step, time, value = joined
    order = np.argsort(at, kind="stable")
    return run[order], series[order], step[order], time[order], value[order]


def _by_run(
    run: Column, series: Column, step: Column, time: Column, value: Column, tables: Tables
) -> list[tuple[str, Points]]:
    if (run == run[0]).all():
        parts: list[tuple[int, Any]] = [(int(run[0]), slice(None))]
    else:
        order = np.argsort(run, kind="stable")
        numbers, starts = np.unique(run[order], return_index=True)
        pieces = np.split(order, starts[1:])
        parts = list(zip(numbers.tolist(), pieces, strict=True))
    batches = []
    for number, part in parts:
        points = _points(series[part], step[part], time[part], value[part], tables)
        if number in tables.runs and len(points):
            batches.append((tables.runs[number], points))
    return batches


def _points(series: Column, step: Column, time: Column, value: Column, tables: Tables) -> Points:
    numbers, index = np.unique(series, return_inverse=True)
    known = [tables.series.get(number) for number in numbers.tolist()]
    if None in known:  # a definition was damaged: keep what can still be named
        kept = np.isin(series, [number for number in numbers.tolist() if number in tables.series])
        return _points(series[kept], step[kept], time[kept], value[kept], tables)
    names = [name for name in known if name is not None]
    return Points(names, index.astype(np.uint32).ravel(), step, time, value)
