"""Removing for good: rows of deleted runs, models and experiments, and the space they took."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa

from kipu.exceptions import InvalidParameter, InvalidState
from kipu.store.purge import Purgeable
from kipu.store.sql.access import SqlAccess, experiment_number
from kipu.store.sql.links import DATASET
from kipu.store.sql.locations import of_run
from kipu.store.sql.tables import (
    datasets,
    experiments,
    latest_metrics,
    logged_model_metrics,
    logged_models,
    metadata,
    model_directory,
    run_directory,
    run_links,
    runs,
)

_PAGES_AT_ONCE = 500
"""Of the file, given back in one transaction of 0.05 s: others may write in between."""
_REWRITTEN_BYTES = 64 << 20
"""Where no more than this is left, writing it anew takes 0.2 s, and giving back pages far more."""


def _keyed_by(*columns: str) -> list[sa.Table]:
    """The tables whose key begins with these columns."""
    return [
        table
        for table in metadata.sorted_tables
        if tuple(table.primary_key.columns.keys()[: len(columns)]) == columns
    ]


_RUN_TABLES = _keyed_by("experiment_id", "run_no")
_MODEL_TABLES = _keyed_by("experiment_id", "model_id")
_EXPERIMENT_TABLES = _keyed_by("experiment_id")

_deleted_runs = (
    sa.select(
        runs.c.run_id,
        runs.c.experiment_id,
        runs.c.artifact_uri,
        experiments.c.artifact_location,
        runs.c.deleted_time,
    )
    .join(experiments, experiments.c.experiment_id == runs.c.experiment_id)
    .where(runs.c.lifecycle_stage == "deleted")
    .order_by(runs.c.experiment_id, runs.c.run_no)
)
_deleted_experiments = (
    sa.select(experiments)
    .where(experiments.c.lifecycle_stage == "deleted")
    .order_by(experiments.c.experiment_id)
)
_models = sa.select(logged_models).order_by(
    logged_models.c.experiment_id, logged_models.c.creation_timestamp
)
_active_models = (
    sa.select(logged_models.c.model_id)
    .join(model_directory, model_directory.c.model_id == logged_models.c.model_id)
    .join(experiments, experiments.c.experiment_id == logged_models.c.experiment_id)
    .where(
        model_directory.c.model_id.in_(sa.bindparam("these_models", expanding=True)),
        logged_models.c.experiment_id == model_directory.c.experiment_id,
        logged_models.c.lifecycle_stage == "active",
        experiments.c.lifecycle_stage == "active",
    )
)


class SqlPurge(SqlAccess):
    """Keeps ``PurgeStore``'s promises."""

    def deleted_runs(self, experiment_id: str | None = None) -> list[Purgeable]:
        """See ``PurgeStore``."""
        query = _deleted_runs
        if experiment_id is not None:
            query = query.where(runs.c.experiment_id == experiment_number(experiment_id))
        with self._read() as db:
            rows = db.execute(query).all()
        return [
            Purgeable(
                row.run_id,
                str(row.experiment_id),
                self._locations.resolved(
                    row.artifact_uri or of_run(row.artifact_location, row.run_id)
                ),
                row.deleted_time or 0,
            )
            for row in rows
        ]

    def deleted_models(self, experiment_id: str | None = None) -> list[Purgeable]:
        """See ``PurgeStore``."""
        if experiment_id is None:
            query = _models.where(logged_models.c.lifecycle_stage == "deleted")
        else:
            number = experiment_number(experiment_id)
            query = _models.where(logged_models.c.experiment_id == number)
        with self._read() as db:
            rows = db.execute(query).all()
        return [
            Purgeable(
                row.model_id,
                str(row.experiment_id),
                self._locations.resolved(row.artifact_location),
                row.last_updated_timestamp,
            )
            for row in rows
        ]

    def deleted_experiments(self) -> list[Purgeable]:
        """See ``PurgeStore``."""
        with self._read() as db:
            rows = db.execute(_deleted_experiments).all()
        return [
            Purgeable(
                str(row.experiment_id),
                str(row.experiment_id),
                self._locations.resolved(row.artifact_location),
                row.last_update_time,
            )
            for row in rows
        ]

    def purge_runs(self, run_ids: Sequence[str]) -> None:
        """See ``PurgeStore``."""

        def purge(db: sa.Connection) -> None:
            places = defaultdict(list)
            known = run_directory.c.run_id.in_(run_ids)
            for number, run_no in db.execute(
                sa.select(run_directory.c.experiment_id, run_directory.c.run_no).where(known)
            ):
                places[number].append(run_no)
            for number, run_nos in places.items():
                _purge_model_metrics(db, number, run_nos, run_ids)
                _purge_runs_of(db, number, run_nos)
            db.execute(run_directory.delete().where(known))

        self._write(purge)
        for run_id in run_ids:
            self._places.pop(run_id, None)

    def purge_models(self, model_ids: Sequence[str]) -> None:
        """See ``PurgeStore``."""
        known = model_directory.c.model_id.in_(model_ids)

        def purge(db: sa.Connection) -> None:
            homes = set(db.scalars(sa.select(model_directory.c.experiment_id).where(known)))
            if (model_id := db.scalar(_active_models, {"these_models": model_ids})) is not None:
                raise InvalidParameter(
                    f"The logged model {model_id} is not deleted, and its experiment neither; only "
                    "what is deleted is purged."
                )
            for table in _MODEL_TABLES:
                these = sa.and_(
                    table.c.experiment_id.in_(homes), table.c.model_id.in_(list(model_ids))
                )
                db.execute(table.delete().where(these))
            db.execute(model_directory.delete().where(known))

        self._write(purge)

    def purge_experiment(self, experiment_id: str) -> None:
        """See ``PurgeStore``."""
        number = experiment_number(experiment_id)
        this = experiments.c.experiment_id == number

        def purge(db: sa.Connection) -> None:
            stage = db.scalar(sa.select(experiments.c.lifecycle_stage).where(this))
            if stage is None:
                return
            if stage != "deleted":
                raise InvalidParameter(
                    f"The experiment {experiment_id} is {stage}; only deleted ones are purged."
                )
            for table, kind in ((runs, "runs"), (logged_models, "logged models")):
                if db.scalar(sa.select(sa.exists().where(table.c.experiment_id == number))):
                    raise InvalidState(
                        f"The experiment {experiment_id} still has {kind}; purge them first."
                    )
            for table in _EXPERIMENT_TABLES:
                db.execute(table.delete().where(table.c.experiment_id == number))

        self._write(purge)
        self._homes.pop(number, None)

    def reclaim(self) -> int:
        """See ``PurgeStore``."""
        size = self._pragma("page_size")
        before, free = self._pragma("page_count"), self._pragma("freelist_count")
        rest = before - free
        if rest < free and rest * size <= _REWRITTEN_BYTES:
            self._database.tidy("VACUUM")
        while left := self._pragma("freelist_count"):
            self._database.tidy(f"PRAGMA incremental_vacuum({_PAGES_AT_ONCE})")
            if self._pragma("freelist_count") >= left:  # others free as much meanwhile
                break
        self._database.tidy("PRAGMA wal_checkpoint(TRUNCATE)")
        return max(0, before - self._pragma("page_count")) * size

    def _pragma(self, name: str) -> int:
        with self._read() as db:
            return int(db.exec_driver_sql(f"PRAGMA {name}").scalar_one())


