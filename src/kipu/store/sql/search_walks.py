"""Walks through the runs of one experiment that yield those which match, in order, lazily.

A walk reads as many rows as its reader takes, in portions, and goes on behind the last one by key.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from kipu.search import Field, OrderBy, SortValue, sort_key
from kipu.store.sql import tables
from kipu.store.sql.held import ByKey, ByValue
from kipu.store.sql.search_conditions import (
    INFINITY,
    MINUS_INFINITY,
    NAN,
    NUMBER,
    Condition,
    RunConditions,
    key_conditions,
    table_of,
)
from kipu.store.sql.search_drivers import RARE, Driver, among

HAS, IS_NAN, LACKS = 0, 1, 2
"""Ranks of ``SortValue``."""

_VALUES = ByValue.shared(tables.latest_metrics)
# Values that tell how many runs along them match, and as many as may be looked up for a page.
_SAMPLE = 500
_MOST_LOOKED_UP = 15_000


class Row(NamedTuple):
    """A run that matches, with its place in the order; newer runs come first among equals."""

    sort: tuple[SortValue, ...]
    experiment_id: int
    run_no: int


class Scope(NamedTuple):
    """What a walk is to find, and where; only the one that sorts goes through many experiments."""

    db: sa.Connection
    experiment_ids: tuple[int, ...]
    # ``runs``, and what a row of it must meet.
    run: sa.FromClause
    conditions: RunConditions
    met: Condition
    # Whether anything is asked of the runs but their lifecycle stage.
    is_filtered: bool
    # Bounds of the run's number, for any column that has it.
    window: Callable[[sa.ColumnElement[int]], list[Condition]]
    # What the filter says of the numbers of a field, for a column that has them.
    bounds: Callable[[Field, sa.ColumnElement[float]], list[Condition]]
    portion: int

    def run_meets(self, rows: sa.FromClause) -> Condition:
        """That the run of a row of another table meets the filter."""
        return (
            sa.select(sa.literal_column("1"))
            .select_from(self.run)
            .where(
                self.run.c.experiment_id == rows.c.experiment_id,
                self.run.c.run_no == rows.c.run_no,
                self.met,
            )
            .correlate(rows)
            .exists()
        )


def older(rows: sa.FromClause, last: Row) -> Condition:
    """That a run comes behind another one that is equal in all else."""
    number, experiment_id = rows.c.run_no, rows.c.experiment_id
    beyond = sa.or_(number < last.run_no, experiment_id > last.experiment_id)
    return sa.and_(number <= last.run_no, beyond)


def order_of_row(order: Sequence[OrderBy]) -> Callable[[Row], tuple[Any, ...]]:
    """The key by which rows of several walks are merged."""

    def key(row: Row) -> tuple[Any, ...]:
        return (*sort_key(order, row.sort), -row.run_no, row.experiment_id)

    return key


def newest_first(
    scope: Scope, driver: Driver | None, after: Row | None, sort: tuple[SortValue, ...] = ()
) -> Iterator[Row]:
    """Backwards through the runs, or through an equality index that has them in order."""
    if driver is None:
        rows = scope.run
        base = sa.select(rows.c.run_no).where(among(rows, scope.experiment_ids), scope.met)
    else:
        rows = driver.rows
        base = driver.select(rows.c.run_no).where(scope.run_meets(rows))
    (experiment_id,) = scope.experiment_ids
    base = base.where(*scope.window(rows.c.run_no))
    base = base.order_by(rows.c.run_no.desc()).limit(scope.portion)
    last = after
    while True:
        page = base if last is None else base.where(older(rows, last))
        found = [Row(sort, experiment_id, number) for number in scope.db.scalars(page).all()]
        yield from found
        if len(found) < scope.portion:
            return
        last = found[-1]


def by_metric(scope: Scope, part: OrderBy, after: Row | None) -> Iterator[Row]:
    """Through the index of a metric's values, then NaN, then the runs without it."""
    rank = after.sort[0].rank if after else HAS
    if rank == HAS and not _is_frequent(scope, part, after):
        yield from sorted_rows(scope, [part], None, after)
        return
    if rank == HAS:
        streams = [
            _by_value(scope, part, kind, after) for kind in (NUMBER, INFINITY, MINUS_INFINITY)
        ]
        yield from heapq.merge(*streams, key=order_of_row([part]))
    if rank <= IS_NAN:
        driver = _of_kind(scope, part.field, NAN)
        last = after if rank == IS_NAN else None
        yield from newest_first(scope, driver, last, (SortValue(IS_NAN, None),))
    lacking = scope._replace(met=sa.and_(scope.met, sa.not_(_has_metric(scope.run, part.field))))
    last = after if rank == LACKS else None
    yield from newest_first(lacking, None, last, (SortValue(LACKS, None),))


def _is_frequent(scope: Scope, part: OrderBy, after: Row | None) -> bool:
    """Whether a page is found sooner along the metric's values than by sorting all that match.

    In the order of values, runs are looked up here and there, which costs several times what it
    costs in the order of runs. The first values ahead tell how many would have to be.
    """
    if not scope.is_filtered:
        return True
    ahead = _ahead(scope, part, NUMBER, after).limit(_SAMPLE).subquery("ahead")
    found = sa.select(sa.func.count(), sa.func.count(sa.case((scope.run_meets(ahead), 1))))
    looked_at, matching = scope.db.execute(found.select_from(ahead)).one()
    return bool(looked_at < _SAMPLE or matching * _MOST_LOOKED_UP >= scope.portion * _SAMPLE)


