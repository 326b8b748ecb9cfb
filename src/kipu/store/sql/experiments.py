"""Experiments and their tags."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from kipu.entities import Experiment, ExperimentTag
from kipu.exceptions import InvalidParameter, InvalidState, ResourceExists, ResourceNotFound
from kipu.store.sql.access import SqlAccess, experiment_number, next_change, now_ms
from kipu.store.sql.tables import experiment_tags, experiments, runs

_of = experiments.c.experiment_id == sa.bindparam("of_experiment")
_by_id = sa.select(experiments).where(_of)
_by_name = sa.select(experiments).where(experiments.c.name == sa.bindparam("of_name"))
_new_tag = insert(experiment_tags)
_set_tag = _new_tag.on_conflict_do_update(
    index_elements=[experiment_tags.c.experiment_id, experiment_tags.c.key],
    set_={"value": _new_tag.excluded.value},
)


class SqlExperiments(SqlAccess):
    """Keeps ``ExperimentStore``'s promises, but for the search."""

    def create_experiment(
        self, name: str, artifact_location: str | None, tags: Sequence[ExperimentTag]
    ) -> str:
        """See ``ExperimentStore``."""

        def create(db: sa.Connection) -> int:
            number = self._insert_experiment(db, name, artifact_location)
            if tags:
                db.execute(_set_tag, [_tag_row(number, tag) for tag in tags])
            return number

        return str(self._write(create))

    def _insert_experiment(
        self, db: sa.Connection, name: str, artifact_location: str | None
    ) -> int:
        while True:
            now = now_ms()
            # 18 digits that grow with time; two of one millisecond differ by chance.
            number = now * 100_000 + secrets.randbelow(100_000)
            location = (
                self._locations.kept(artifact_location)
                if artifact_location
                else self._locations.of_new_experiment(str(number))
            )
            try:
                db.execute(
                    experiments.insert(),
                    {
                        "experiment_id": number,
                        "name": name,
                        "artifact_location": location,
                        "lifecycle_stage": "active",
                        "creation_time": now,
                        "last_update_time": now,
                    },
                )
            except sa.exc.IntegrityError:
                if (taken := db.execute(_by_name, {"of_name": name}).first()) is not None:
                    raise _name_taken(taken) from None
            else:
                return number

    def get_experiment(self, experiment_id: str) -> Experiment:
        """See ``ExperimentStore``."""
        number = experiment_number(experiment_id)
        with self._read() as db:
            row = db.execute(_by_id, {"of_experiment": number}).one_or_none()
            if row is None:
                raise _not_found(experiment_id)
            return self._experiments(db, [row])[0]

    def get_experiment_by_name(self, experiment_name: str) -> Experiment | None:
        """See ``ExperimentStore``."""
        with self._read() as db:
            row = db.execute(_by_name, {"of_name": experiment_name}).one_or_none()
            return None if row is None else self._experiments(db, [row])[0]

    def _experiments(
        self, db: sa.Connection, rows: Sequence[sa.Row[tuple[object, ...]]]
    ) -> list[Experiment]:
        """The entities of rows of ``experiments``, with their tags."""
        tags: dict[int, dict[str, str]] = {row.experiment_id: {} for row in rows}
        wanted = experiment_tags.c.experiment_id.in_(list(tags))
        for number, key, value in db.execute(sa.select(experiment_tags).where(wanted)):
            tags[number][key] = value
        return [
            Experiment(
                str(row.experiment_id),
                row.name,
                self._locations.resolved(row.artifact_location),
                row.lifecycle_stage,
                tags[row.experiment_id],
                row.creation_time,
                row.last_update_time,
            )
            for row in rows
        ]

    def delete_experiment(self, experiment_id: str) -> None:
        """See ``ExperimentStore``."""
        number = experiment_number(experiment_id)

        def delete(db: sa.Connection) -> None:
            now = now_ms()
            _move(db, number, "active", "deleted", now)
            active = sa.and_(runs.c.experiment_id == number, runs.c.lifecycle_stage == "active")
            gone = {"lifecycle_stage": "deleted", "deleted_time": now, "changed": next_change}
            db.execute(runs.update().where(active).values(gone), {"now": now})

        self._write(delete)

    def restore_experiment(self, experiment_id: str) -> None:
        """See ``ExperimentStore``."""
        number = experiment_number(experiment_id)

        def restore(db: sa.Connection) -> None:
            now = now_ms()
            # Nothing may change a deleted experiment, so this is when it was deleted.
            deleted = db.scalar(sa.select(experiments.c.last_update_time).where(_of), _key(number))
            _move(db, number, "deleted", "active", now)
            together = sa.and_(runs.c.experiment_id == number, runs.c.deleted_time == deleted)
            back = {"lifecycle_stage": "active", "deleted_time": None, "changed": next_change}
            db.execute(runs.update().where(together).values(back), {"now": now})

        self._write(restore)

    def rename_experiment(self, experiment_id: str, new_name: str) -> None:
        """See ``ExperimentStore``."""
        number = experiment_number(experiment_id)

        def rename(db: sa.Connection) -> None:
            row = db.execute(_by_id, _key(number)).one_or_none()
            if row is None:
                raise _not_found(experiment_id)
            if row.lifecycle_stage != "active":
                raise InvalidState(
                    f"The experiment {experiment_id} is deleted; restore it before renaming it."
                )
            changes = {"name": new_name, "last_update_time": now_ms()}
            try:
                db.execute(experiments.update().where(_of).values(changes), _key(number))
            except sa.exc.IntegrityError:
                taken = db.execute(_by_name, {"of_name": new_name}).one()
                raise _name_taken(taken) from None

        self._write(rename)

    def set_experiment_tag(self, experiment_id: str, tag: ExperimentTag) -> None:
        """See ``ExperimentStore``."""
        number = experiment_number(experiment_id)

        def set_(db: sa.Connection) -> None:
            active_location(db, number)
            db.execute(_set_tag, _tag_row(number, tag))

        self._write(set_)

    def delete_experiment_tag(self, experiment_id: str, key: str) -> None:
        """See ``ExperimentStore``."""
        number = experiment_number(experiment_id)

        def delete(db: sa.Connection) -> None:
            active_location(db, number)
            this = sa.and_(experiment_tags.c.experiment_id == number, experiment_tags.c.key == key)
            if db.execute(experiment_tags.delete().where(this)).rowcount == 0:
                raise ResourceNotFound(
                    f"No tag with name: {key} in experiment with id {experiment_id}"
                )

        self._write(delete)