def _purge_model_metrics(
    db: sa.Connection, number: int, run_nos: Sequence[int], run_ids: Sequence[str]
) -> None:
    """Remove what runs of one experiment measured of models, which may be of another."""
    measured = (
        sa.select(latest_metrics.c.model_id)
        .where(
            latest_metrics.c.experiment_id == number,
            latest_metrics.c.run_no.in_(run_nos),
            latest_metrics.c.source_id != 0,
            latest_metrics.c.model_id.is_not(None),
        )
        .distinct()
    )
    homes = db.execute(sa.select(model_directory).where(model_directory.c.model_id.in_(measured)))
    for model_id, home in homes.all():
        theirs = sa.and_(
            logged_model_metrics.c.experiment_id == home,
            logged_model_metrics.c.model_id == model_id,
            logged_model_metrics.c.run_id.in_(run_ids),
        )
        db.execute(logged_model_metrics.delete().where(theirs))


def _purge_runs_of(db: sa.Connection, number: int, run_nos: Sequence[int]) -> None:
    """Remove runs of one experiment, and the data sets that only they had read.

    Raises:
        InvalidParameter: One of them is not deleted.
    """
    these = {
        table: sa.and_(table.c.experiment_id == number, table.c.run_no.in_(run_nos))
        for table in _RUN_TABLES
    }
    active = sa.select(runs.c.run_id).where(these[runs], runs.c.lifecycle_stage != "deleted")
    if (run_id := db.scalar(active)) is not None:
        raise InvalidParameter(f"The run {run_id} is not deleted; only deleted ones are purged.")
    read = [
        int(target)
        for target in db.scalars(
            sa.select(run_links.c.target).where(these[run_links], run_links.c.kind == DATASET)
        )
    ]
    for table, condition in these.items():
        db.execute(table.delete().where(condition))
    still_read = sa.exists().where(
        run_links.c.experiment_id == datasets.c.experiment_id,
        run_links.c.kind == DATASET,
        run_links.c.target == sa.cast(datasets.c.dataset_id, sa.String),
    )
    db.execute(
        datasets.delete().where(
            datasets.c.experiment_id == number, datasets.c.dataset_id.in_(read), ~still_read
        )
    )
