"""Metric points."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import zip_longest
from typing import Any, TypeVar

from kipu.client.operations import RunOperations, get_combined_run_operations
from kipu.client.recorder import Recorder
from kipu.client.tracking import Tracking
from kipu.entities import Metric, PagedList, Param, RunTag
from kipu.environment_variables import MLFLOW_ENABLE_ASYNC_LOGGING
from kipu.exceptions import ResourceNotFound
from kipu.service.limits import MAX_PARAMS_TAGS_PER_BATCH
from kipu.store.interface import TrackingStore

T = TypeVar("T")


class MetricsClient:
    """What can be done with metrics, and batches that may hold them."""

    _tracking: Tracking

    def log_metric(
        self,
        run_id: str,
        key: str,
        value: Any,
        timestamp: int | None = None,
        step: int | None = None,
        synchronous: bool | None = None,
        dataset_name: str | None = None,
        dataset_digest: str | None = None,
        model_id: str | None = None,
    ) -> RunOperations | None:
        """Write one point of a curve.

        It is safe in the journal when this returns, and in the store a moment later; every read
        of this process waits for it.

        Args:
            run_id: The run; that it exists and is active is checked with its first point.
            key: At most 250 characters: letters, digits, space and ``_ - . : /``.
            value: A number, or an array or tensor of one element.
            timestamp: Milliseconds since the Unix epoch; left out, now.
            step: Place on the x axis; left out, 0.
            synchronous: True returns when the point is stored, False answers with
                ``RunOperations`` to wait on.
            dataset_name: Data set that the value was measured on, with its digest.
            dataset_digest: See ``dataset_name``.
            model_id: Logged model that the value belongs to.

        Raises:
            InvalidParameter: The point cannot be stored, or the run is deleted.
            ResourceNotFound: No run has this id.
        """
        if model_id is None and dataset_name is None and synchronous is not True:
            answers = MLFLOW_ENABLE_ASYNC_LOGGING.get() if synchronous is None else True
            return Recorder(self._tracking, run_id, answers).log(key, value, step, timestamp)
        now = time.time_ns() // 1_000_000 if timestamp is None else timestamp
        point = Metric(key, value, now, step or 0, model_id, dataset_name, dataset_digest)
        return self._tracking.log_points(run_id, [point], synchronous)

    def log_batch(
        self,
        run_id: str,
        metrics: Sequence[Metric] = (),
        params: Sequence[Param] = (),
        tags: Sequence[RunTag] = (),
        synchronous: bool | None = None,
    ) -> RunOperations | None:
        """Write points, params and tags, in as many requests as it takes.

        Params and tags are stored when this returns, points as with ``log_metric``;
        ``synchronous`` means what it means there.

        Raises:
            InvalidParameter: Something cannot be stored, or a param has another value already.
            ResourceNotFound: No run has this id.
        """
        operations = []
        batches = zip_longest(
            _chunks(params, MAX_PARAMS_TAGS_PER_BATCH),
            _chunks(tags, MAX_PARAMS_TAGS_PER_BATCH),
            fillvalue=(),
        )
        for some_params, some_tags in batches:
            batch = partial(_write_batch, run_id, some_params, some_tags)
            operations.append(self._tracking.write(batch, synchronous))
        if metrics:
            operations.append(self._tracking.log_points(run_id, metrics, synchronous))
        return get_combined_run_operations([one for one in operations if one is not None])

    def get_metric_history(self, run_id: str, key: str) -> PagedList[Metric]:
        """All points of a curve, by time, step and value.

        As with MLflow, a run that is not there has an empty history.
        """
        try:
            return self._tracking.settled(run_id).get_metric_history(run_id, key, None, None)
        except ResourceNotFound:
            return PagedList([])


def _write_batch(
    run_id: str, params: Sequence[Param], tags: Sequence[RunTag], store: TrackingStore
) -> None:
    store.log_batch(run_id, (), params, tags)


def _chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[at : at + size] for at in range(0, len(items), size))
