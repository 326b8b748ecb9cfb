"""Runs as columns, read column by column from the tables and their indexes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from kipu.entities import LifecycleStage
from kipu.store.interface import TextColumn
from kipu.store.sql.keys import key_id
from kipu.store.sql.tables import latest_metrics, params, run_tags, runs

RunKey = tuple[int, int]
"""(experiment_id, run_no)"""

_AT_ONCE = 500
"""Runs of one statement."""
_MANY = 2_000
"""From here on it is quicker to read a whole column than to look each run up."""
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
        some = (*here, table.c.run_no.in_(_these))
        self.all_hashes = sa.select(table.c.run_no, table.c.value_hash).where(*here)
        self.some_hashes = sa.select(table.c.run_no, table.c.value_hash).where(*some)
        self.all_values = sa.select(table.c.value_hash, table.c.value).where(*here)
        self.some_values = sa.select(table.c.value_hash, table.c.value).where(*some)


PARAMS, TAGS = _Texts(params), _Texts(run_tags)


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
        self._places: dict[int, dict[int, int]] = {}
        for place, (experiment_id, run_no) in enumerate(keys):
            self._places.setdefault(experiment_id, {})[run_no] = place

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
            found: list[Any] = [None] * self._size
            for experiment_id, places in self._places.items():
                for row in self._read(experiment_id, _all_rows, _some_rows):
                    place = places.get(row[1])
                    if place is not None:
                        found[place] = row
            rows = found
        return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in _row]

    def numbers(self, key: str) -> list[float | None]:
        """The latest value of a metric in each run; None where it lacks it."""
        column: list[float | None] = [None] * self._size
        for experiment_id, places in self._places.items():
            rows = self._read(experiment_id, _all_numbers, _some_numbers, key)
            for run_no, kind, value in rows:
                place = places.get(run_no)
                if place is not None:
                    column[place] = _VALUE_OF_KIND[kind] if kind else value
        return column

    def texts(self, table: _Texts, key: str) -> TextColumn:
        """A param or tag in each run."""
        codes = [-1] * self._size
        code_of: dict[int, int] = {}
        bearers: list[tuple[int, list[int]]] = []
        for experiment_id, places in self._places.items():
            first: list[int] = []
            rows = self._read(experiment_id, table.all_hashes, table.some_hashes, key)
            for run_no, value_hash in rows:
                place = places.get(run_no)
                if place is None:
                    continue
                code = code_of.get(value_hash)
                if code is None:
                    code = code_of[value_hash] = len(code_of)
                    first.append(run_no)
                codes[place] = code
            bearers.append((experiment_id, first))
        values = [""] * len(code_of)
        for experiment_id, run_nos in bearers:
            rows = self._chosen(experiment_id, table.all_values, table.some_values, run_nos, key)
            for value_hash, value in rows:
                code = code_of.get(value_hash)
                if code is not None:
                    values[code] = value
        return TextColumn(values, codes)

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
        return self._chosen(experiment_id, everything, some, self._places[experiment_id], key)

    def _chosen(
        self,
        experiment_id: int,
        everything: sa.Select[Any],
        some: sa.Select[Any],
        run_nos: Collection[int],
        key: str | None,
    ) -> Sequence[Any]:
        wanted: dict[str, Any] = {"of_experiment": experiment_id}
        if key is not None:
            wanted["of_key"] = key_id(key)
        if len(run_nos) >= _MANY:
            return _fetch(self._db, everything, wanted)
        rows: list[Any] = []
        listed = list(run_nos)
        for at in range(0, len(listed), _AT_ONCE):
            chosen = wanted | {"these_runs": listed[at : at + _AT_ONCE]}
            rows += _fetch(self._db, some, chosen)
        return rows


def _fetch(
    db: sa.Connection, select: sa.Select[Any], wanted: dict[str, Any] | None = None
) -> list[Any]:
    """All rows as plain tuples: SQLAlchemy's rows take as long again, and nothing here is typed."""
    cursor = db.execute(select, wanted or {}).cursor
    return list(cursor.fetchall()) if cursor is not None else []
