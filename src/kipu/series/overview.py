"""Buckets of a stored curve: from chunk summaries where they are exact enough, else from points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from kipu.series.blocks import Directory, Entry
from kipu.series.buckets import Buckets, bucket_points, bucket_rows, edges, within
from kipu.series.curves import Curve, Floats, rank
from kipu.series.summaries import Rows

POINTS_AT_ONCE = 50_000
"""Curves up to this length are read point by point in any case: it takes a millisecond or two."""

CHUNKS_PER_COLUMN = 3
"""A summary stands for its points only if it is at most a third of a column wide."""


class Axis(NamedTuple):
    """The steps, or the time in ``unit_ms`` since ``zero_ms`` (ms since the Unix epoch)."""

    by_time: bool
    zero_ms: int = 0
    unit_ms: float = 1.0

    def places(self, curve: Curve) -> Floats:
        """Where the points lie."""
        if not self.by_time:
            return curve.step.astype(np.float64)
        # Whole numbers are taken from each other first: doubles would round.
        places: Floats = (curve.timestamp - self.zero_ms) / self.unit_ms
        return places


class Part(NamedTuple):
    """What one block (or, without a directory, the tail) has of one curve."""

    entry: Entry
    directory: Directory | None = None
    block_no: int = -1

    @property
    def first(self) -> tuple[int, int]:
        """Step and timestamp of the first point."""
        return self.entry.first_step, self.entry.first_timestamp

    @property
    def last(self) -> tuple[int, int]:
        """Step and timestamp of the last point."""
        return self.entry.last_step, self.entry.last_timestamp

    def ends(self, axis: Axis) -> tuple[float, float]:
        """Where the first and the last point lie."""
        columns = np.array([self.first, self.last], np.int64)
        first, last = axis.places(Curve(columns[:, 0], columns[:, 1], np.zeros(2))).tolist()
        return first, last


Load = Callable[[Sequence[Part]], list[Curve]]
"""Reads the points of parts."""


def bucket_parts(
    parts: Sequence[Part],
    load: Load,
    axis: Axis,
    buckets: int,
    lower: float | None,
    upper: float | None,
) -> Buckets:
    """Summarise what blocks and tail have of one key between two places of the axis.

    Each point is in exactly one column. A chunk of 128 neighbours that is at most a third of a
    column wide goes as a whole to the column of its last point.
    """
    parts = sorted(parts, key=lambda part: (part.first, part.last))
    total = sum(part.entry.count for part in parts)
    if total <= max(POINTS_AT_ONCE, buckets) or not apart(parts, axis):
        return _point_by_point(parts, load, axis, buckets, lower, upper)
    low = parts[0].ends(axis)[0] if lower is None else lower
    high = parts[-1].ends(axis)[1] if upper is None else upper
    parts = [part for part in parts if _meets(part.ends(axis), (low, high))]
    width = (high - low) / buckets / CHUNKS_PER_COLUMN
    rows = [_summary(part, axis, (low, high), width) for part in parts]
    if rows.count(None) * 2 < len(rows):
        joined = _filled_in(rows, parts, load, axis, (low, high))
        if joined.count.sum() > buckets:
            return bucket_rows(joined, edges(low, high, buckets))
    return _point_by_point(parts, load, axis, buckets, lower, upper)


def _meets(ends: tuple[float, float], window: tuple[float, float]) -> bool:
    return ends[0] <= window[1] and ends[1] >= window[0]


def _filled_in(
    rows: Sequence[Rows | None],
    parts: Sequence[Part],
    load: Load,
    axis: Axis,
    window: tuple[float, float],
) -> Rows:
    """Summaries, and where there are none the points inside the window, in order."""
    needed = [part for part, known in zip(parts, rows, strict=True) if known is None]
    curves = iter(load(needed))
    complete: list[Rows] = []
    for known in rows:
        if known is None:
            curve = next(curves)
            x = axis.places(curve)
            inside = within(x, *window)
            known = Rows.of_points(x[inside], curve.value[inside])
        complete.append(known)
    return Rows.join(complete)


def _summary(part: Part, axis: Axis, window: tuple[float, float], width: float) -> Rows | None:
    """The chunks of a part inside the window, or None where its points are needed."""
    if part.directory is None or not part.entry.chunk_count:
        return None
    begin, end, rows = part.directory.chunks_of(part.entry)
    starts, ends = axis.places(begin), axis.places(end)
    inside = np.flatnonzero((ends >= window[0]) & (starts <= window[1]))
    starts, ends = starts[inside], ends[inside]
    whole = (starts >= window[0]) & (ends <= window[1]) & (ends - starts <= width)
    return replace(rows.take(inside), x=ends) if whole.all() else None


def apart(parts: Sequence[Part], axis: Axis) -> bool:
    """Whether each part ends before the next begins: then no point is in two of them."""
    pairs = list(pairwise(parts))
    if any(before.last >= after.first for before, after in pairs):
        return False
    return not axis.by_time or (
        all(part.entry.in_time_order for part in parts)
        and all(before.last[1] <= after.first[1] for before, after in pairs)
    )


def _point_by_point(
    parts: Sequence[Part],
    load: Load,
    axis: Axis,
    buckets: int,
    lower: float | None,
    upper: float | None,
) -> Buckets:
    curve = merge_parts(parts, load(parts))
    return bucket_points(axis.places(curve), curve.value, buckets, lower, upper)


def merge_parts(parts: Sequence[Part], curves: Sequence[Curve]) -> Curve:
    """All points of one key by (step, timestamp, value), exact duplicates of a source dropped."""
    by_source: dict[int, list[Curve]] = {}
    for part, curve in zip(parts, curves, strict=True):
        by_source.setdefault(part.entry.series.source_id, []).append(curve)
    sources = [Curve.join(pieces).arranged() for pieces in by_source.values()]
    merged = Curve.join(sources)
    if len(sources) < 2:
        return merged
    return merged.take(np.lexsort((rank(merged.value), merged.timestamp, merged.step)))
