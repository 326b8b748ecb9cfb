"""Metric points, and requests and answers about their histories."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Annotated

from msgspec import Meta

from kipu import entities
from kipu.wire.message import Answer, Asked, Int32, Int64, Number, Required, encode, number


class MetricPoint(entities.Metric, frozen=True, forbid_unknown_fields=True):
    """A point as clients send it: an entity at once, whose step may be left out."""

    timestamp: Int64
    step: Int64 = 0


class Metric(Answer):
    """A point; ``timestamp`` in ms since the Unix epoch."""

    key: str
    value: Number
    timestamp: int
    # Sent even when 0.
    step: int
    dataset_name: str | None = None
    dataset_digest: str | None = None
    model_id: str | None = None
    run_id: str | None = None

    @classmethod
    def of(cls, metric: entities.Metric) -> Metric:
        """The wire's form of a point."""
        return cls(
            key=metric.key,
            value=number(metric.value),
            timestamp=metric.timestamp,
            step=metric.step,
            dataset_name=metric.dataset_name,
            dataset_digest=metric.dataset_digest,
            model_id=metric.model_id,
            run_id=metric.run_id,
        )

    def entity(self, run_id: str | None = None) -> entities.Metric:
        """The point that was sent; ``run_id`` where the request named the run."""
        return entities.Metric(
            self.key,
            float(self.value),
            self.timestamp,
            self.step,
            self.model_id,
            self.dataset_name,
            self.dataset_digest,
            self.run_id or run_id,
        )


class GetHistory(Asked, kw_only=True):
    """Read a curve; in pages when ``max_results`` is there."""

    run_id: str = ""
    run_uuid: str = ""
    metric_key: Required
    page_token: str | None = None
    max_results: Int32 | None = None


class HistoryAnswer(Answer):
    """Points in order."""

    metrics: list[Metric] = []
    next_page_token: str | None = None


def encode_history(curves: Iterable[tuple[str, Iterable[entities.Metric]]]) -> bytes:
    """A ``HistoryAnswer`` with the points of curves of some runs, by the run's id."""
    isfinite = math.isfinite
    points = [
        Metric(
            point.key,
            point.value if isfinite(point.value) else number(point.value),
            point.timestamp,
            point.step,
            point.dataset_name,
            point.dataset_digest,
            point.model_id,
            run_id,
        )
        for run_id, curve in curves
        for point in curve
    ]
    return encode(HistoryAnswer(points))


def encode_columns(
    series: Sequence[tuple[str, str | None, str | None, str | None]],
    values: Sequence[float],
    timestamps: Sequence[int],
    steps: Sequence[int],
    token: str | None,
) -> bytes:
    """A ``HistoryAnswer`` from columns; ``series`` holds key, model, data set and digest."""
    numbers: Sequence[Number] = values
    if not all(map(math.isfinite, values)):
        numbers = [number(value) for value in values]
    columns = zip(numbers, timestamps, steps, strict=True)
    one = series[0] if series else ("", None, None, None)
    if one[1:] == (None, None, None) and series.count(one) == len(series):
        # Nearly every page; worth its own lines, which halve the time.
        key = one[0]
        points = [Metric(key, value, timestamp, step) for value, timestamp, step in columns]
    else:
        points = [
            Metric(key, value, timestamp, step, dataset_name, dataset_digest, model_id)
            for (key, model_id, dataset_name, dataset_digest), (value, timestamp, step) in zip(
                series, columns, strict=True
            )
        ]
    return encode(HistoryAnswer(points, token))


RunIds = Annotated[list[str], Meta(min_length=1, max_length=100)]


class GetHistoryBulk(Asked):
    """Read the curves of one key of many runs; the runs are the repeated ``run_id``."""

    run_id: RunIds
    metric_key: Required
    max_results: Int32 = 25_000


class GetHistoryBulkInterval(Asked):
    """Read samples of the curves of one key of many runs."""

    run_ids: RunIds
    metric_key: Required
    start_step: Int32 | None = None
    end_step: Int32 | None = None
    max_results: Int32 = 2_500
