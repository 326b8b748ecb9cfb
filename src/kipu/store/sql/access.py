"""How every feature of the store reaches the database, runs and the clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeVar

import sqlalchemy as sa

from kipu.exceptions import InvalidParameter, ResourceNotFound
from kipu.store.sql.engine import Database
from kipu.store.sql.locations import Locations
from kipu.store.sql.names import Names
from kipu.store.sql.tables import experiments, run_directory, runs

T = TypeVar("T")

_REMEMBERED_RUNS = 100_000

_find = sa.select(run_directory.c.experiment_id, run_directory.c.run_no).where(
    run_directory.c.run_id == sa.bindparam("run_id")
)
_location = sa.select(experiments.c.artifact_location).where(
    experiments.c.experiment_id == sa.bindparam("of_experiment")
)
one_run = sa.and_(
    runs.c.experiment_id == sa.bindparam("of_experiment"), runs.c.run_no == sa.bindparam("of_run")
)
# Greater than every other in the store, so that a reader's cursor can miss nothing: writes come one
# after the other, and two of them may fall into one millisecond.
next_change: sa.ColumnElement[int] = sa.func.max(
    sa.bindparam("now"),
    sa.select(sa.func.coalesce(sa.func.max(runs.c.changed), 0) + 1).scalar_subquery(),
    type_=sa.BigInteger(),
)
_touch = runs.update().where(one_run).values(changed=next_change)
_touch_active = _touch.where(runs.c.lifecycle_stage == "active")


def now_ms() -> int:
    """Milliseconds since the Unix epoch."""
    return time.time_ns() // 1_000_000


class SqlAccess:
    """What the features share: the database, where runs are, and that a run has changed."""

    _database: Database
    _locations: Locations
    _names: Names
    _places: dict[str, tuple[int, int]]
    _homes: dict[int, str]

    def _read(self) -> AbstractContextManager[sa.Connection]:
        """A read transaction: all of its statements see one moment."""
        return self._database.read()

    def _write(self, work: Callable[[sa.Connection], T]) -> T:
        """Run ``work`` in a write transaction; its result once it is committed.

        It may run on another thread, together with other writes, and more than once.
        """
        return self._database.write(work)

    def _locate(self, db: sa.Connection, run_id: str) -> tuple[int, int]:
        """(experiment_id, run_no) of a run.

        Raises:
            ResourceNotFound: No run has this id.
        """
        place = self._places.get(run_id)
        if place is None:
            row = db.execute(_find, {"run_id": run_id}).one_or_none()
            if row is None:
                raise ResourceNotFound(f"Run with id={run_id} not found")
            place = (row[0], row[1])
            self._remember(run_id, place)
        return place

    def _remember(self, run_id: str, place: tuple[int, int]) -> None:
        """Keep where a run is; it never moves."""
        if len(self._places) >= _REMEMBERED_RUNS:
            self._places.clear()
        self._places[run_id] = place

    def _experiment_location(self, db: sa.Connection, experiment_id: int) -> str:
        """Where an experiment's artifacts lie, as the database keeps it; it never changes."""
        kept = self._homes.get(experiment_id)
        if kept is None:
            kept = str(db.scalar(_location, {"of_experiment": experiment_id}))
            self._homes[experiment_id] = kept
        return kept

    def _touch(self, db: sa.Connection, experiment_id: int, run_no: int) -> None:
        """Note that a run has changed; its document is stale from here on."""
        place = {"of_experiment": experiment_id, "of_run": run_no, "now": now_ms()}
        db.execute(_touch, place)

    def _change(self, db: sa.Connection, run_id: str) -> tuple[int, int]:
        """``_locate`` and ``_touch``, for a write that needs an active run.

        Raises:
            ResourceNotFound: No run has this id.
            InvalidParameter: The run is deleted.
        """
        experiment_id, run_no = self._locate(db, run_id)
        place = {"of_experiment": experiment_id, "of_run": run_no, "now": now_ms()}
        if db.execute(_touch_active, place).rowcount == 0:
            stage = db.scalar(sa.select(runs.c.lifecycle_stage).where(one_run), place)
            if stage is None:
                self._places.pop(run_id, None)
                raise ResourceNotFound(f"Run with id={run_id} not found")
            raise InvalidParameter(f"The run {run_id} is {stage}; restore it before writing to it.")
        return experiment_id, run_no


def experiment_number(experiment_id: str) -> int:
    """An experiment's id as the database has it.

    Raises:
        InvalidParameter: It is not a decimal number.
    """
    if not (experiment_id.isascii() and experiment_id.isdigit()):
        raise InvalidParameter(
            f"Invalid experiment ID {experiment_id!r}: ids of this store are decimal numbers."
        )
    number = int(experiment_id)
    return number if number < 1 << 63 else -1  # beyond every engine's integers, so nobody's
