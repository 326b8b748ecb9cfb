"""Requests and answers of Kipu's own endpoints, as ``docs/design/kipu-api.md`` explains them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from kipu.wire.message import Asked, Int64, Number, Required, number
from kipu.wire.states import View


class KipuAnswer(Struct, gc=False):
    """An answer whose fields are always there, null where there is nothing."""


class ListExperiments(Asked):
    """Read all experiments of a view."""

    view_type: View = "ACTIVE_ONLY"


class ExperimentSummary(KipuAnswer):
    """An experiment and how many active runs it has."""

    experiment_id: str
    name: str
    lifecycle_stage: str
    creation_time: int | None
    last_update_time: int | None
    tags: dict[str, str]
    run_count: int
    running_count: int
    last_run_time: int | None


class ExperimentSummaries(KipuAnswer):
    """Experiments, those with the newest run first."""

    experiments: list[ExperimentSummary]


class RunColumns(Asked):
    """Ask which columns a run table can have."""

    experiment_ids: list[str]


class MetricColumn(KipuAnswer):
    """A metric that some active runs have."""

    name: str
    runs: int


class TextColumn(KipuAnswer):
    """A param or tag that some active runs have, with how many different values."""

    name: str
    runs: int
    distinct: int


class RunColumnsAnswer(KipuAnswer):
    """Columns by name."""

    metrics: list[MetricColumn]
    params: list[TextColumn]
    tags: list[TextColumn]


class RunTable(Asked):
    """Ask for runs as columns."""

    experiment_ids: list[str]
    filter: str | None = None
    view_type: View = "ACTIVE_ONLY"
    order_by: list[str] = []
    metrics: list[str] = []
    params: list[str] = []
    tags: list[str] = []
    limit: Annotated[int, Meta(ge=0, le=100_000)] = 100_000


class Codes(KipuAnswer):
    """Text per run: ``values[codes[i]]``; code -1 where run ``i`` lacks it."""

    values: list[str]
    codes: list[int]


class RunTableAnswer(KipuAnswer):
    """Runs as columns of one length."""

    count: int
    total: int
    run_id: list[str]
    experiment_id: list[str]
    run_name: list[str]
    status: list[str]
    start_time: list[int]
    end_time: list[int | None]
    lifecycle_stage: list[str]
    user_id: list[str]
    parent_run_id: list[str | None]
    changed: list[int]
    metrics: dict[str, list[Number | None]]
    params: dict[str, Codes]
    tags: dict[str, Codes]
    cursor: int


class WatchChanges(Asked):
    """Ask to be told what changes, as server-sent events."""

    cursor: Int64 | None = None
    experiment_id: list[str] = []
    run_id: list[str] = []


class Changed(KipuAnswer):
    """Runs that changed, and where to go on."""

    cursor: int
    run_ids: list[str]


class Series(Asked):
    """One curve."""

    run_id: Required
    key: Required


class MetricBuckets(Asked):
    """Ask for curves, summarised per column of a chart."""

    series: Annotated[list[Series], Meta(max_length=200)]
    buckets: Annotated[int, Meta(ge=1, le=4_000)] = 1_000
    axis: Literal["step", "time", "relative"] = "step"
    lower: float | None = None
    upper: float | None = None


class BucketedSeries(KipuAnswer):
    """A curve in columns; ``count`` is the number of its points, ``n`` that of each column."""

    run_id: str
    key: str
    count: int
    x: list[Number]
    first: list[Number]
    last: list[Number]
    min: list[Number]
    max: list[Number]
    mean: list[Number]
    n: list[int]


class MetricBucketsAnswer(KipuAnswer):
    """Curves in the order asked for."""

    series: list[BucketedSeries]


class MetricSummary(KipuAnswer):
    """A metric's latest point, number of points, and extremes over its numbers."""

    key: str
    value: Number
    step: int
    timestamp: int
    count: int
    min: Number | None
    max: Number | None


class RunMetricsAnswer(KipuAnswer):
    """The metrics of a run, by key."""

    metrics: list[MetricSummary]


class AppendPoints(Asked):
    """Name an append; the body is the batch."""

    run_id: Required
    writer: Int64
    seq: Int64


class Info(KipuAnswer):
    """What kind of server this is."""

    version: str
    store: str
    artifacts: str


def optional_number(value: float | None) -> Number | None:
    """A double that may be missing."""
    return None if value is None else number(value)


def number_column(values: Iterable[float | None]) -> list[Number | None]:
    """A column of doubles as the wire has it."""
    # What is finite, nearly everything, is told by one subtraction.
    return [value if value is None or value - value == 0 else number(value) for value in values]


def codes(columns: dict[str, Any]) -> dict[str, Codes]:
    """Text columns as the wire has them, from anything with ``values`` and ``codes``."""
    return {name: Codes(column.values, column.codes) for name, column in columns.items()}


def text_columns(columns: Sequence[Any]) -> list[TextColumn]:
    """Names of text columns, from anything with ``name``, ``runs`` and ``distinct``."""
    return [TextColumn(column.name, column.runs, column.distinct) for column in columns]
