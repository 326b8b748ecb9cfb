"""The rules of what the UI reads."""

from __future__ import annotations

from collections.abc import Sequence

from kipu.exceptions import InvalidParameter
from kipu.service.names import check_experiment_id, check_run_id
from kipu.store.interface import ServedStore
from kipu.store.views import (
    Changes,
    DatasetUse,
    ExperimentSummary,
    MetricSummary,
    RunColumns,
    RunTable,
)

MAX_TABLE_ROWS = 100_000


class ViewRules:
    """``ViewStore``, with ids and sizes checked."""

    _store: ServedStore

    def experiment_summaries(self, view_type: int) -> list[ExperimentSummary]:
        """See ``ViewStore``."""
        return self._store.experiment_summaries(view_type)

    def search_datasets(self, experiment_ids: Sequence[str]) -> list[DatasetUse]:
        """See ``ViewStore``."""
        _check_ids(experiment_ids)
        return self._store.search_datasets(experiment_ids)

    def run_columns(self, experiment_ids: Sequence[str]) -> RunColumns:
        """See ``ViewStore``."""
        _check_ids(experiment_ids)
        return self._store.run_columns(experiment_ids)

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
        """See ``ViewStore``."""
        _check_ids(experiment_ids)
        if not 1 <= limit <= MAX_TABLE_ROWS:
            raise InvalidParameter(f"limit must be from 1 to {MAX_TABLE_ROWS}; it is {limit}.")
        return self._store.run_table(
            experiment_ids, filter_string, run_view_type, order_by, metrics, params, tags, limit
        )

    def changes_since(
        self, cursor: int, experiment_ids: Sequence[str], run_ids: Sequence[str]
    ) -> Changes:
        """See ``ViewStore``."""
        _check_ids(experiment_ids)
        return self._store.changes_since(cursor, experiment_ids, run_ids)

    def metric_summaries(self, run_id: str) -> list[MetricSummary]:
        """See ``ViewStore``."""
        check_run_id(run_id)
        return self._store.metric_summaries(run_id)


def _check_ids(experiment_ids: Sequence[str]) -> None:
    for experiment_id in experiment_ids:
        check_experiment_id(experiment_id)
