"""Params and tags of runs: text under a name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from kipu.entities import Param, RunTag
from kipu.exceptions import InvalidParameter, ResourceNotFound
from kipu.search import number_in
from kipu.store.sql.access import SqlAccess, one_run
from kipu.store.sql.keys import PARAM, TAG, key_id, value_hash, value_prefix
from kipu.store.sql.names import Names
from kipu.store.sql.tables import params, run_tags, runs

RUN_NAME_TAG = "mlflow.runName"

_new_param = insert(params)
# A param that is there with another value would become NULL, which its column refuses.
_write_params = _new_param.on_conflict_do_update(
    index_elements=[params.c.experiment_id, params.c.run_no, params.c.key_id],
    set_={"value": sa.null()},
    where=params.c.value != _new_param.excluded.value,
)
_new_tag = insert(run_tags)
_write_tags = _new_tag.on_conflict_do_update(
    index_elements=[run_tags.c.experiment_id, run_tags.c.run_no, run_tags.c.key_id],
    set_={column: _new_tag.excluded[column] for column in ("value", "value_hash", "value_prefix")},
)
_present = sa.select(params.c.key_id, params.c.value).where(
    params.c.experiment_id == sa.bindparam("of_experiment"),
    params.c.run_no == sa.bindparam("of_run"),
)
_rename = runs.update().where(one_run).values(name=sa.bindparam("to_name"))
_delete_tag = run_tags.delete().where(
    run_tags.c.experiment_id == sa.bindparam("of_experiment"),
    run_tags.c.run_no == sa.bindparam("of_run"),
    run_tags.c.key_id == sa.bindparam("of_key"),
)


class SqlLabels(SqlAccess):
    """Keeps what ``RunStore`` promises about params and tags."""

    def set_tag(self, run_id: str, tag: RunTag) -> None:
        """See ``RunStore``."""

        def write(db: sa.Connection) -> None:
            write_labels(db, self._names, run_id, *self._change(db, run_id), (), (tag,))

        self._write(write)

    def delete_tag(self, run_id: str, key: str) -> None:
        """See ``RunStore``."""

        def delete(db: sa.Connection) -> None:
            experiment_id, run_no = self._change(db, run_id)
            place = {"of_experiment": experiment_id, "of_run": run_no, "of_key": key_id(key)}
            if db.execute(_delete_tag, place).rowcount == 0:
                raise ResourceNotFound(f"No tag with name: {key} in run with id {run_id}")

        self._write(delete)


def write_labels(
    db: sa.Connection,
    names: Names,
    run_id: str,
    experiment_id: int,
    run_no: int,
    new_params: Sequence[Param],
    new_tags: Sequence[RunTag],
) -> None:
    """Write params and tags of a run, and their names.

    Raises:
        InvalidParameter: A param is there with another value.
    """
    write_params(db, run_id, experiment_id, run_no, new_params)
    write_tags(db, experiment_id, run_no, new_tags)
    rename_by_tag(db, experiment_id, run_no, new_tags)
    used = [(PARAM, param.key) for param in new_params] + [(TAG, tag.key) for tag in new_tags]
    names.note(db, experiment_id, used)


def write_params(
    db: sa.Connection, run_id: str, experiment_id: int, run_no: int, new: Sequence[Param]
) -> None:
    """Write params that are new, and pass over those that are there with the same value.

    Raises:
        InvalidParameter: One is there with another value.
    """
    if not new:
        return
    rows = [
        _row(experiment_id, run_no, param.key, param.value) | {"number": number_in(param.value)}
        for param in new
    ]
    try:
        db.execute(_write_params, rows)
    except sa.exc.IntegrityError:
        place = {"of_experiment": experiment_id, "of_run": run_no}
        old = {row[0]: row[1] for row in db.execute(_present, place)}
        raise _conflict(run_id, old, new) from None


def _conflict(run_id: str, old: dict[int, str], new: Sequence[Param]) -> InvalidParameter:
    changes = "; ".join(
        f"{param.key!r} is {old[key_id(param.key)]!r} and cannot become {param.value!r}"
        for param in new
        if old.get(key_id(param.key), param.value) != param.value
    )
    return InvalidParameter(
        f"Params are written once, and run {run_id} has them already: {changes}. Log the new value "
        "under another name, as a tag, or in another run."
    )


def write_tags(db: sa.Connection, experiment_id: int, run_no: int, new: Iterable[RunTag]) -> None:
    """Set tags, the later ones last."""
    rows = [_row(experiment_id, run_no, tag.key, tag.value) for tag in new]
    if rows:
        db.execute(_write_tags, rows)


def rename_by_tag(
    db: sa.Connection, experiment_id: int, run_no: int, new: Sequence[RunTag]
) -> None:
    """Take over a new name that came as the tag ``mlflow.runName``."""
    name = next((tag.value for tag in reversed(new) if tag.key == RUN_NAME_TAG), None)
    if name is not None:
        place = {"of_experiment": experiment_id, "of_run": run_no, "to_name": name}
        db.execute(_rename, place)


def _row(experiment_id: int, run_no: int, key: str, value: str) -> dict[str, Any]:
    return {
        "experiment_id": experiment_id,
        "run_no": run_no,
        "key_id": key_id(key),
        "value": value,
        "value_hash": value_hash(value),
        "value_prefix": value_prefix(value),
    }
