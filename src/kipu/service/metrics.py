"""The rules of metric points."""

from __future__ import annotations

from kipu.entities import Metric, PagedList
from kipu.exceptions import InvalidParameter, ResourceNotFound
from kipu.series.points import Points, SeriesName
from kipu.service.limits import GET_METRIC_HISTORY_MAX_RESULTS
from kipu.service.names import check_key, check_run_id
from kipu.store.interface import Buckets, Curve, ServedStore

MAX_BUCKETS = 4000
_AXES = ("step", "time", "relative")


class MetricRules:
    """``MetricStore``, with everything checked before the store sees it."""

    _store: ServedStore

    def append_points(self, run_id: str, writer: int, seq: int, points: Points) -> None:
        """See ``MetricStore``.

        Raises:
            InvalidParameter: A key is refused, a timestamp lies before 1970, or writer and number
                are none.
        """
        check_run_id(run_id)
        for series in points.series:
            check_key(series.key, "metric")
        if len(points) and int(points.timestamp.min()) < 0:
            raise InvalidParameter("A timestamp must be milliseconds since 1970, 0 or more.")
        if not (0 < writer < 1 << 63 and 0 < seq < 1 << 63):
            raise InvalidParameter("A writer is a number of 63 bits, and counts from 1.")
        self._store.append_points(run_id, writer, seq, points)

    def get_metric_history(
        self, run_id: str, key: str, max_results: int | None, page_token: str | None
    ) -> PagedList[Metric]:
        """See ``MetricStore``; a page holds at most 25,000 points.

        As with MLflow, a run that is not there has an empty history.
        """
        check_run_id(run_id)
        try:
            return self._store.get_metric_history(run_id, key, _page_size(max_results), page_token)
        except ResourceNotFound:
            return PagedList([])

    def metric_history_document(
        self, run_id: str, key: str, max_results: int | None, page_token: str | None
    ) -> bytes:
        """See ``ViewStore``; a page holds at most 25,000 points."""
        check_run_id(run_id)
        size = _page_size(max_results)
        return self._store.metric_history_document(run_id, key, size, page_token)

    def read_curve(self, run_id: str, series: SeriesName) -> Curve:
        """See ``MetricStore``."""
        check_run_id(run_id)
        return self._store.read_curve(run_id, series)

    def read_buckets(
        self,
        run_id: str,
        key: str,
        buckets: int,
        axis: str,
        lower: float | None = None,
        upper: float | None = None,
    ) -> Buckets:
        """See ``MetricStore``.

        Raises:
            InvalidParameter: There is no such axis, or the number of buckets is out of range.
        """
        check_run_id(run_id)
        if axis not in _AXES:
            raise InvalidParameter(f"The axis must be one of {', '.join(_AXES)}; it is {axis!r}.")
        if not 1 <= buckets <= MAX_BUCKETS:
            raise InvalidParameter(f"buckets must be from 1 to {MAX_BUCKETS}; it is {buckets}.")
        return self._store.read_buckets(run_id, key, buckets, axis, lower, upper)


def _page_size(max_results: int | None) -> int | None:
    if max_results is None:
        return None
    if max_results < 1:
        raise InvalidParameter(f"max_results must be 1 or more; it is {max_results}.")
    return min(max_results, GET_METRIC_HISTORY_MAX_RESULTS)
