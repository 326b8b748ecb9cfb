"""Histories of metrics."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kipu.entities import Metric
from kipu.exceptions import InvalidParameter, ResourceNotFound
from kipu.server.http import Json, in_thread, query, query_or_body, run_id_of
from kipu.server.sampling import sampled_steps
from kipu.server.state import tracking
from kipu.service.tracking import TrackingService
from kipu.wire.metrics import (
    GetHistory,
    GetHistoryBulk,
    GetHistoryBulkInterval,
    encode_history,
)

MAX_BULK_POINTS = 25_000
MAX_INTERVAL_POINTS = 2_500


async def get_history(request: Request) -> Response:
    """Read a curve."""
    asked = await query_or_body(request, GetHistory)
    return Json(await in_thread(_history, tracking(request), asked, run_id_of(asked)))


def _history(store: TrackingService, asked: GetHistory, run_id: str) -> bytes:
    try:
        return store.metric_history_document(
            run_id, asked.metric_key, asked.max_results, asked.page_token or None
        )
    except ResourceNotFound:
        # As with MLflow: a run that is not there has no points.
        return encode_history([])


async def get_history_bulk(request: Request) -> Response:
    """Read the curves of one key of many runs."""
    asked = query(request, GetHistoryBulk)
    return Json(await in_thread(_history_bulk, tracking(request), asked))


def _history_bulk(store: TrackingService, asked: GetHistoryBulk) -> bytes:
    left = max(0, min(asked.max_results, MAX_BULK_POINTS))
    found: list[tuple[str, list[Metric]]] = []
    for run_id, curve in _curves(store, asked.run_id, asked.metric_key, left):
        found.append((run_id, curve[:left]))
        left -= len(found[-1][1])
        if not left:
            break
    return encode_history(found)


async def get_history_bulk_interval(request: Request) -> Response:
    """Read samples of the curves of one key of many runs, all at the same steps."""
    asked = await query_or_body(request, GetHistoryBulkInterval)
    if not 1 <= asked.max_results <= MAX_INTERVAL_POINTS:
        raise InvalidParameter(
            f"max_results must be from 1 to {MAX_INTERVAL_POINTS}; it is {asked.max_results}."
        )
    if (asked.start_step is None) != (asked.end_step is None):
        raise InvalidParameter("Give start_step and end_step together, or neither.")
    if asked.start_step is not None and asked.start_step > (asked.end_step or 0):
        raise InvalidParameter(
            f"start_step must not lie above end_step; they are {asked.start_step} and"
            f" {asked.end_step}."
        )
    return Json(await in_thread(_history_interval, tracking(request), asked))


def _history_interval(store: TrackingService, asked: GetHistoryBulkInterval) -> bytes:
    curves = dict(_curves(store, asked.run_ids, asked.metric_key, None))
    if asked.start_step is not None and asked.end_step is not None:
        lower, upper = asked.start_step, asked.end_step
        curves = {
            run_id: [metric for metric in curve if lower <= metric.step <= upper]
            for run_id, curve in curves.items()
        }
    steps = sampled_steps(
        [
            (np.array([m.step for m in curve], np.int64), np.array([m.value for m in curve]))
            for curve in curves.values()
        ],
        asked.max_results,
    )
    return encode_history(
        (run_id, [metric for metric in curve if metric.step in wanted])
        for (run_id, curve), wanted in zip(curves.items(), steps, strict=True)
    )


def _curves(
    store: TrackingService, run_ids: list[str], key: str, limit: int | None
) -> Iterator[tuple[str, list[Metric]]]:
    """The curve of each run that there is, in order of run id, as MLflow sorts them."""
    for run_id in sorted(set(run_ids)):
        try:
            yield run_id, store.get_metric_history(run_id, key, limit or None, None)
        except ResourceNotFound:
            continue


routes = [
    Route("/metrics/get-history", get_history, methods=["GET"]),
    Route("/metrics/get-history-bulk", get_history_bulk, methods=["GET"]),
    Route("/metrics/get-history-bulk-interval", get_history_bulk_interval, methods=["GET"]),
]
