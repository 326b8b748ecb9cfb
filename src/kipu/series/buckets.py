"""Curves for charts: one summary per column of equal width, never a sample."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kipu.series.curves import Floats, Ints, Places
from kipu.series.summaries import Rows, gather, merge


class Buckets(NamedTuple):
    """A curve summarised in columns of equal width; empty columns are left out.

    ``x`` is where the last point of the column lies, in the unit of the axis asked for. NaN points
    count towards ``count`` only, unless the whole column is NaN.
    """

    x: Floats
    first: Floats
    last: Floats
    min: Floats
    max: Floats
    mean: Floats
    count: Ints  # type: ignore[assignment]  # hides tuple.count


def bucket_points(
    x: Floats, value: Floats, buckets: int, lower: float | None, upper: float | None
) -> Buckets:
    """Summarise points between two places of the axis, both included; None is the curve's end.

    At most ``buckets`` points come back one by one. Points of one place keep their order.
    """
    if not (x[1:] >= x[:-1]).all():
        order = np.argsort(x, kind="stable")
        x, value = x[order], value[order]
    inside = within(x, lower, upper)
    x, value = x[inside], value[inside]
    if len(x) <= buckets:
        return as_buckets(Rows.of_points(x, value))
    begins = edges(x[0] if lower is None else lower, x[-1] if upper is None else upper, buckets)
    return as_buckets(gather(x, value, _starts(x, begins)))


def within(x: Floats, lower: float | None, upper: float | None) -> slice:
    """Which of the ascending places lie between two others, both included."""
    first = 0 if lower is None else int(np.searchsorted(x, lower, "left"))
    last = len(x) if upper is None else int(np.searchsorted(x, upper, "right"))
    return slice(first, max(first, last))


def edges(lower: float, upper: float, buckets: int) -> Floats:
    """Where the columns begin."""
    # Halves, because the whole width may be more than a double can say.
    half = np.float64(upper / 2 - lower / 2)
    shares = np.arange(buckets, dtype=np.float64) * (2 / buckets)
    return np.float64(lower) + half * shares


def bucket_rows(rows: Rows, begins: Floats) -> Buckets:
    """Gather stretches, in ascending order, into the columns that begin at these places."""
    return as_buckets(merge(rows, _starts(rows.x, begins)))


def _starts(x: Floats, begins: Floats) -> Places:
    """The first place of each column that is not empty."""
    # The first column also takes what rounding left below it, the last has no end.
    starts = np.unique(np.concatenate(([0], np.searchsorted(x, begins[1:], "left"))))
    return starts[starts < len(x)]


def as_buckets(rows: Rows) -> Buckets:
    """Each stretch as a column."""
    return Buckets(rows.x, *rows.values, rows.count)
