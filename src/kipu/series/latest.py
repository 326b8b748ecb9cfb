"""What a batch of points says about each of its curves: the newest point, count, extremes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kipu.series.curves import Floats, Ints, rank
from kipu.series.points import Points

NUMBER, NAN, INFINITY, MINUS_INFINITY = 0, 1, 2, 3
"""How a database keeps a value: MySQL's doubles know neither NaN nor infinities."""

_LARGEST = float(np.finfo(np.float64).max)


class Latest(NamedTuple):
    """One entry per series of the batch that has points; extremes are over finite values.

    ``number`` counts into the batch's series; ``value`` is 0 for NaN and the largest double for
    infinities, ``kind`` tells them apart; without a finite value the extremes are NaN.
    """

    number: Ints
    points: Ints
    kind: Ints
    value: Floats
    step: Ints
    timestamp: Ints
    min: Floats
    max: Floats


def latest(points: Points) -> Latest:
    """Sum up a batch, curve by curve.

    The newest point has the greatest step, then timestamp, then value, where NaN counts as 0.
    """
    value = points.value
    if len(points) == 1:  # the most common batch of all, and sorting it costs more than the rest
        order, starts = np.zeros(1, np.intp), np.zeros(1, np.intp)
    else:
        order = np.lexsort((rank(value), points.timestamp, points.step, points.index))
        starts = np.flatnonzero(np.diff(points.index[order].astype(np.int64), prepend=-1))
    counts = np.diff(starts, append=len(order))
    newest = order[starts + counts - 1]
    kind, stored = _as_stored(value[newest])
    arranged = value[order]
    finite = np.isfinite(arranged)
    least = np.fmin.reduceat(np.where(finite, arranged, np.nan), starts)
    most = np.fmax.reduceat(np.where(finite, arranged, np.nan), starts)
    return Latest(
        points.index[newest].astype(np.int64), counts, kind, stored,
        points.step[newest], points.timestamp[newest], least, most,
    )  # fmt: skip


def _as_stored(value: Floats) -> tuple[Ints, Floats]:
    kind = np.full(len(value), NUMBER, np.int64)
    kind[np.isnan(value)] = NAN
    kind[value == np.inf] = INFINITY
    kind[value == -np.inf] = MINUS_INFINITY
    return kind, np.nan_to_num(value, nan=0.0, posinf=_LARGEST, neginf=-_LARGEST)


def as_value(kind: int, stored: float) -> float:
    """The value that a database keeps as a kind and a finite number."""
    match kind:
        case 1:
            return float("nan")
        case 2:
            return float("inf")
        case 3:
            return float("-inf")
        case _:
            return stored
