"""What stays of neighbouring points when they are drawn as one: first, last, extremes, mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kipu.series.curves import Floats, Ints, Places

Values = tuple[Floats, Floats, Floats, Floats, Floats]
"""First, last, least, greatest and mean values of stretches."""


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


def merge(rows: Rows, starts: Places) -> Rows:
    """Make one stretch of all from each start to the next; the first start is 0."""
    ends = np.append(starts[1:], len(rows.x)) - 1
    count = np.add.reduceat(rows.count, starts)
    numbers = np.add.reduceat(rows.numbers, starts)
    has_numbers = rows.numbers > 0
    if has_numbers.all():
        values = _merge_numbers(rows, starts, numbers)
    else:
        values = _no_numbers(len(starts))
        filled = numbers > 0
        if filled.any():
            before: Ints = np.cumsum(has_numbers) - has_numbers
            kept = rows.take(np.flatnonzero(has_numbers))
            merged = _merge_numbers(kept, before[starts[filled]], numbers[filled])
            for column, known in zip(values, merged, strict=True):
                column[filled] = known
    return Rows(rows.x[ends], *values, numbers, count)


def _no_numbers(size: int) -> Values:
    nans = np.full((5, size), np.nan)
    return nans[0], nans[1], nans[2], nans[3], nans[4]


def _merge_numbers(rows: Rows, starts: Places, numbers: Ints) -> Values:
    ends = np.append(starts[1:], len(rows.x)) - 1
    least = np.minimum.reduceat(rows.min, starts)
    most = np.maximum.reduceat(rows.max, starts)
    return rows.first[starts], rows.last[ends], least, most, _mean(rows, starts, numbers)


def _mean(rows: Rows, starts: Places, numbers: Ints) -> Floats:
    # Infinities make infinite means, or NaN where both are: as IEEE 754 has it.
    with np.errstate(over="ignore", invalid="ignore"):
        mean: Floats = np.add.reduceat(rows.mean * rows.numbers, starts) / numbers
        if not np.isfinite(mean).all():
            # The sum of large numbers may overflow where their mean does not.
            share = rows.numbers / np.repeat(numbers, np.diff(np.append(starts, len(rows.x))))
            mean = np.add.reduceat(rows.mean * share, starts)
    return mean
