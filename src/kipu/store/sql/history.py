"""Pages of a metric's history, in MLflow's order: timestamp, step, value.

A point that a logged model has as well is the run's once, as with MLflow.

Infinities are kept, and sort, as what they are; they are told as the largest doubles.
"""

from __future__ import annotations

import binascii
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from kipu.entities import Metric, PagedList
from kipu.exceptions import InvalidParameter
from kipu.series.curves import Curve, Ints, rank
from kipu.series.points import SeriesName

_TOKEN = struct.Struct(">5q")
_LARGEST = float(np.finfo(np.float64).max)


class Place(NamedTuple):
    """A point's place in the history of its key."""

    timestamp: int
    step: int
    rank: int
    bits: int
    source_id: int


@dataclass(frozen=True)
class _History:
    """The points of one key, each with its source, in order."""

    points: Curve
    source: Ints

    @classmethod
    def of(cls, curves: dict[int, Curve], sources: dict[int, SeriesName]) -> _History:
        points = Curve.join(list(curves.values()))
        sizes = [curve.size for curve in curves.values()]
        source = np.repeat(np.array(list(curves), np.int64), sizes)
        if len(curves) < 2 and bool((points.timestamp[1:] >= points.timestamp[:-1]).all()):
            return cls(points, source)  # by step and by time is the same order then
        bits = np.ascontiguousarray(points.value).view(np.int64)
        columns = (source, bits, rank(points.value), points.step, points.timestamp)
        order = np.lexsort(columns)
        if len(curves) > 1:
            order = order[_is_first(columns, _datasets(sources, source))[order]]
        return cls(points.take(order), source[order])

    def places(self, at: slice) -> list[Ints]:
        """The columns that the order goes by."""
        points = self.points.take(at)
        bits = np.ascontiguousarray(points.value).view(np.int64)
        return [points.timestamp, points.step, rank(points.value), bits, self.source[at]]

    def after(self, place: Place) -> int:
        """How many points lie at or before a place."""
        first, last = (
            int(np.searchsorted(self.points.timestamp, place.timestamp, side))
            for side in ("left", "right")
        )
        # Of this one timestamp: compare the other columns, the last of them first.
        beyond = np.zeros(last - first, np.bool_)
        columns = self.places(slice(first, last))
        for column, limit in zip(reversed(columns[1:]), reversed(place[1:]), strict=True):
            beyond = (column > limit) | ((column == limit) & beyond)
        return last - int(np.count_nonzero(beyond))


class Page(NamedTuple):
    """Points of one key as columns, each with the series that it is of, and the next page."""

    series: list[SeriesName]
    value: list[float]
    timestamp: list[int]
    step: list[int]
    token: str | None

    def metrics(self, run_id: str) -> PagedList[Metric]:
        """The points one by one."""
        return PagedList(
            [
                Metric(key, value, timestamp, step, model_id, dataset_name, dataset_digest, run_id)
                for (key, model_id, dataset_name, dataset_digest), value, timestamp, step in zip(
                    self.series, self.value, self.timestamp, self.step, strict=True
                )
            ],
            self.token,
        )


def _datasets(sources: dict[int, SeriesName], source: Ints) -> Ints:
    """A number for the data set of each point."""
    numbers: dict[tuple[str | None, str | None], int] = {}
    of_source = {
        one: numbers.setdefault((name.dataset_name, name.dataset_digest), len(numbers))
        for one, name in sources.items()
    }
    known = np.array(sorted(of_source), np.int64)
    values = np.array([of_source[one] for one in known.tolist()], np.int64)
    return values[np.searchsorted(known, source)]


def _is_first(columns: tuple[Ints, ...], dataset: Ints) -> np.ndarray:
    """For each point, whether no point before it differs in its model alone."""
    source, *rest = columns
    order = np.lexsort((source, dataset, *rest))
    same = np.ones(order.size, np.bool_)
    same[:1] = False
    for column in (dataset, *rest):
        ordered = column[order]
        same[1:] &= ordered[1:] == ordered[:-1]
    first = np.empty(order.size, np.bool_)
    first[order] = ~same
    return first


NO_POINTS = Page([], [], [], [], None)


def history_page(
    sources: dict[int, SeriesName],
    curves: dict[int, Curve],
    max_results: int | None,
    after: Place | None,
) -> Page:
    """The first points after a place, out of curves that hold at least one more than asked for."""
    history = _History.of(curves, sources)
    first = history.after(after) if after else 0
    last = history.points.size
    token = None
    if max_results is not None and first + max_results < last:
        last = first + max_results
        place = [int(column[0]) for column in history.places(slice(last - 1, last))]
        token = urlsafe_b64encode(_TOKEN.pack(*place)).decode().rstrip("=")
    points, source = history.points.take(slice(first, last)), history.source[first:last]
    return Page(
        [sources[number] for number in source.tolist()],
        # As MLflow's databases answer, which know no infinities; NaN stays NaN.
        np.clip(points.value, -_LARGEST, _LARGEST).tolist(),
        points.timestamp.tolist(),
        points.step.tolist(),
        token,
    )


def read_token(token: str) -> Place:
    """Where the page before ended.

    Raises:
        InvalidParameter: The token cannot be read.
    """
    try:
        return Place._make(_TOKEN.unpack(urlsafe_b64decode(token + "=" * (-len(token) % 4))))
    except (struct.error, binascii.Error, ValueError):
        raise InvalidParameter(
            f"The page token {token!r} is none of this store; pass the one that came with the "
            "page before, or none for the first page."
        ) from None
