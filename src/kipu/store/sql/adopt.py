"""Taking over what another store made, with its ids and times."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from kipu.entities import Experiment, LoggedModel, Metric, Param, Run, RunTag
from kipu.entities.model_registry import RegisteredModel
from kipu.exceptions import ResourceExists, ResourceNotFound
from kipu.series.latest import as_stored
from kipu.series.points import Points
from kipu.store.adoption import AdoptedVersion, Held
from kipu.store.sql.access import SqlAccess, experiment_number, now_ms
from kipu.store.sql.append import log_points
from kipu.store.sql.fold import fold_run
from kipu.store.sql.keys import PARAM, TAG, run_no, source_id
from kipu.store.sql.labels import write_params, write_tags
from kipu.store.sql.links import write_inputs, write_outputs
from kipu.store.sql.locations import of_model, of_run
from kipu.store.sql.model_labels import write_model_params, write_model_tags
from kipu.store.sql.model_points import WRITE_POINTS
from kipu.store.sql.registry_tables import (
    model_version_tags,
    model_versions,
    registered_model_aliases,
    registered_model_tags,
    registered_models,
)
from kipu.store.sql.runs import ENTER_RUN, INSERT_RUN
from kipu.store.sql.tables import (
    experiment_tags,
    experiments,
    logged_models,
    model_directory,
    run_directory,
    runs,
)
from kipu.store.sql.writer import after_commit

_POINTS_AT_ONCE = 200_000
_MOST_TIES = 1_000
"""Runs that may want the same number: those of one millisecond whose ids begin alike."""


class SqlAdoption(SqlAccess):
    """Keeps ``AdoptionStore``'s promises."""

    def held(self) -> Held:
        """See ``AdoptionStore``."""
        with self._read() as db:
            return Held(
                set(map(str, db.scalars(sa.select(experiments.c.experiment_id)))),
                set(db.scalars(sa.select(run_directory.c.run_id))),
            )

    def adopt_experiment(self, experiment: Experiment) -> bool:
        """See ``AdoptionStore``."""
        number = experiment_number(experiment.experiment_id)
        created = experiment.creation_time or 0
        kept = self._locations.kept(experiment.artifact_location)
        row = {
            "experiment_id": number,
            "name": experiment.name,
            "artifact_location": kept or self._locations.of_new_experiment(str(number)),
            "lifecycle_stage": experiment.lifecycle_stage,
            "creation_time": created,
            "last_update_time": experiment.last_update_time or created,
        }
        tags = [
            {"experiment_id": number, "key": key, "value": value}
            for key, value in experiment.tags.items()
        ]

        def adopt(db: sa.Connection) -> bool:
            this = experiments.c.experiment_id == number
            if _has(db, experiments, experiment_id=number):
                if any(
                    _has(db, table, experiment_id=number)
                    for table in (runs, logged_models, experiment_tags)
                ):
                    return False
                db.execute(experiments.delete().where(this))
            if _has(db, experiments, name=experiment.name):
                raise ResourceExists(f"Another experiment has the name {experiment.name!r}.")
            db.execute(experiments.insert(), row)
            if tags:
                db.execute(experiment_tags.insert(), tags)
            after_commit(db, lambda: self._homes.pop(number, None))
            return True

        return self._write(adopt)

    def adopt_run(self, run: Run, points: Points, deleted_time: int | None) -> bool:
        """See ``AdoptionStore``."""
        info = run.info
        number = experiment_number(info.experiment_id)
        params = [Param(*item) for item in run.data.params.items()]
        tags = [RunTag(*item) for item in run.data.tags.items()]
        used = [(PARAM, param.key) for param in params] + [(TAG, tag.key) for tag in tags]

        def adopt(db: sa.Connection) -> bool:
            if _has(db, run_directory, run_id=info.run_id):
                return False
            location = self._open_to(db, number)
            uri = self._locations.kept(info.artifact_uri or "")
            usual = uri in ("", of_run(location, info.run_id))
            row: dict[str, Any] = {
                "experiment_id": number,
                "run_id": info.run_id,
                "name": info.run_name or "",
                "status": info.status,
                "lifecycle_stage": info.lifecycle_stage,
                "user_id": info.user_id or "",
                "start_time": info.start_time or 0,
                "end_time": info.end_time,
                "deleted_time": deleted_time,
                "artifact_uri": None if usual else uri,
                "now": now_ms(),
            }
            no = _insert_run(db, row)
            write_params(db, info.run_id, number, no, params)
            write_tags(db, number, no, tags)
            self._names.note(db, number, used)
            if run.inputs:
                write_inputs(
                    db, number, no, run.inputs.dataset_inputs, run.inputs.model_inputs or ()
                )
            if run.outputs:
                write_outputs(db, number, no, run.outputs.model_outputs)
            for at in range(0, len(points), _POINTS_AT_ONCE):
                some = slice(at, at + _POINTS_AT_ONCE)
                part = Points(
                    points.series,
                    points.index[some],
                    points.step[some],
                    points.timestamp[some],
                    points.value[some],
                )
                log_points(db, self._names, number, no, part)
            fold_run(db, number, no)
            return True

        return self._write(adopt)

    def adopt_logged_model(self, model: LoggedModel, is_deleted: bool) -> bool:
        """See ``AdoptionStore``."""
        number = experiment_number(model.experiment_id)
        row = {
            "experiment_id": number,
            "model_id": model.model_id,
            "name": model.name,
            "creation_timestamp": model.creation_timestamp,
            "last_updated_timestamp": model.last_updated_timestamp,
            "status": model.status.to_int(),
            "status_message": model.status_message,
            "model_type": model.model_type,
            "source_run_id": model.source_run_id,
            "lifecycle_stage": "deleted" if is_deleted else "active",
        }
        points = _point_rows(number, model.model_id, model.metrics or [])

        def adopt(db: sa.Connection) -> bool:
            if _has(db, model_directory, model_id=model.model_id):
                return False
            location = of_model(self._open_to(db, number), model.model_id)
            location = self._locations.kept(model.artifact_location) or location
            db.execute(logged_models.insert(), row | {"artifact_location": location})
            place = {"model_id": model.model_id, "experiment_id": number}
            db.execute(model_directory.insert(), place)
            write_model_params(db, number, model.model_id, model.params)
            write_model_tags(db, number, model.model_id, model.tags)
            if points:
                db.execute(WRITE_POINTS, points)
            return True

        return self._write(adopt)

    def adopt_registered_model(
        self, model: RegisteredModel, versions: Sequence[AdoptedVersion], last_version: int
    ) -> bool:
        """See ``AdoptionStore``."""
        created = model.creation_timestamp or 0

        def adopt(db: sa.Connection) -> bool:
            if _has(db, registered_models, name=model.name):
                return False
            number = created * 100_000 + secrets.randbelow(100_000)
            while _has(db, registered_models, model_no=number):
                number += 1
            row = {
                "model_no": number,
                "name": model.name,
                "description": model.description,
                "creation_timestamp": created,
                "last_updated_timestamp": model.last_updated_timestamp or created,
                "last_version": last_version,
            }
            db.execute(registered_models.insert(), row)
            of_model = {"model_no": number}
            tags = [of_model | {"key": key, "value": value} for key, value in model.tags.items()]
            aliases = [
                of_model | {"alias": alias, "version": int(version)}
                for alias, version in model.aliases.items()
            ]
            version_tags = [
                of_model | {"version": int(one.version.version), "key": key, "value": value}
                for one in versions
                for key, value in one.version.tags.items()
            ]
            for table, rows in (
                (registered_model_tags, tags),
                (registered_model_aliases, aliases),
                (model_versions, [of_model | self._version_row(one) for one in versions]),
                (model_version_tags, version_tags),
            ):
                if rows:
                    db.execute(table.insert(), rows)
            return True

        return self._write(adopt)

    def _version_row(self, given: AdoptedVersion) -> dict[str, Any]:
        one = given.version
        source = one.source or ""
        location = self._locations.kept(given.storage_location or source)
        return {
            "version": int(one.version),
            "creation_timestamp": one.creation_timestamp,
            "last_updated_timestamp": one.last_updated_timestamp or one.creation_timestamp,
            "description": one.description,
            "user_id": one.user_id,
            "current_stage": one.current_stage or "None",
            "source": source,
            "storage_location": None if location == source else location,
            "run_id": one.run_id,
            "run_link": one.run_link,
            "model_id": one.model_id,
            "status": one.status,
            "status_message": one.status_message,
        }

    def _open_to(self, db: sa.Connection, number: int) -> str:
        """Where the artifacts of an experiment, active or deleted, lie, as it is kept."""
        this = experiments.c.experiment_id == number
        location = db.scalar(sa.select(experiments.c.artifact_location).where(this))
        if location is None:
            raise ResourceNotFound(f"No Experiment with id={number} exists")
        return str(location)


