"""A curve as columns: its order, and what of it is said twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]


class Curve(NamedTuple):
    """All points of one curve, by (step, timestamp, value), exact duplicates dropped."""

    step: Ints
    timestamp: Ints
    value: Floats

    @property
    def size(self) -> int:
        """The number of points."""
        return len(self.step)

    def take(self, places: Places | slice) -> Curve:
        """The points at these places."""
        return Curve(self.step[places], self.timestamp[places], self.value[places])

    @classmethod
    def join(cls, parts: Sequence[Curve]) -> Curve:
        """The points of all parts, one part after the other."""
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return EMPTY
        return cls(
            np.concatenate([part.step for part in parts]),
            np.concatenate([part.timestamp for part in parts]),
            np.concatenate([part.value for part in parts]),
        )

    def arranged(self) -> Curve:
        """The points in order, each once."""
        places = arrange(self)
        return self if places is None else self.take(places)


EMPTY = Curve(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float64))


def rank(value: Floats) -> Ints:
    """Integers that sort like the values: -0 before 0, and NaN as 0, as MLflow has it."""
    bits = np.where(np.isnan(value), 0.0, value).view(np.int64)
    # The bits of negative doubles grow with their size: turn all but the sign around.
    flipped: Ints = bits ^ ((bits >> 63) & np.int64(0x7FFF_FFFF_FFFF_FFFF))
    return flipped


def arrange(points: Curve, group: npt.NDArray[np.integer] | None = None) -> Places | None:
    """Places of the points by (group, step, timestamp, value), without exact duplicates.

    None means that all of them are in order already. Values are duplicates when their bits are.
    """
    if group is None:
        return None if ascends(points) else _sorted(points, np.zeros(points.size, np.uint8))
    # Each curve most often arrives in order: then sorting by group alone is enough.
    by_group = np.argsort(group, kind="stable")
    if ascends(points.take(by_group), group[by_group]):
        return by_group
    return _sorted(points, group)


def ascends(points: Curve, group: npt.NDArray[np.integer] | None = None) -> bool:
    """Whether each point has a greater (group, step, timestamp) than the one before."""
    later = points.timestamp[1:] > points.timestamp[:-1]
    step = points.step
    after = (step[1:] > step[:-1]) | ((step[1:] == step[:-1]) & later)
    if group is not None:
        after = (group[1:] > group[:-1]) | ((group[1:] == group[:-1]) & after)
    return bool(after.all())


def _sorted(points: Curve, group: npt.NDArray[np.integer]) -> Places:
    bits = np.ascontiguousarray(points.value).view(np.int64)
    # NaNs share a rank, so that only their bits bring equal ones together.
    order = np.lexsort((bits, rank(points.value), points.timestamp, points.step, group))
    fresh = np.ones(len(order), np.bool_)
    if len(order):
        fresh[1:] = False
    for column in (group, points.step, points.timestamp, bits):
        arranged = column[order]
        fresh[1:] |= arranged[1:] != arranged[:-1]
    return order[fresh]
