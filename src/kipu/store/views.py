"""What a store that a server can stand on promises to the UI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from kipu.entities import Experiment


class ExperimentSummary(NamedTuple):
    """An experiment with its active runs counted; ``last_run_time`` in ms since the Unix epoch."""

    experiment: Experiment
    run_count: int
    running_count: int
    last_run_time: int | None


class ColumnSummary(NamedTuple):
    """A metric, param or tag name; ``distinct`` counts values of params and tags (metrics: 0)."""

    name: str
    runs: int
    distinct: int


class RunColumns(NamedTuple):
    """What the active runs of some experiments have, each list sorted by name."""

    metrics: list[ColumnSummary]
    params: list[ColumnSummary]
    tags: list[ColumnSummary]


class TextColumn(NamedTuple):
    """Text per run: ``values[codes[i]]``; code -1 means that run ``i`` lacks it."""

    values: list[str]
    codes: list[int]


class RunTable(NamedTuple):
    """Runs as columns of one length, in the order asked for; times in ms since the Unix epoch."""

    total: int
    cursor: int
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
    metrics: dict[str, list[float | None]]
    params: dict[str, TextColumn]
    tags: dict[str, TextColumn]


class Changes(NamedTuple):
    """Runs that changed after a cursor, and the next cursor."""

    cursor: int
    run_ids: list[str]


class MetricSummary(NamedTuple):
    """A metric of a run: its latest point, number of points, and extremes over its numbers."""

    key: str
    value: float
    step: int
    timestamp: int
    count: int  # type: ignore[assignment]  # hides tuple.count
    min: float | None
    max: float | None


class DatasetUse(NamedTuple):
    """A data set that runs of an experiment read; ``context`` is the tag of that use."""

    experiment_id: str
    name: str
    digest: str
    context: str | None


class ViewStore(Protocol):
    """What the UI reads; documented in ``docs/design/kipu-api.md``."""

    def metric_history_document(
        self, run_id: str, key: str, max_results: int | None, page_token: str | None
    ) -> bytes:
        """``get_metric_history`` as the wire's answer, without an object for each point."""
        ...

    def search_datasets(self, experiment_ids: Sequence[str]) -> list[DatasetUse]:
        """The data sets that active runs read, each use once, at most 1,000."""
        ...

    def experiment_summaries(self, view_type: int) -> list[ExperimentSummary]:
        """All experiments of a view, those with the newest run first."""
        ...

    def run_columns(self, experiment_ids: Sequence[str]) -> RunColumns:
        """Which metrics, params and tags the active runs have."""
        ...

    def run_table(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None,
        run_view_type: int,
        order_by: Sequence[str] | None,
        metrics: Sequence[str],
        params: Sequence[str],
        tags: Sequence[str],
        limit: int,
    ) -> RunTable:
        """The runs that match, with the named columns; raises like ``search_runs``."""
        ...

    def changes_since(
        self, cursor: int, experiment_ids: Sequence[str], run_ids: Sequence[str]
    ) -> Changes:
        """Runs changed after ``cursor``; no ids means all experiments, or all of their runs."""
        ...

    def metric_summaries(self, run_id: str) -> list[MetricSummary]:
        """Every metric of a run, by key.

        Raises:
            ResourceNotFound: No run has this id.
        """
        ...