def _has(db: sa.Connection, table: sa.Table, **values: object) -> bool:
    """Whether a table has a row with these values."""
    this = sa.and_(*(table.c[name] == value for name, value in values.items()))
    return bool(db.scalar(sa.select(sa.exists().where(this))))


def _insert_run(db: sa.Connection, row: dict[str, Any]) -> int:
    """Insert a run at its number, or the next free one below; the number."""
    first = run_no(row["start_time"], row["run_id"])
    for number in range(first, first - _MOST_TIES, -1):
        row["run_no"] = number
        if not _has(db, runs, experiment_id=row["experiment_id"], run_no=number):
            break
    db.execute(INSERT_RUN, row)
    db.execute(ENTER_RUN, {key: row[key] for key in ("run_id", "experiment_id", "run_no")})
    return int(row["run_no"])


def _point_rows(
    experiment_id: int, model_id: str, metrics: Sequence[Metric]
) -> list[dict[str, Any]]:
    kinds, values = as_stored(Points.from_metrics(metrics).value)
    return [
        {
            "experiment_id": experiment_id,
            "model_id": model_id,
            "key": metric.key,
            "timestamp": metric.timestamp,
            "step": metric.step,
            "run_id": metric.run_id or "",
            "source_id": source_id(model_id, metric.dataset_name, metric.dataset_digest),
            "kind": kind,
            "value": value,
            "dataset_name": metric.dataset_name,
            "dataset_digest": metric.dataset_digest,
        }
        for metric, kind, value in zip(metrics, kinds.tolist(), values.tolist(), strict=True)
    ]
