"""Kipu's own endpoints; ``docs/design/kipu-api.md`` tells what they mean."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import numpy as np
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from kipu.exceptions import InvalidParameter
from kipu.series.points import Points
from kipu.server.http import answer, body, in_thread, query, read_body
from kipu.server.state import state, tracking
from kipu.service.tracking import TrackingService
from kipu.store.interface import Buckets
from kipu.store.views import RunTable as StoredTable
from kipu.version import __version__
from kipu.wire.experiments import Empty
from kipu.wire.kipu import (
    AppendPoints,
    BucketedSeries,
    Changed,
    ExperimentSummaries,
    ExperimentSummary,
    Info,
    ListExperiments,
    MetricBuckets,
    MetricBucketsAnswer,
    MetricColumn,
    MetricSummary,
    RunColumns,
    RunColumnsAnswer,
    RunMetricsAnswer,
    RunTable,
    RunTableAnswer,
    WatchChanges,
    codes,
    number_column,
    optional_number,
    text_columns,
)
from kipu.wire.message import encode, number
from kipu.wire.states import view_number

POINTS_TYPE = "application/x-kipu-points"
LOOK_EVERY_S = 0.5
COMMENT_EVERY_S = 15.0


async def info(request: Request) -> Response:
    """Tell what kind of server this is."""
    found = state(request)
    proxied = "proxied" if found.artifacts is not None else "direct"
    return answer(Info(__version__, found.store_kind, proxied))


async def experiments(request: Request) -> Response:
    """List experiments with their runs counted."""
    asked = query(request, ListExperiments)
    found = await in_thread(tracking(request).experiment_summaries, view_number(asked.view_type))
    return answer(
        ExperimentSummaries([
            ExperimentSummary(
                each.experiment.experiment_id,
                each.experiment.name,
                each.experiment.lifecycle_stage,
                each.experiment.creation_time,
                each.experiment.last_update_time,
                each.experiment.tags,
                each.run_count,
                each.running_count,
                each.last_run_time,
            )
            for each in found
        ])
    )  # fmt: skip


async def run_columns(request: Request) -> Response:
    """Tell which columns a run table can have."""
    asked = await body(request, RunColumns)
    found = await in_thread(tracking(request).run_columns, asked.experiment_ids)
    return answer(
        RunColumnsAnswer(
            [MetricColumn(column.name, column.runs) for column in found.metrics],
            text_columns(found.params),
            text_columns(found.tags),
        )
    )


async def run_table(request: Request) -> Response:
    """Answer runs as columns."""
    asked = await body(request, RunTable)
    table = await in_thread(
        tracking(request).run_table,
        asked.experiment_ids,
        asked.filter or None,
        view_number(asked.view_type),
        asked.order_by,
        asked.metrics,
        asked.params,
        asked.tags,
        asked.limit,
    )
    return await in_thread(_table_answer, table)


def _table_answer(table: StoredTable) -> Response:
    return answer(
        RunTableAnswer(
            count=len(table.run_id),
            total=table.total,
            run_id=table.run_id,
            experiment_id=table.experiment_id,
            run_name=table.run_name,
            status=table.status,
            start_time=table.start_time,
            end_time=table.end_time,
            lifecycle_stage=table.lifecycle_stage,
            user_id=table.user_id,
            parent_run_id=table.parent_run_id,
            changed=table.changed,
            metrics={name: number_column(column) for name, column in table.metrics.items()},
            params=codes(table.params),
            tags=codes(table.tags),
            cursor=table.cursor,
        )
    )


async def buckets(request: Request) -> Response:
    """Answer curves, summarised per column of a chart."""
    asked = await body(request, MetricBuckets)
    return await in_thread(_buckets_answer, tracking(request), asked)


def _buckets_answer(store: TrackingService, asked: MetricBuckets) -> Response:
    return answer(
        MetricBucketsAnswer([
            _bucketed(
                series.run_id,
                series.key,
                store.read_buckets(
                    series.run_id, series.key, asked.buckets, asked.axis, asked.lower, asked.upper
                ),
            )
            for series in asked.series
        ])
    )  # fmt: skip


def _bucketed(run_id: str, key: str, found: Buckets) -> BucketedSeries:
    columns = (found.x, found.first, found.last, found.min, found.max, found.mean)
    x, first, last, low, high, mean = (
        column.tolist() if np.isfinite(column).all() else [number(v) for v in column.tolist()]
        for column in columns
    )
    count = int(found.count.sum())
    return BucketedSeries(run_id, key, count, x, first, last, low, high, mean, found.count.tolist())


async def run_metrics(request: Request) -> Response:
    """Answer each metric of a run with its latest value, count and extremes."""
    found = await in_thread(tracking(request).metric_summaries, request.path_params["run_id"])
    return answer(
        RunMetricsAnswer([
            MetricSummary(
                each.key,
                number(each.value),
                each.step,
                each.timestamp,
                each.count,
                optional_number(each.min),
                optional_number(each.max),
            )
            for each in found
        ])
    )  # fmt: skip


async def append_points(request: Request) -> Response:
    """Append a batch of points, exactly once."""
    asked = query(request, AppendPoints)
    kind = request.headers.get("content-type", "")
    if kind != POINTS_TYPE:
        raise InvalidParameter(f"The Content-Type must be {POINTS_TYPE}; it is {kind!r}.")
    await in_thread(_append, tracking(request), asked, await read_body(request))
    return answer(Empty())


def _append(store: TrackingService, asked: AppendPoints, batch: bytes) -> None:
    try:
        points = Points.decode(batch)
    except ValueError as error:
        raise InvalidParameter(f"The body is no batch of points: {error}") from None
    store.append_points(asked.run_id, asked.writer, asked.seq, points)


async def changes(request: Request) -> Response:
    """Tell what changes, as server-sent events, until the client goes."""
    asked = query(request, WatchChanges)
    cursor = asked.cursor
    last_seen = request.headers.get("last-event-id", "")
    if last_seen.isdecimal():
        cursor = int(last_seen)
    if cursor is None:
        cursor = time.time_ns() // 1_000_000
    store = tracking(request)
    first = await in_thread(store.changes_since, cursor, asked.experiment_id, asked.run_id)
    events = _events(request, store, asked, cursor if first.run_ids else first.cursor)
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return StreamingResponse(events, 200, headers, "text/event-stream")


async def _events(
    request: Request, store: TrackingService, asked: WatchChanges, cursor: int
) -> AsyncIterator[bytes]:
    stopping: asyncio.Event = request.app.state.stopping
    yield b": watching\n\n"
    said = time.monotonic()
    while not stopping.is_set():
        found = await in_thread(store.changes_since, cursor, asked.experiment_id, asked.run_id)
        cursor = found.cursor
        if found.run_ids:
            data = encode(Changed(found.cursor, found.run_ids))
            yield b"id: %d\nevent: changed\ndata: %b\n\n" % (cursor, data)
            said = time.monotonic()
        elif time.monotonic() - said > COMMENT_EVERY_S:
            yield b": still here\n\n"
            said = time.monotonic()
        try:
            await asyncio.wait_for(stopping.wait(), LOOK_EVERY_S)
        except TimeoutError:
            continue


routes = [
    Route("/info", info, methods=["GET"]),
    Route("/points", append_points, methods=["POST"]),
    Route("/experiments", experiments, methods=["GET"]),
    Route("/runs/columns", run_columns, methods=["POST"]),
    Route("/runs/table", run_table, methods=["POST"]),
    Route("/runs/{run_id}/metrics", run_metrics, methods=["GET"]),
    Route("/metrics/buckets", buckets, methods=["POST"]),
    Route("/changes", changes, methods=["GET"]),
]
