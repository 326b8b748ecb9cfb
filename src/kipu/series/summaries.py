"""What stays of neighbouring points when they are drawn as one: first, last, extremes, mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kipu.series.curves import Floats, Ints, Places

Values = tuple[Floats, Floats, Floats, Floats, Floats]
"""First, last, least, greatest and mean values of stretches."""

Outer = tuple[Floats, Floats, Floats, Floats]
"""First, last, least and greatest values of stretches."""


@dataclass(frozen=True)
class Rows:
    """Neighbouring stretches of a curve; a single point is a stretch too.

    ``x`` is where the last point of a stretch lies. NaN points count towards ``count`` only;
    ``numbers`` says how many of the points are numbers. Without any, the values are NaN.
    """

    x: Floats
    first: Floats
    last: Floats
    min: Floats
    max: Floats
    mean: Floats
    numbers: Ints
    count: Ints

    def take(self, places: slice | Places) -> Rows:
        """The stretches at these places."""
        first, last, least, most, mean = (column[places] for column in self.values)
        numbers, count = self.numbers[places], self.count[places]
        return Rows(self.x[places], first, last, least, most, mean, numbers, count)

    @property
    def values(self) -> Values:
        """First, last, least, greatest and mean values."""
        return self.first, self.last, self.min, self.max, self.mean

    @classmethod
    def of_points(cls, x: Floats, value: Floats) -> Rows:
        """Each point as a stretch of its own."""
        numbers = (~np.isnan(value)).astype(np.int64)
        return cls(x, value, value, value, value, value, numbers, np.ones(len(x), np.int64))

    @classmethod
    def join(cls, parts: list[Rows]) -> Rows:
        """The stretches of all parts, one part after the other."""
        if len(parts) == 1:
            return parts[0]
        first, last, least, most, mean = (
            np.concatenate(columns)
            for columns in zip(*(part.values for part in parts), strict=True)
        )
        return cls(
            np.concatenate([part.x for part in parts]),
            first, last, least, most, mean,
            np.concatenate([part.numbers for part in parts]),
            np.concatenate([part.count for part in parts]),
        )  # fmt: skip


def gather(x: Floats, value: Floats, starts: Places) -> Rows:
    """Make one stretch of all points from each start to the next; the first start is 0."""
    ends = np.append(starts[1:], len(x)) - 1
    count = ends + 1 - starts
    known = ~np.isnan(value)
    if known.all():
        return _rows(x[ends], _extremes(value, value, value, value, starts),
                     _mean(value, None, starts, count), count, count)  # fmt: skip
    return merge(Rows.of_points(x, value), starts)


def merge(rows: Rows, starts: Places) -> Rows:
    """Make one stretch of all from each start to the next; the first start is 0."""
    ends = np.append(starts[1:], len(rows.x)) - 1
    count = np.add.reduceat(rows.count, starts)
    numbers = np.add.reduceat(rows.numbers, starts)
    has_numbers = rows.numbers > 0
    if has_numbers.all():
        return _rows(rows.x[ends], *_merge_numbers(rows, starts, numbers), numbers, count)
    values = np.full((5, len(starts)), np.nan)
    filled = numbers > 0
    if filled.any():
        before: Ints = np.cumsum(has_numbers) - has_numbers
        kept = rows.take(np.flatnonzero(has_numbers))
        outer, mean = _merge_numbers(kept, before[starts[filled]], numbers[filled])
        values[:, filled] = (*outer, np.clip(mean, outer[2], outer[3]))
    first, last, least, most, means = values
    return Rows(rows.x[ends], first, last, least, most, means, numbers, count)


def _rows(x: Floats, outer: Outer, mean: Floats, numbers: Ints, count: Ints) -> Rows:
    first, last, least, most = outer
    # Rounding may carry the mean of equal numbers beyond them.
    return Rows(x, first, last, least, most, np.clip(mean, least, most), numbers, count)


def _merge_numbers(rows: Rows, starts: Places, numbers: Ints) -> tuple[Outer, Floats]:
    outer = _extremes(rows.first, rows.last, rows.min, rows.max, starts)
    return outer, _mean(rows.mean, rows.numbers, starts, numbers)


def _extremes(first: Floats, last: Floats, least: Floats, most: Floats, starts: Places) -> Outer:
    ends = np.append(starts[1:], len(first)) - 1
    return (
        first[starts],
        last[ends],
        np.minimum.reduceat(least, starts),
        np.maximum.reduceat(most, starts),
    )


def _mean(value: Floats, weight: Ints | None, starts: Places, total: Ints) -> Floats:
    # Infinities make infinite means, or NaN where both are: as IEEE 754 has it.
    with np.errstate(over="ignore", invalid="ignore"):
        weighted = value if weight is None else value * weight
        mean: Floats = np.add.reduceat(weighted, starts) / total
        if not np.isfinite(mean).all():
            # The sum of large numbers may overflow where their mean does not.
            share = np.repeat(1.0 / total, np.diff(np.append(starts, len(value))))
            mean = np.add.reduceat(value * (share if weight is None else weight * share), starts)
    return mean
