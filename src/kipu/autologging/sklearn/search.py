"""What a search for parameters found: the best, a table of all, and a run for each of the best."""

from __future__ import annotations

import csv
import io
import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from numbers import Number
from typing import Any

from kipu.autologging.guards import guarded
from kipu.autologging.sklearn.integration import SKLEARN
from kipu.autologging.sklearn.params import (
    as_params,
    as_tags,
    best_params_of,
    is_search,
    tags_of,
)
from kipu.autologging.sklearn.storing import RunLog, as_points
from kipu.entities import DatasetInput
from kipu.entities.tag_names import MLFLOW_AUTOLOGGING, MLFLOW_PARENT_RUN_ID, MLFLOW_USER
from kipu.fluent.context.registry import resolve_tags
from kipu.store.ended_runs import EndedRun

_TABLE = "cv_results.csv"
_NOT_MEASURED = ("param", "split")


@dataclass(frozen=True)
class Search:
    """A fitted search, and where it is logged."""

    estimator: Any
    log: RunLog
    use: DatasetInput | None
    model_id: str | None
    best_model_id: str | None

    @property
    def results(self) -> Mapping[str, Any]:
        """Its table: columns of the same length by name; empty where it has none."""
        return getattr(self.estimator, "cv_results_", None) or {}


def log_search(search: Search, limit: int | None) -> None:
    """Log the best, the runs of the best candidates, and the table."""
    _log_best(search)
    if search.results:
        _log_candidates(search, limit)
        _log_table(search)


@guarded(SKLEARN)
def _log_best(search: Search) -> None:
    search.log.batch(params=as_params(best_params_of(search.estimator)))
    if hasattr(search.estimator, "best_score_"):
        search.log.metrics(
            {"best_cv_score": search.estimator.best_score_}, search.model_id, search.use
        )


@guarded(SKLEARN)
def _log_table(search: Search) -> None:
    search.log.text(as_csv(search.results), _TABLE)


@guarded(SKLEARN)
def _log_candidates(search: Search, limit: int | None) -> None:
    places = best_places(search.results, limit)
    total = len(next(iter(search.results.values())))
    if len(places) < total:
        SKLEARN.inform("%d of %d candidates get runs of their own.", len(places), total)
    client, seed = search.log.client, search.estimator.estimator
    parent = client.get_run(search.log.run_id).info
    settings = seed.get_params(deep=not is_search(seed))
    tags = resolve_tags() | {MLFLOW_AUTOLOGGING: SKLEARN.name, MLFLOW_PARENT_RUN_ID: parent.run_id}
    tags |= tags_of(seed)
    best = getattr(search.estimator, "best_index_", None)
    now = time.time_ns() // 1_000_000
    seed_params = {name: str(value) for name, value in settings.items()}
    runs = [
        EndedRun(
            tags.get(MLFLOW_USER),
            parent.start_time or now,
            now,
            "",
            tags=as_tags(tags),
            params=as_params(seed_params | search.results["params"][place]),
            metrics=as_points(
                measured(search.results, place),
                search.best_model_id if place == best else None,
                search.use,
            ),
            datasets=[search.use] if search.use is not None else [],
        )
        for place in places
    ]
    client.add_ended_runs(parent.experiment_id, runs)


def best_places(results: Mapping[str, Any], limit: int | None) -> list[int]:
    """The rows of the best candidates, best first; all of them, in order, without a limit.

    With several scores, the first one decides.
    """
    count = len(results["params"])
    if limit is None:
        return list(range(count))
    name = "rank_test_score"
    if name not in results:
        name = next((one for one in results if "rank_test_" in one), "")
    ranks = results.get(name, range(count))
    return sorted(range(count), key=lambda place: (ranks[place], place))[:limit]


def measured(results: Mapping[str, Any], place: int) -> dict[str, float]:
    """The numbers of one candidate, without its settings and without those of single folds."""
    return {
        name: float(column[place])
        for name, column in results.items()
        if not name.startswith(_NOT_MEASURED) and isinstance(column[place], Number)
    }


def as_csv(results: Mapping[str, Any]) -> str:
    """The table as pandas writes it, without pandas: nothing where there is no value."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(results)
    writer.writerows(zip(*map(_cells, results.values()), strict=True))
    return file.getvalue()


def _cells(column: Any) -> Iterator[Any]:
    for value in getattr(column, "tolist", lambda: column)():  # masked values become None
        yield "" if value is None or (isinstance(value, float) and math.isnan(value)) else value