_stage_and_location = sa.select(
    experiments.c.lifecycle_stage, experiments.c.artifact_location
).where(_of)


def active_location(db: sa.Connection, number: int) -> str:
    """Where an experiment's artifacts lie, as it is kept.

    Raises:
        ResourceNotFound: There is no such experiment.
        InvalidParameter: It is deleted.
    """
    row = db.execute(_stage_and_location, _key(number)).one_or_none()
    if row is None:
        raise _not_found(str(number))
    if row[0] != "active":
        raise InvalidParameter(
            f"The experiment {number} is {row[0]}; restore it before writing to it."
        )
    location: str = row[1]
    return location


def _move(db: sa.Connection, number: int, before: str, after: str, now: int) -> None:
    this = sa.and_(_of, experiments.c.lifecycle_stage == before)
    changes = {"lifecycle_stage": after, "last_update_time": now}
    if db.execute(experiments.update().where(this).values(changes), _key(number)).rowcount == 0:
        raise _not_found(str(number), before)


def _key(number: int) -> dict[str, int]:
    return {"of_experiment": number}


def _tag_row(number: int, tag: ExperimentTag) -> dict[str, object]:
    return {"experiment_id": number, "key": tag.key, "value": tag.value}


def _not_found(experiment_id: str, stage: str = "") -> ResourceNotFound:
    kind = f"{stage} experiment" if stage else "Experiment"
    return ResourceNotFound(f"No {kind} with id={experiment_id} exists")


def _name_taken(row: sa.Row[tuple[object, ...]]) -> ResourceExists:
    if row.lifecycle_stage == "active":
        return ResourceExists(f"Experiment(name={row.name}) already exists.")
    return ResourceExists(
        f"Experiment(name={row.name}) already exists: it is deleted (id {row.experiment_id}) and "
        "keeps its name; restore it or choose another name."
    )
