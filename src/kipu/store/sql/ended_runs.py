"""Runs that are over before the store learns of them, many in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from kipu.entities import RunTag
from kipu.series.points import Points
from kipu.store.ended_runs import EndedRun
from kipu.store.sql.access import SqlAccess, experiment_number, now_ms
from kipu.store.sql.append import UNCOUNTED, write_points
from kipu.store.sql.experiments import active_location
from kipu.store.sql.fold import fold_run
from kipu.store.sql.keys import PARAM, TAG
from kipu.store.sql.labels import RUN_NAME_TAG, write_params, write_tags
from kipu.store.sql.links import write_inputs
from kipu.store.sql.runs import insert_run

_WORTH_A_FOLD = 100
"""Fewer points take less room, and time, as they came than as blocks."""


class SqlEndedRuns(SqlAccess):
    """Keeps ``EndedRunStore``'s promise."""

    def add_ended_runs(self, experiment_id: str, runs: Sequence[EndedRun]) -> list[str]:
        """See ``EndedRunStore``."""
        number = experiment_number(experiment_id)

        def add(db: sa.Connection) -> list[str]:
            active_location(db, number)
            return [self._add_run(db, number, run) for run in runs]

        return self._write(add)

    def _add_run(self, db: sa.Connection, number: int, run: EndedRun) -> str:
        row: dict[str, Any] = {
            "experiment_id": number,
            "name": run.name,
            "status": run.status,
            "lifecycle_stage": "active",
            "user_id": run.user_id or "",
            "start_time": run.start_time,
            "end_time": run.end_time,
            "deleted_time": None,
            "artifact_uri": None,
            "now": now_ms(),
        }
        insert_run(db, row)
        no: int = row["run_no"]
        tags = [tag for tag in run.tags if tag.key != RUN_NAME_TAG]
        tags.append(RunTag(RUN_NAME_TAG, run.name))
        write_params(db, row["run_id"], number, no, run.params)
        write_tags(db, number, no, tags)
        used = [(PARAM, one.key) for one in run.params] + [(TAG, one.key) for one in tags]
        self._names.note(db, number, used)
        if run.datasets:
            write_inputs(db, number, no, run.datasets, ())
        if run.metrics:
            points = Points.from_metrics(run.metrics)
            write_points(db, self._names, number, no, UNCOUNTED, 1, points)
            if len(points) >= _WORTH_A_FOLD:
                fold_run(db, number, no)
        return str(row["run_id"])
