"""What the UI reads: summaries, and runs as columns."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from kipu.entities import ViewType
from kipu.search import parse_run_filter, parse_run_order
from kipu.store.sql.access import experiment_number
from kipu.store.sql.experiments import SqlExperiments
from kipu.store.sql.keys import METRIC, PARAM, TAG
from kipu.store.sql.run_table import PARAMS, TAGS, Selection
from kipu.store.sql.search import count_runs, find_runs
from kipu.store.sql.tables import experiments, latest_metrics, names, params, run_tags, runs
from kipu.store.views import (
    Changes,
    ColumnSummary,
    ExperimentSummary,
    RunColumns,
    RunTable,
)

PARENT_TAG = "mlflow.parentRunId"
_TIE_BITS = 20

_counts = (
    sa.select(
        runs.c.experiment_id,
        sa.func.count(),
        sa.func.sum(sa.case((runs.c.status == "RUNNING", 1), else_=0)),
        sa.func.max(runs.c.run_no),
    )
    .where(runs.c.lifecycle_stage == "active")
    .group_by(runs.c.experiment_id)
)
_last_change = sa.select(sa.func.coalesce(sa.func.max(runs.c.changed), 0))
_some_deleted = sa.select(runs.c.run_no).where(
    runs.c.experiment_id.in_(sa.bindparam("of_experiments", expanding=True)),
    runs.c.lifecycle_stage == "deleted",
).limit(1)  # fmt: skip


class SqlViews(SqlExperiments):
    """Keeps ``ViewStore``'s promises, but for what is about metrics or data sets."""

    def experiment_summaries(self, view_type: int) -> list[ExperimentSummary]:
        """See ``ViewStore``."""
        chosen = sa.select(experiments)
        if view_type != ViewType.ALL:
            stage = "active" if view_type == ViewType.ACTIVE_ONLY else "deleted"
            chosen = chosen.where(experiments.c.lifecycle_stage == stage)
        with self._read() as db:
            entities = self._experiments(db, db.execute(chosen).all())
            counts = {str(row[0]): row[1:] for row in db.execute(_counts)}
        summaries = []
        for entity in entities:
            count, running, newest = counts.get(entity.experiment_id, (0, 0, None))
            started = None if newest is None else newest >> _TIE_BITS
            summaries.append(ExperimentSummary(entity, count, running, started))
        return sorted(summaries, key=_newest_first, reverse=True)

    def run_columns(self, experiment_ids: Sequence[str]) -> RunColumns:
        """See ``ViewStore``."""
        numbers = sorted({experiment_number(one) for one in experiment_ids})
        with self._read() as db:
            some = db.execute(_some_deleted, {"of_experiments": numbers}).first() is not None
            return RunColumns(
                _columns(db, numbers, latest_metrics, METRIC, some),
                _columns(db, numbers, params, PARAM, some),
                _columns(db, numbers, run_tags, TAG, some),
            )

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
        tree, order = parse_run_filter(filter_string), parse_run_order(order_by)
        numbers = sorted({experiment_number(one) for one in experiment_ids})
        resolved = self._locations.resolved
        with self._read() as db:
            if tree is None and not order_by:
                chosen = Selection.newest(db, numbers, run_view_type, limit)
            else:
                found = find_runs(db, numbers, tree, order, run_view_type, limit, None, resolved)
                chosen = Selection(db, found.runs)
            total = len(chosen)
            if total >= limit:
                total = count_runs(db, numbers, tree, run_view_type, resolved)
            ids, _, run_ids, texts, states, starts, ends, stages, users, changed = chosen.rows()
            names_of = {number: str(number) for number in numbers}
            return RunTable(
                total=total,
                cursor=db.execute(_last_change).scalar_one(),
                run_id=run_ids,
                experiment_id=[names_of[one] for one in ids],
                run_name=texts,
                status=states,
                start_time=starts,
                end_time=ends,
                lifecycle_stage=stages,
                user_id=users,
                parent_run_id=chosen.text_or_none(TAGS, PARENT_TAG),
                changed=changed,
                metrics={key: chosen.numbers(key) for key in metrics},
                params={key: chosen.texts(PARAMS, key) for key in params},
                tags={key: chosen.texts(TAGS, key) for key in tags},
            )

    def changes_since(
        self, cursor: int, experiment_ids: Sequence[str], run_ids: Sequence[str]
    ) -> Changes:
        """See ``ViewStore``."""
        changed = sa.select(runs.c.run_id).where(runs.c.changed > cursor)
        if experiment_ids:
            numbers = [experiment_number(one) for one in experiment_ids]
            changed = changed.where(runs.c.experiment_id.in_(numbers))
        if run_ids:
            changed = changed.where(runs.c.run_id.in_(run_ids))
        with self._read() as db:
            last = db.execute(_last_change).scalar_one()
            if last <= cursor:
                return Changes(cursor, [])
            found = db.scalars(changed.order_by(runs.c.changed.desc())).all()
        return Changes(last, list(found))


def _newest_first(summary: ExperimentSummary) -> tuple[int, int]:
    return summary.last_run_time or 0, summary.experiment.creation_time or 0


def _columns(
    db: sa.Connection, numbers: Sequence[int], table: sa.Table, kind: int, some_deleted: bool
) -> list[ColumnSummary]:
    """The names that active runs have; the runs are looked at only if some may be deleted."""
    is_metric = table is latest_metrics
    distinct = sa.literal(0) if is_metric else sa.func.count(table.c.value_hash.distinct())
    counts = (
        sa.select(table.c.key_id, sa.func.count(), distinct)
        .where(table.c.experiment_id.in_(numbers))
        .group_by(table.c.key_id)
    )
    if is_metric:
        counts = counts.where(table.c.is_latest)
    if some_deleted:
        active = sa.and_(
            runs.c.experiment_id == table.c.experiment_id,
            runs.c.run_no == table.c.run_no,
            runs.c.lifecycle_stage == "active",
        )
        counts = counts.join(runs, active)
    known = sa.select(names.c.key_id, names.c.name).where(
        names.c.experiment_id.in_(numbers), names.c.kind == kind
    )
    texts = {row[0]: row[1] for row in db.execute(known)}
    return sorted(ColumnSummary(texts[row[0]], row[1], row[2]) for row in db.execute(counts))
