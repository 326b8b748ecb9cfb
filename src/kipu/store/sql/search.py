"""Finds runs and experiments: filter, order and page as statements that read what they return.

Paging is by key and nothing is skipped by offset, so page 100 costs what page 1 costs. The dialect
compares LIKE with case; SQLite needs ``PRAGMA case_sensitive_like = ON`` for that.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, islice
from typing import Any, NamedTuple

import sqlalchemy as sa

from kipu.entities.states import LifecycleStage, ViewType
from kipu.exceptions import InvalidParameter
from kipu.search import And, Comparison, Field, Node, Not, Or, OrderBy, PageKey, SortValue
from kipu.store.sql import locations, tables
from kipu.store.sql.keyset import SortColumn, behind
from kipu.store.sql.search_conditions import RunConditions, experiment_condition
from kipu.store.sql.search_drivers import (
    Driver,
    among,
    drivers,
    ordered_drivers,
    rare_driver,
)
from kipu.store.sql.search_parts import bounds, lacking_experiments, parts, window
from kipu.store.sql.search_walks import (
    HAS,
    LACKS,
    Row,
    Scope,
    by_metric,
    newest_first,
    order_of_row,
    sorted_rows,
)

_START_TIME = Field("attribute", "start_time")
_RUN_ID = Field("attribute", "run_id")
_ARTIFACT_URI = Field("attribute", "artifact_uri")
_EXPERIMENT_ID = Field("attribute", "experiment_id")
_NEWEST_FIRST = OrderBy(_START_TIME, ascending=False)
_SMALLEST_PORTION = 50
# A walk costs as much as reading about so many runs.
_WORTH_A_WALK = 1000

_RUN = tables.runs.alias("run")

Locate = Callable[[str], str]


class Found(NamedTuple):
    """One page of runs, each as (experiment_id, run_no), and the key of the next page, if any."""

    runs: list[tuple[int, int]]
    next: PageKey | None


class FoundExperiments(NamedTuple):
    """One page of experiments by id, and the key of the next page, if any."""

    experiment_ids: list[int]
    next: PageKey | None


def find_runs(
    db: sa.Connection,
    experiment_ids: Sequence[int],
    tree: Node | None,
    order: Sequence[OrderBy],
    view_type: int,
    limit: int,
    after: PageKey | None = None,
    locate: Locate = str,
) -> Found:
    """One page of the runs that match.

    Args:
        db: A connection in a transaction, so that all statements see one moment.
        experiment_ids: Where to search; repeated ones count once.
        tree: What ``parse_run_filter`` gave.
        order: What ``parse_run_order`` gave.
        view_type: Which lifecycle stages, a number of ``ViewType``.
        limit: Most runs to return.
        after: The key that the previous page gave.
        locate: Makes a location from what the database keeps of it.

    Raises:
        InvalidParameter: The page key belongs to another order.
    """
    search = _RunSearch(db, experiment_ids, tree, view_type, locate)
    keys = _sort_keys(order)
    _check(after, keys)
    last = None
    if after is not None:
        sort = tuple(SortValue(*value) for value in after.sort)
        last = Row(sort, after.experiment_id, after.run_no)
    rows = list(islice(search.rows(keys, last, limit), limit + 1))
    page = rows[:limit]
    following = None
    if len(rows) > limit and page:
        following = PageKey(tuple(page[-1].sort), page[-1].experiment_id, page[-1].run_no)
    return Found([(row.experiment_id, row.run_no) for row in page], following)


def count_runs(
    db: sa.Connection,
    experiment_ids: Sequence[int],
    tree: Node | None,
    view_type: int,
    locate: Locate = str,
) -> int:
    """How many runs match; arguments as for ``find_runs``."""
    return _RunSearch(db, experiment_ids, tree, view_type, locate).count()


def find_experiments(
    db: sa.Connection,
    tree: Node | None,
    order: Sequence[OrderBy],
    view_type: int,
    limit: int,
    after: PageKey | None = None,
) -> FoundExperiments:
    """One page of the experiments that match; arguments as for ``find_runs``."""
    keys = list(order)[: [part.field for part in order].index(_EXPERIMENT_ID) + 1]
    _check(after, keys)
    table = tables.experiments
    columns = [SortColumn(table.c[part.field.key], part.ascending) for part in keys]
    select = sa.select(table.c.experiment_id, *(column.label(None) for column, _ in columns))
    if tree is not None:
        select = select.where(experiment_condition(tree))
    if view_type != ViewType.ALL:
        (stage,) = LifecycleStage.view_type_to_stages(view_type)
        select = select.where(table.c.lifecycle_stage == stage)
    if after is not None:
        select = select.where(behind(columns, [value for _, value in after.sort]))
    select = select.order_by(*(column.clause for column in columns))
    rows = db.execute(select.limit(limit + 1)).all()
    page = rows[:limit]
    following = None
    if len(rows) > limit and page:
        experiment_id, *values = page[-1]
        following = PageKey(tuple((HAS, value) for value in values), experiment_id)
    return FoundExperiments([row[0] for row in page], following)


class _RunSearch:
    """One search over some experiments."""

    def __init__(
        self,
        db: sa.Connection,
        experiment_ids: Sequence[int],
        tree: Node | None,
        view_type: int,
        locate: Locate,
    ) -> None:
        self._db = db
        self._locate = locate
        self._conjuncts = parts(tree)
        self._needs_uri = any(_mentions(part, _ARTIFACT_URI) for part in self._conjuncts)
        self._stages = LifecycleStage.view_type_to_stages(view_type)
        ids = sorted(set(experiment_ids))
        lacking = lacking_experiments(db, self._conjuncts, ids) if len(ids) > 1 else ()
        self._experiment_ids = tuple(one for one in ids if one not in lacking)

    def rows(self, order: Sequence[OrderBy], after: Row | None, limit: int) -> Iterator[Row]:
        """All rows behind ``after``, in order."""
        self._needs_uri |= any(part.field == _ARTIFACT_URI for part in order)
        ids = self._experiment_ids
        if not ids:
            return iter(())
        if len(ids) == 1:
            return self._walk(ids, order, after, limit + 1)
        rare = rare_driver(self._db, drivers(self._conjuncts, ids))
        if rare is not None or self._are_small():
            return sorted_rows(self._scope(ids, rare, limit + 1), order, rare, after)
        portion = min(limit + 1, max(_SMALLEST_PORTION, 2 * limit // len(ids)))
        walks = [self._walk((one,), order, after, portion) for one in ids]
        return heapq.merge(*walks, key=order_of_row(order))

    def count(self) -> int:
        """The number of runs that match."""
        ids = self._experiment_ids
        if not ids:
            return 0
        driver = rare_driver(self._db, drivers(self._conjuncts, ids))
        if driver is None:
            ordered = ordered_drivers(self._conjuncts, ids)
            driver = ordered[0] if len(ordered) == 1 else None
        scope = self._scope(ids, driver, 0)
        if driver is None:
            matching = sa.select(scope.run.c.run_no).where(
                among(scope.run, ids), scope.met, *scope.window(scope.run.c.run_no)
            )
        else:
            matching = driver.select(driver.rows.c.run_no).where(scope.run_meets(driver.rows))
        select = sa.select(sa.func.count()).select_from(matching.subquery())
        return int(self._db.execute(select).scalar_one())

    def _walk(
        self, ids: tuple[int, ...], order: Sequence[OrderBy], after: Row | None, portion: int
    ) -> Iterator[Row]:
        """The rows of one experiment."""
        ordered = ordered_drivers(self._conjuncts, ids)
        # Alone, equalities are their own best drivers: they read nothing that they do not return.
        settled = not order and len(self._conjuncts) == 1 and len(ordered) > 0
        rare = None if settled else rare_driver(self._db, drivers(self._conjuncts, ids))
        if rare is not None and (order or not rare.is_ordered):
            return sorted_rows(self._scope(ids, rare, portion), order, rare, after)
        if not order:
            return self._newest_first(ids, [rare] if rare else ordered, after, portion)
        scope = self._scope(ids, None, portion)
        if len(order) == 1 and order[0].field.kind == "metric":
            return by_metric(scope, order[0], after)
        return sorted_rows(scope, order, None, after)

    def _newest_first(
        self, ids: tuple[int, ...], ordered: Sequence[Driver], after: Row | None, portion: int
    ) -> Iterator[Row]:
        if len(ordered) < 2:
            driver = ordered[0] if ordered else None
            return newest_first(self._scope(ids, driver, portion), driver, after)
        share = max(_SMALLEST_PORTION, 2 * portion // len(ordered))
        walks = [newest_first(self._scope(ids, one, share), one, after) for one in ordered]
        # A run that several of them find comes once.
        merged = heapq.merge(*walks, key=order_of_row(()))
        return (row for row, _ in groupby(merged))

    def _are_small(self) -> bool:
        """Whether reading all runs costs less than a walk through each experiment."""
        most = _WORTH_A_WALK * len(self._experiment_ids)
        some = (
            sa.select(tables.runs.c.run_no)
            .where(among(tables.runs, self._experiment_ids))
            .limit(most + 1)
            .subquery()
        )
        return (
            int(self._db.execute(sa.select(sa.func.count()).select_from(some)).scalar_one()) <= most
        )

    def _scope(self, ids: tuple[int, ...], driver: Driver | None, portion: int) -> Scope:
        run = _RUN
        conditions = RunConditions(run, self._artifact_uri(ids, run) if self._needs_uri else None)
        rest = self._conjuncts
        if driver is not None:
            rest = [part for part in rest if part not in driver.met]
        met = [conditions.of(part) for part in rest]
        if len(self._stages) == 1:
            met.append(run.c.lifecycle_stage == self._stages[0])
        return Scope(
            db=self._db,
            experiment_ids=ids,
            run=run,
            conditions=conditions,
            met=sa.and_(sa.true(), *met),
            is_filtered=len(rest) > 0,
            window=lambda number: window(self._conjuncts, number),
            bounds=lambda field, value: bounds(self._conjuncts, field, value),
            portion=portion,
        )

    def _artifact_uri(self, ids: Sequence[int], run: sa.FromClause) -> sa.ColumnElement[Any]:
        """The run's artifact URI as SQL; the database keeps only what differs from the rule."""
        table = tables.experiments
        kept = self._db.execute(
            sa.select(table.c.experiment_id, table.c.artifact_location).where(among(table, ids))
        ).all()
        if not kept:
            return run.c.artifact_uri
        # What stands before the run's id, and what stands behind it.
        uris = [(one, locations.of_run(self._locate(kept), "\0").split("\0")) for one, kept in kept]
        before = sa.case({one: uri[0] for one, uri in uris}, value=run.c.experiment_id)
        behind = sa.case({one: uri[1] for one, uri in uris}, value=run.c.experiment_id)
        return sa.func.coalesce(run.c.artifact_uri, before + run.c.run_id + behind)


