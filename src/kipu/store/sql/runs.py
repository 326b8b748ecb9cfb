"""Runs: made, read, changed, deleted and restored."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from kipu.entities import Metric, Param, Run, RunData, RunInfo, RunInputs, RunStatus, RunTag
from kipu.exceptions import ResourceNotFound
from kipu.series.points import Points
from kipu.store.sql.access import experiment_number, next_change, now_ms, one_run
from kipu.store.sql.documents import SqlDocuments
from kipu.store.sql.experiments import active_location
from kipu.store.sql.keys import TAG, run_no
from kipu.store.sql.labels import RUN_NAME_TAG, SqlLabels, write_labels, write_tags
from kipu.store.sql.locations import of_run
from kipu.store.sql.metrics import SqlMetrics
from kipu.store.sql.tables import run_directory, runs
from kipu.store.sql.writer import after_commit
from kipu.wire.runs import run_of_document

INSERT_RUN = runs.insert().values(
    {
        column.name: next_change if column.name == "changed" else sa.bindparam(column.name)
        for column in runs.c
    }
)
ENTER_RUN = run_directory.insert()
_info = sa.select(runs).where(one_run)
_status = sa.bindparam("to_status", type_=sa.String)
_end = sa.bindparam("to_end", type_=sa.BigInteger)
_name = sa.bindparam("to_name", type_=sa.Text)
_update = (
    runs.update()
    .where(one_run)
    .values(
        status=sa.func.coalesce(_status, runs.c.status),
        end_time=sa.func.coalesce(_end, runs.c.end_time),
        name=sa.func.coalesce(_name, runs.c.name),
    )
)
_set_stage = (
    runs.update()
    .where(one_run, runs.c.lifecycle_stage != sa.bindparam("to_stage"))
    .values(
        lifecycle_stage=sa.bindparam("to_stage"),
        deleted_time=sa.bindparam("to_deleted"),
        changed=next_change,
    )
)


class SqlRuns(SqlDocuments, SqlLabels, SqlMetrics):
    """Keeps what ``RunStore`` promises about runs themselves."""

    def create_run(
        self,
        experiment_id: str,
        user_id: str | None,
        start_time: int,
        tags: Sequence[RunTag],
        run_name: str,
    ) -> Run:
        """See ``RunStore``."""
        number = experiment_number(experiment_id)
        labels = [tag for tag in tags if tag.key != RUN_NAME_TAG]
        labels.append(RunTag(RUN_NAME_TAG, run_name))

        def create(db: sa.Connection) -> RunInfo:
            location = active_location(db, number)
            row: dict[str, Any] = {
                "experiment_id": number,
                "name": run_name,
                "status": "RUNNING",
                "lifecycle_stage": "active",
                "user_id": user_id or "",
                "start_time": start_time,
                "end_time": None,
                "deleted_time": None,
                "artifact_uri": None,
                "now": now_ms(),
            }
            insert_run(db, row)
            write_tags(db, number, row["run_no"], labels)
            self._names.note(db, number, [(TAG, tag.key) for tag in labels])
            after_commit(db, lambda: self._remember(row["run_id"], (number, row["run_no"])))
            return self._run_info(row, location)

        return Run(self._write(create), RunData(tags=labels), RunInputs([]))

    def _run_info(self, row: Any, experiment_location: str) -> RunInfo:
        """The info of a row of ``runs``, given where its experiment is kept."""
        kept = row["artifact_uri"] or of_run(experiment_location, row["run_id"])
        return RunInfo(
            row["run_id"],
            str(row["experiment_id"]),
            row["user_id"],
            row["status"],
            row["start_time"],
            row["end_time"],
            row["lifecycle_stage"],
            self._locations.resolved(kept),
            row["name"],
        )

    def get_run(self, run_id: str) -> Run:
        """See ``RunStore``."""
        return run_of_document(self.get_run_document(run_id))

    def update_run_info(
        self, run_id: str, status: str | None, end_time: int | None, run_name: str | None
    ) -> RunInfo:
        """See ``RunStore``."""

        def update(db: sa.Connection) -> RunInfo:
            number, no = self._change(db, run_id)
            place = {"of_experiment": number, "of_run": no}
            db.execute(
                _update, place | {"to_status": status, "to_end": end_time, "to_name": run_name}
            )
            if status is not None and RunStatus.is_terminated(RunStatus.from_string(status)):
                self._fold_run(db, number, no)
            if run_name is not None:
                write_tags(db, number, no, [RunTag(RUN_NAME_TAG, run_name)])
                self._names.note(db, number, [(TAG, RUN_NAME_TAG)])
            row = db.execute(_info, place).mappings().one()
            return self._run_info(row, self._experiment_location(db, number))

        return self._write(update)

    def log_batch(
        self,
        run_id: str,
        metrics: Sequence[Metric],
        params: Sequence[Param],
        tags: Sequence[RunTag],
    ) -> None:
        """See ``RunStore``."""
        points = Points.from_metrics(metrics) if metrics else None

        def write(db: sa.Connection) -> tuple[int, int]:
            place = self._change(db, run_id)
            write_labels(db, self._names, run_id, *place, params, tags)
            if points is not None:
                self._log_points(db, *place, points)
            return place

        place = self._write(write)
        if points is not None:
            self._grown(*place, points)

    def delete_run(self, run_id: str) -> None:
        """See ``RunStore``."""
        self._set_stage(run_id, "deleted", now_ms())

    def restore_run(self, run_id: str) -> None:
        """See ``RunStore``."""
        self._set_stage(run_id, "active", None)

    def _set_stage(self, run_id: str, stage: str, deleted_time: int | None) -> None:
        def change(db: sa.Connection) -> None:
            number, no = self._locate(db, run_id)
            place = {"of_experiment": number, "of_run": no, "now": now_ms()}
            done = db.execute(_set_stage, place | {"to_stage": stage, "to_deleted": deleted_time})
            if done.rowcount == 0 and db.execute(_info, place).first() is None:
                raise ResourceNotFound(f"Run with id={run_id} not found")

        self._write(change)


def insert_run(db: sa.Connection, row: dict[str, Any]) -> None:
    """Insert a run under a new id, chosen again while its number belongs to another run."""
    for last_try in (False,) * 20 + (True,):
        run_id = secrets.token_hex(16)
        row |= {"run_id": run_id, "run_no": run_no(row["start_time"], run_id)}
        try:
            db.execute(INSERT_RUN, row)
            break
        except sa.exc.IntegrityError:
            if last_try:
                raise
    db.execute(ENTER_RUN, {key: row[key] for key in ("run_id", "experiment_id", "run_no")})