def sorted_rows(
    scope: Scope, order: Sequence[OrderBy], driver: Driver | None, after: Row | None
) -> Iterator[Row]:
    """Any order: the database sorts what the filter leaves."""
    run = scope.run
    source: sa.FromClause = run
    keys = [_Key(run, part, scope.conditions) for part in order]
    given = [among(run, scope.experiment_ids), scope.met, *scope.window(run.c.run_no)]
    if driver is not None:
        # The range is short; the limit tells the planner so, and that it comes first.
        places = driver.select(driver.rows.c.experiment_id, driver.rows.c.run_no)
        few = places.limit(sa.literal_column(str(RARE))).subquery("few")
        same = sa.and_(run.c.experiment_id == few.c.experiment_id, run.c.run_no == few.c.run_no)
        source, given = few.join(run, same), given[1:]
    for key in keys:
        source = key.joined_to(source)
    values = [column for key in keys for column in (key.rank, key.value)]
    base = (
        sa.select(run.c.experiment_id, run.c.run_no, *values)
        .select_from(source)
        .where(*given)
        .order_by(*(column for key in keys for column in key.order))
        .order_by(run.c.run_no.desc(), run.c.experiment_id)
        .limit(scope.portion)
    )
    last = after
    while True:
        page = base if last is None else base.where(_behind(keys, last, older(run, last)))
        found = [_row(one) for one in scope.db.execute(page).all()]
        yield from found
        if len(found) < scope.portion:
            return
        last = found[-1]


class _Key:
    """One part of an order as SQL: a rank and a value."""

    def __init__(self, run: sa.FromClause, part: OrderBy, conditions: RunConditions) -> None:
        self._run = run
        self._field = part.field
        self._ascending = part.ascending
        self._table: sa.FromClause | None = None
        if part.field.kind == "attribute":
            self.value = conditions.attribute(part.field.key)
            self.rank = sa.case((self.value.is_(None), LACKS), else_=HAS)
            return
        table = ByKey.of(table_of(part.field))
        self._table = table
        self.value = table.c.value
        lacks = (table.c.run_no.is_(None), LACKS)
        if part.field.kind == "metric":
            self.rank = sa.case(lacks, (table.c.kind == NAN, IS_NAN), else_=HAS)
        else:
            self.rank = sa.case(lacks, else_=HAS)

    @property
    def order(self) -> tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]]:
        return self.rank, self.value if self._ascending else self.value.desc()

    def joined_to(self, source: sa.FromClause) -> sa.FromClause:
        if self._table is None:
            return source
        row = sa.and_(
            self._table.c.experiment_id == self._run.c.experiment_id,
            self._table.c.run_no == self._run.c.run_no,
            *key_conditions(self._table, self._field),
        )
        return source.outerjoin(self._table, row)

    def equals(self, last: SortValue) -> Condition:
        same = self.rank == last.rank
        return sa.and_(same, self.value == last.value) if last.rank == HAS else same

    def follows(self, last: SortValue) -> Condition:
        further = self.rank > last.rank
        if last.rank != HAS:
            return further
        beyond = self.value > last.value if self._ascending else self.value < last.value
        return sa.or_(further, sa.and_(self.rank == HAS, beyond))


def _behind(keys: Sequence[_Key], last: Row, tie: Condition) -> Condition:
    """That a row comes after another one: at the first key in which they differ."""
    condition = tie
    for key, value in reversed(list(zip(keys, last.sort, strict=True))):
        condition = sa.or_(key.follows(value), sa.and_(key.equals(value), condition))
    return condition


def _row(found: sa.Row[Any]) -> Row:
    experiment_id, number, *values = tuple(found)
    pairs = zip(values[::2], values[1::2], strict=True)
    sort = tuple(SortValue(rank, value if rank == HAS else None) for rank, value in pairs)
    return Row(sort, experiment_id, number)


def _by_value(scope: Scope, part: OrderBy, kind: int, after: Row | None) -> Iterator[Row]:
    (experiment_id,) = scope.experiment_ids
    last = after
    while True:
        page = _ahead(scope, part, kind, last)
        page = page.where(scope.run_meets(_VALUES)).limit(scope.portion)
        found = [
            Row((SortValue(HAS, found),), experiment_id, number)
            for found, number, _ in scope.db.execute(page).all()
        ]
        yield from found
        if len(found) < scope.portion:
            return
        last = found[-1]


def _ahead(scope: Scope, part: OrderBy, kind: int, last: Row | None) -> sa.Select[Any]:
    """The values of one kind behind a row, with their runs, in order."""
    rows, value = _VALUES, _VALUES.c.value
    select = _of_kind(scope, part.field, kind).select(value, rows.c.run_no, rows.c.experiment_id)
    select = select.where(*scope.bounds(part.field, value), *scope.window(rows.c.run_no))
    select = select.order_by(value if part.ascending else value.desc(), rows.c.run_no.desc())
    if last is None:
        return select
    at = last.sort[0].value
    # One range of the index, and in it a look at the runs of its first value.
    from_here = value >= at if part.ascending else value <= at
    return select.where(from_here, sa.or_(value != at, older(rows, last)))


def _of_kind(scope: Scope, field: Field, kind: int) -> Driver:
    conditions = (
        among(_VALUES, scope.experiment_ids),
        *key_conditions(_VALUES, field),
        _VALUES.c.kind == kind,
    )
    return Driver((), _VALUES, conditions)


def _has_metric(run: sa.FromClause, field: Field) -> Condition:
    rows = ByKey.shared(tables.latest_metrics)
    return (
        sa.select(sa.literal_column("1"))
        .where(
            rows.c.experiment_id == run.c.experiment_id,
            rows.c.run_no == run.c.run_no,
            *key_conditions(rows, field),
        )
        .correlate(run)
        .exists()
    )
