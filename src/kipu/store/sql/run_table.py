"""Runs as columns, read column by column from the tables and their indexes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from kipu.entities import LifecycleStage
from kipu.store.sql.held import ByKey
from kipu.store.sql.keys import key_id
from kipu.store.sql.tables import latest_metrics, params, run_tags, runs
from kipu.store.views import TextColumn

RunKey = tuple[int, int]
"""(experiment_id, run_no)"""

_AT_ONCE = 500
"""Runs of one statement."""
_MANY = 2_000
"""From here on it is quicker to read a whole column than to look each run up."""
_SAMPLE = 1_000
"""Texts that tell whether those of a column repeat."""
NOWHERE = -1
"""The place of a run that is not selected: behind the last one, counted from the end."""
_VALUE_OF_KIND = {1: float("nan"), 2: float("inf"), 3: float("-inf")}

_of: sa.BindParameter[int] = sa.bindparam("of_experiment")
_key: sa.BindParameter[int] = sa.bindparam("of_key")
_these: sa.BindParameter[int] = sa.bindparam("these_runs", expanding=True)
_row = (
    runs.c.experiment_id, runs.c.run_no, runs.c.run_id, runs.c.name, runs.c.status,
    runs.c.start_time, runs.c.end_time, runs.c.lifecycle_stage, runs.c.user_id, runs.c.changed,
)  # fmt: skip
_all_rows = sa.select(*_row).where(runs.c.experiment_id == _of)
_some_rows = _all_rows.where(runs.c.run_no.in_(_these))
_all_numbers = sa.select(
    latest_metrics.c.run_no, latest_metrics.c.kind, latest_metrics.c.value
).where(
    latest_metrics.c.experiment_id == _of,
    latest_metrics.c.key_id == _key,
    latest_metrics.c.is_latest,
)
_some_numbers = _all_numbers.where(latest_metrics.c.run_no.in_(_these))


class _Texts:
    """The statements of params, or of tags."""

    def __init__(self, table: sa.Table) -> None:
        here = (table.c.experiment_id == _of, table.c.key_id == _key)
        self.all_hashes = sa.select(table.c.run_no, table.c.value_hash).where(*here)
        self.first_hashes = sa.select(table.c.value_hash).where(*here).limit(_SAMPLE)
        columns = (table.c.run_no, table.c.value_hash, table.c.value)
        self.some_values = sa.select(*columns).where(*here, table.c.run_no.in_(_these))
        # Run after run: in the order of the rows, and past those of all other keys.
        held = ByKey.shared(table)
        self.all_values = sa.select(held.c.run_no, held.c.value_hash, held.c.value).where(
            runs.c.experiment_id == _of,
            held.c.experiment_id == runs.c.experiment_id,
            held.c.run_no == runs.c.run_no,
            held.c.key_id == _key,
        )


PARAMS, TAGS = _Texts(params), _Texts(run_tags)


class _Places:
    """Where the runs of one experiment stand in a selection.

    Rows come in the order of an index on values, so that each run would be a look-up somewhere else
    in a large dictionary; a binary search of all at once takes a fifth of that.
    """

    def __init__(self, run_nos: npt.NDArray[np.int64], places: npt.NDArray[np.int64]) -> None:
        """From the runs of a whole selection, and the places of those of the experiment."""
        mine = run_nos[places]
        order = np.argsort(mine)
        self._sorted = mine[order]
        self._places = places[order]

    def __len__(self) -> int:
        return len(self._sorted)

    @property
    def run_nos(self) -> list[int]:
        """The runs."""
        found: list[int] = self._sorted.tolist()
        return found

    def of(self, run_nos: Sequence[int]) -> list[int]:
        """The place of each of these runs; ``NOWHERE`` for those not selected."""
        wanted = np.array(run_nos, dtype=np.int64)
        at = np.searchsorted(self._sorted, wanted)
        at[at == len(self._sorted)] = 0
        is_there = self._sorted[at] == wanted
        found: list[int] = np.where(is_there, self._places[at], NOWHERE).tolist()
        return found


class Selection:
    """Some runs in an order, whose columns can be read.

    Args:
        db: A connection in a transaction.
        keys: The runs.
        rows: Their rows in that order, if they are known.
    """

    def __init__(
        self, db: sa.Connection, keys: Sequence[RunKey], rows: Sequence[Any] | None = None
    ) -> None:
        self._db = db
        self._size = len(keys)
        self._rows = rows
        ids = np.array([experiment_id for experiment_id, _ in keys], dtype=np.int64)
        run_nos = np.array([run_no for _, run_no in keys], dtype=np.int64)
        self._places = {
            int(one): _Places(run_nos, np.flatnonzero(ids == one)) for one in np.unique(ids)
        }

    @classmethod
    def newest(
        cls, db: sa.Connection, experiment_ids: Sequence[int], view_type: int, limit: int
    ) -> Selection:
        """The newest runs of some experiments, newest first, ties by run id."""
        stages = LifecycleStage.view_type_to_stages(view_type)
        chosen = sa.select(*_row).where(
            runs.c.experiment_id.in_(experiment_ids), runs.c.lifecycle_stage.in_(stages)
        )
        rows = _fetch(db, chosen.order_by(runs.c.run_no.desc(), runs.c.run_id).limit(limit))
        return cls(db, [(row[0], row[1]) for row in rows], rows)

    def __len__(self) -> int:
        return self._size

    def rows(self) -> list[Any]:
        """Of each column its values: experiment_id, run_no, run_id, name, status, start_time,
        end_time, lifecycle_stage, user_id, changed.
        """  # noqa: D205 - the columns are the summary
        rows = self._rows
        if rows is None:
            found: list[Any] = [None] * (self._size + 1)
            for experiment_id, places in self._places.items():
                some = self._read(experiment_id, _all_rows, _some_rows)
                for place, row in zip(places.of([row[1] for row in some]), some, strict=True):
                    found[place] = row
            found.pop()
            rows = found
        return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in _row]

    def numbers(self, key: str) -> list[float | None]:
        """The latest value of a metric in each run; None where it lacks it."""
        # One more for the runs that are not selected.
        column: list[float | None] = [None] * (self._size + 1)
        for experiment_id, places in self._places.items():
            rows = self._read(experiment_id, _all_numbers, _some_numbers, key)
            for place, (_, kind, value) in zip(
                places.of([row[0] for row in rows]), rows, strict=True
            ):
                column[place] = _VALUE_OF_KIND[kind] if kind else value
        column.pop()
        return column

    def texts(self, table: _Texts, key: str) -> TextColumn:
        """A param or tag in each run."""
        codes = [NOWHERE] * (self._size + 1)
        code_of: dict[int, int] = {}
        values: list[str] = []
        for experiment_id, places in self._places.items():
            repeats = self._repeats(experiment_id, table, key)
            everything = table.all_hashes if repeats else table.all_values
            rows = self._read(experiment_id, everything, table.some_values, key)
            first: list[Any] = []
            for place, row in zip(places.of([row[0] for row in rows]), rows, strict=True):
                if place == NOWHERE:
                    continue
                code = code_of.get(row[1])
                if code is None:
                    code = code_of[row[1]] = len(code_of)
                    first.append(row)
                codes[place] = code
            if repeats:
                # A text is read once, from the first run that has it.
                run_nos = [row[0] for row in first]
                read = self._chosen(
                    experiment_id, table.all_values, table.some_values, run_nos, key
                )
                texts = {value_hash: value for _, value_hash, value in read}
                values += [texts[row[1]] for row in first]
            else:
                values += [row[2] for row in first]
        codes.pop()
        return TextColumn(values, codes)

    def _repeats(self, experiment_id: int, table: _Texts, key: str) -> bool:
        """Whether many runs have the same few texts, so that an index of hashes says nearly all."""
        if len(self._places[experiment_id]) < _MANY:
            return False
        wanted = {"of_experiment": experiment_id, "of_key": key_id(key)}
        hashes = _fetch(self._db, table.first_hashes, wanted)
        return 2 * len(set(hashes)) <= len(hashes)

    def text_or_none(self, table: _Texts, key: str) -> list[str | None]:
        """A param or tag in each run, as it is; None where it lacks it."""
        values, codes = self.texts(table, key)
        if not values:
            return [None] * self._size
        return [values[code] if code >= 0 else None for code in codes]

    def _read(
        self,
        experiment_id: int,
        everything: sa.Select[Any],
        some: sa.Select[Any],
        key: str | None = None,
    ) -> Sequence[Any]:
        """Rows of the selected runs of an experiment, perhaps of others too."""
        run_nos = self._places[experiment_id].run_nos
        return self._chosen(experiment_id, everything, some, run_nos, key)

    def _chosen(
        self,
        experiment_id: int,
        everything: sa.Select[Any],
        some: sa.Select[Any],
        run_nos: Sequence[int],
        key: str | None,
    ) -> Sequence[Any]:
        wanted: dict[str, Any] = {"of_experiment": experiment_id}
        if key is not None:
            wanted["of_key"] = key_id(key)
        if len(run_nos) >= _MANY:
            return _fetch(self._db, everything, wanted)
        rows: list[Any] = []
        for at in range(0, len(run_nos), _AT_ONCE):
            chosen = wanted | {"these_runs": run_nos[at : at + _AT_ONCE]}
            rows += _fetch(self._db, some, chosen)
        return rows


def _fetch(
    db: sa.Connection, select: sa.Select[Any], wanted: dict[str, Any] | None = None
) -> list[Any]:
    """All rows as plain tuples: SQLAlchemy's rows take as long again, and nothing here is typed."""
    cursor = db.execute(select, wanted or {}).cursor
    return list(cursor.fetchall()) if cursor is not None else []
