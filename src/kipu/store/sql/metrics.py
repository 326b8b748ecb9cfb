"""Metric points: appended, folded, and read as history, columns or buckets."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from functools import cached_property

import sqlalchemy as sa

from kipu.entities import Metric, PagedList
from kipu.exceptions import MlflowException
from kipu.series.latest import as_value
from kipu.series.overview import Axis, bucket_parts, merge_parts
from kipu.series.points import Points, SeriesName
from kipu.store.interface import Buckets, Curve
from kipu.store.sql.access import SqlAccess, now_ms
from kipu.store.sql.append import log_points, write_points
from kipu.store.sql.curves import StoredCurves
from kipu.store.sql.fold import (
    APPEND_SIZE,
    FOLD_SIZE,
    Fold,
    Stale,
    apply_fold,
    fold_run,
    idle_runs,
    plan_fold,
    wants_fold,
)
from kipu.store.sql.history import NO_POINTS, Page, history_page, read_token
from kipu.store.sql.keys import METRIC, key_id
from kipu.store.sql.merge import plan_merge
from kipu.store.sql.tables import latest_metrics, names, runs
from kipu.store.sql.tail import series_id
from kipu.store.views import MetricSummary
from kipu.wire.metrics import encode_columns

_log = logging.getLogger(__name__)

_RUNS_WATCHED = 10_000

_of_run = sa.and_(
    latest_metrics.c.experiment_id == sa.bindparam("of_experiment"),
    latest_metrics.c.run_no == sa.bindparam("of_run"),
)
_sources = sa.select(
    latest_metrics.c.source_id,
    latest_metrics.c.model_id,
    latest_metrics.c.dataset_name,
    latest_metrics.c.dataset_digest,
).where(_of_run, latest_metrics.c.key_id == sa.bindparam("of_key"))
_summaries = (
    sa.select(
        names.c.name,
        latest_metrics.c.is_latest,
        latest_metrics.c.kind,
        latest_metrics.c.value,
        latest_metrics.c.step,
        latest_metrics.c.timestamp,
        latest_metrics.c["count"].label("points"),
        latest_metrics.c.min,
        latest_metrics.c.max,
    )
    .join(
        names,
        sa.and_(
            names.c.experiment_id == latest_metrics.c.experiment_id,
            names.c.kind == METRIC,
            names.c.key_id == latest_metrics.c.key_id,
        ),
    )
    .where(_of_run)
    .order_by(names.c.name, latest_metrics.c.is_latest.desc())
)
_start_time = sa.select(runs.c.start_time).where(
    runs.c.experiment_id == sa.bindparam("of_experiment"), runs.c.run_no == sa.bindparam("of_run")
)


class SqlMetrics(SqlAccess):
    """Keeps ``MetricStore``'s promises, and what ``ViewStore`` says of one run's metrics."""

    def append_points(self, run_id: str, writer: int, seq: int, points: Points) -> None:
        """See ``MetricStore``."""

        def append(db: sa.Connection) -> tuple[int, int]:
            place = self._change(db, run_id)
            write_points(db, self._names, *place, writer, seq, points)
            return place

        self._grown(*self._write(append), points)

    def _log_points(
        self, db: sa.Connection, experiment_id: int, run_no: int, points: Points
    ) -> None:
        """Append points to an active run inside somebody's transaction, then ``_grown``."""
        log_points(db, self._names, experiment_id, run_no, points)

    def _grown(self, experiment_id: int, run_no: int, points: Points) -> None:
        """Fold a run once what this process appended to its tail is worth it."""
        place, growth = (experiment_id, run_no), self._growth
        growth[place] += len(points) + APPEND_SIZE
        if growth[place] < FOLD_SIZE:
            return
        if len(growth) > _RUNS_WATCHED:
            growth.clear()
        growth.pop(place, None)
        try:
            self._fold(*place, only_if_grown=True)
        except MlflowException as error:
            # The points are stored already, and whoever folds next takes them along.
            _log.warning("The points of a run could not be compressed yet: %s", error)

    @cached_property
    def _growth(self) -> Counter[tuple[int, int]]:
        # A guess that spares a query with every append: other processes append as well.
        return Counter()

    def fold_idle(self, older_than_ms: int) -> int:
        """Fold the runs whose points have all waited so long; how many there were."""
        with self._read() as db:
            idle = idle_runs(db, now_ms() - older_than_ms)
        return sum(self._fold(*place) for place in idle)

    def _fold(self, experiment_id: int, run_no: int, *, only_if_grown: bool = False) -> bool:
        """Fold a run; False if there was nothing to do or another process did it."""
        with self._read() as db:
            if only_if_grown and not wants_fold(db, experiment_id, run_no):
                return False
            fold = plan_fold(db, experiment_id, run_no)
        if fold is None or not self._apply(fold):
            return False
        with self._read() as db:
            merge = plan_merge(db, experiment_id, run_no)
        if merge is not None:
            self._apply(merge)
        return True

    def _apply(self, fold: Fold) -> bool:
        """Write a fold; False if another process was faster."""
        try:
            self._write(lambda db: apply_fold(db, fold))
        except Stale:
            return False
        return True

    def _fold_run(self, db: sa.Connection, experiment_id: int, run_no: int) -> None:
        """Fold a run that ends, inside the transaction that ends it."""
        fold_run(db, experiment_id, run_no)

    def get_metric_history(
        self, run_id: str, key: str, max_results: int | None, page_token: str | None
    ) -> PagedList[Metric]:
        """See ``MetricStore``."""
        return self._history(run_id, key, max_results, page_token).metrics(run_id)

    def metric_history_document(
        self, run_id: str, key: str, max_results: int | None, page_token: str | None
    ) -> bytes:
        """See ``ViewStore``."""
        return encode_columns(*self._history(run_id, key, max_results, page_token))

    def _history(
        self, run_id: str, key: str, max_results: int | None, page_token: str | None
    ) -> Page:
        after = read_token(page_token) if page_token else None
        with self._read() as db:
            place = self._locate(db, run_id)
            sources = {
                row[0]: SeriesName(key, *row[1:])
                for row in db.execute(
                    _sources,
                    {"of_experiment": place[0], "of_run": place[1], "of_key": key_id(key)},
                )
            }
            if not sources:
                return NO_POINTS
            curves = StoredCurves(db, *place, key).by_source(
                after and after.timestamp, None if max_results is None else max_results + 1
            )
        return history_page(sources, curves, max_results, after)

    def read_curve(self, run_id: str, series: SeriesName) -> Curve:
        """See ``MetricStore``."""
        with self._read() as db:
            place = self._locate(db, run_id)
            stored = StoredCurves(db, *place, series.key, series_id(series).source_id)
            return merge_parts(stored.parts, stored.load(stored.parts))

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
        with self._read() as db:
            experiment_id, run_no = self._locate(db, run_id)
            match axis:
                case "relative":
                    place = {"of_experiment": experiment_id, "of_run": run_no}
                    start = db.scalar(_start_time, place)
                    scale = Axis(by_time=True, zero_ms=start or 0, unit_ms=1000.0)
                case "time":
                    scale = Axis(by_time=True)
                case _:
                    scale = Axis(by_time=False)
            stored = StoredCurves(db, experiment_id, run_no, key)
            return bucket_parts(stored.parts, stored.load, scale, buckets, lower, upper)

    def metric_summaries(self, run_id: str) -> list[MetricSummary]:
        """See ``ViewStore``."""
        found: dict[str, MetricSummary] = {}
        with self._read() as db:
            experiment_id, run_no = self._locate(db, run_id)
            place = {"of_experiment": experiment_id, "of_run": run_no}
            for name, _, kind, value, step, timestamp, points, least, most in db.execute(
                _summaries, place
            ):
                newest = found.get(name)
                if newest is None:
                    found[name] = MetricSummary(
                        name, as_value(kind, value), step, timestamp, points, least, most
                    )
                else:  # of the same key, with another model or data set
                    found[name] = newest._replace(
                        count=newest.count + points,
                        min=_extreme(min, newest.min, least),
                        max=_extreme(max, newest.max, most),
                    )
        return [found[name] for name in sorted(found)]


def _extreme(
    choose: Callable[[float, float], float], one: float | None, other: float | None
) -> float | None:
    if one is None or other is None:
        return other if one is None else one
    return choose(one, other)
