"""Metric points on a server."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from kipu.entities import Metric, PagedList
from kipu.exceptions import MlflowException, RestException
from kipu.series.buckets import bucket_points
from kipu.series.curves import Curve as Columns
from kipu.series.points import Points, SeriesName
from kipu.store.interface import Buckets, Curve
from kipu.store.rest.access import RestAccess, decoded
from kipu.wire.experiments import Empty
from kipu.wire.kipu import Info, MetricBuckets, MetricBucketsAnswer, Series
from kipu.wire.message import Number, encode
from kipu.wire.metrics import HistoryAnswer
from kipu.wire.runs import LogBatch, RunAnswer

_OWN_API = "/api/kipu/1"
_BATCH = 1000  # points that log-batch takes at once


class RestMetrics(RestAccess):
    """``MetricStore`` over HTTP."""

    # Whether the server is Kipu's own; None until it was asked.
    _own_kind: bool | None = None

    def append_points(self, run_id: str, writer: int, seq: int, points: Points) -> None:
        """See ``MetricStore``.

        An official server knows no writers; it ignores exact duplicates instead. A server that is
        away is an error at once, since the journal has its own way of trying again.
        """
        with self._transport.each_once():
            self._append(run_id, writer, seq, points)

    def _append(self, run_id: str, writer: int, seq: int, points: Points) -> None:
        if self._is_own_kind():
            self._call(
                "POST",
                f"{_OWN_API}/points",
                query={"run_id": run_id, "writer": writer, "seq": seq},
                body=points.encode(),
                content_type="application/x-kipu-points",
            )
            return
        metrics = list(points.metrics())
        for start in range(0, len(metrics), _BATCH):
            batch = LogBatch.of(run_id, metrics[start : start + _BATCH], (), ())
            self._post("/runs/log-batch", batch, Empty)

    def get_metric_history(
        self, run_id: str, key: str, max_results: int | None, page_token: str | None
    ) -> PagedList[Metric]:
        """See ``MetricStore``."""
        answer = self._get(
            "/metrics/get-history",
            HistoryAnswer,
            run_id=run_id,
            metric_key=key,
            max_results=max_results,
            page_token=page_token,
        )
        if not answer.metrics and not page_token:
            # A server answers no points for a run that is not there, too.
            self._get("/runs/get", Empty, run_id=run_id)
        return PagedList(
            (metric.entity(run_id) for metric in answer.metrics), answer.next_page_token
        )

    def read_curve(self, run_id: str, series: SeriesName) -> Curve:
        """See ``MetricStore``."""
        history = self.get_metric_history(run_id, series.key, None, None)
        mine = [metric for metric in history if _series_of(metric) == series]
        return Curve(*_columns(mine).arranged())

    def read_buckets(
        self,
        run_id: str,
        key: str,
        buckets: int,
        axis: str,
        lower: float | None = None,
        upper: float | None = None,
    ) -> Buckets:
        """See ``MetricStore``."""
        if not self._is_own_kind():
            return self._bucket_history(run_id, key, buckets, axis, lower, upper)
        asked = MetricBuckets(
            series=[Series(run_id, key)],
            buckets=buckets,
            axis=axis,  # type: ignore[arg-type]
            lower=lower,
            upper=upper,
        )
        body = self._call("POST", f"{_OWN_API}/metrics/buckets", json_body=encode(asked))
        found = decoded(body, MetricBucketsAnswer).series[0]
        return Buckets(
            x=_numbers(found.x),
            first=_numbers(found.first),
            last=_numbers(found.last),
            min=_numbers(found.min),
            max=_numbers(found.max),
            mean=_numbers(found.mean),
            count=np.array(found.n, np.int64),
        )

    def _bucket_history(
        self,
        run_id: str,
        key: str,
        buckets: int,
        axis: str,
        lower: float | None,
        upper: float | None,
    ) -> Buckets:
        curve = _columns(self.get_metric_history(run_id, key, None, None)).arranged()
        if axis == "step":
            x = curve.step.astype(np.float64)
        elif axis == "time":
            x = curve.timestamp.astype(np.float64)
        else:
            info = self._get("/runs/get", RunAnswer, run_id=run_id).run.info
            x = (curve.timestamp - (info.start_time or 0)) / 1000
        if not len(x):
            none = np.empty(0)
            return Buckets(none, none, none, none, none, none, np.empty(0, np.int64))
        return Buckets(*bucket_points(x, curve.value, buckets, lower, upper))

    def _is_own_kind(self) -> bool:
        if self._own_kind is None:
            self._own_kind = self._ask_kind()
        return self._own_kind

    def _ask_kind(self) -> bool:
        try:
            body = self._call("GET", f"{_OWN_API}/info")
        except RestException as error:
            # The server is there, and is another's.
            if error.error_code in ("ENDPOINT_NOT_FOUND", "RESOURCE_DOES_NOT_EXIST"):
                return False
            raise
        try:
            decoded(body, Info)
        except MlflowException:
            return False  # some page, as proxies and older servers answer
        return True


def _series_of(metric: Metric) -> SeriesName:
    return SeriesName(metric.key, metric.model_id, metric.dataset_name, metric.dataset_digest)


def _numbers(column: Sequence[Number]) -> npt.NDArray[np.float64]:
    return np.array([float(value) for value in column], np.float64)


def _columns(metrics: list[Metric]) -> Columns:
    return Columns(
        np.array([metric.step for metric in metrics], np.int64),
        np.array([metric.timestamp for metric in metrics], np.int64),
        np.array([metric.value for metric in metrics], np.float64),
    )