def _sort_keys(order: Sequence[OrderBy]) -> list[OrderBy]:
    """The order up to where the run's number says the same: newest first, ties by run id."""
    keys = list(order)[: [part.field for part in order].index(_RUN_ID) + 1]
    if keys[-1].ascending and any(part.field == _START_TIME for part in keys):
        keys.pop()
        if keys[-1] == _NEWEST_FIRST:
            keys.pop()
    return keys


def _mentions(tree: Node, field: Field) -> bool:
    match tree:
        case And(parts) | Or(parts):
            return any(_mentions(part, field) for part in parts)
        case Not(part):
            return _mentions(part, field)
        case Comparison(compared):
            return compared == field


def _check(after: PageKey | None, keys: Sequence[OrderBy]) -> None:
    """Refuse a key whose values are not of the kind that the order sorts by."""
    if after is None:
        return
    fits = len(after.sort) == len(keys) and all(
        _fits(part.field, rank, value) for part, (rank, value) in zip(keys, after.sort, strict=True)
    )
    if not fits:
        raise InvalidParameter(
            "The page token belongs to another order; ask for the first page again."
        )


def _fits(field: Field, rank: int, value: object) -> bool:
    if rank != HAS:
        return HAS < rank <= LACKS and value is None
    is_number = field.kind == "metric" or (
        field.kind == "attribute" and field.key.endswith(("_time", "experiment_id"))
    )
    return isinstance(value, int | float if is_number else str)
