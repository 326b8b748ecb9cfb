"""The dictionary of metric, param and tag names of each experiment."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from kipu.exceptions import MlflowException
from kipu.store.sql.keys import key_id
from kipu.store.sql.tables import names
from kipu.store.sql.writer import after_commit

_REMEMBERED = 100_000

_new = insert(names)
# Two names of one number cannot be told apart, and must not be mixed up: the column refuses NULL.
_note = _new.on_conflict_do_update(
    index_elements=[names.c.experiment_id, names.c.kind, names.c.key_id],
    set_={"name": sa.null()},
    where=names.c.name != _new.excluded.name,
)


class Names:
    """Writes names that the database lacks; those it is known to have cost nothing."""

    def __init__(self) -> None:
        self._known: set[tuple[int, int, str]] = set()

    def note(self, db: sa.Connection, experiment_id: int, given: Iterable[tuple[int, str]]) -> None:
        """Write names, each given with its kind (``keys.METRIC``, ``PARAM``, ``TAG``).

        Raises:
            MlflowException: A name has the number of another one.
        """
        new = {(experiment_id, *name) for name in given} - self._known
        if not new:
            return
        rows = [
            {"experiment_id": experiment_id, "kind": kind, "key_id": key_id(name), "name": name}
            for _, kind, name in sorted(new)
        ]
        try:
            db.execute(_note, rows)
        except sa.exc.IntegrityError as error:
            listed = ", ".join(repr(row["name"]) for row in rows)
            raise MlflowException(
                f"One of the names {listed} has the hash of another name in this experiment; "
                "choose another spelling."
            ) from error
        after_commit(db, lambda: self._remember(new))

    def _remember(self, new: set[tuple[int, int, str]]) -> None:
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known |= new
