"""Which index a search of runs reads first: the rarest condition, else an equality, else the runs.

A planner without statistics often begins on the wrong side, so this is decided here: the index
range of each condition is counted, up to a limit, which costs a fraction of a millisecond.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from kipu.search import And, Comparison, Field, Node
from kipu.store.sql import tables
from kipu.store.sql.held import ByValue
from kipu.store.sql.keys import run_no, value_hash
from kipu.store.sql.search_conditions import (
    Condition,
    compare,
    key_conditions,
    linked,
    table_of,
    value_condition,
)

RARE = 1000
"""A condition that at most so many runs meet drives the search."""

_DATASET_LINK = 1
_EQUALITIES = {
    Field("attribute", "run_id"): ("=", "IN"),
    Field("dataset", "name"): ("=",),
    Field("dataset", "digest"): ("=",),
}


class Driver(NamedTuple):
    """An index range that holds every run which meets ``comparison``, each once."""

    comparison: Comparison | None
    rows: sa.FromClause
    conditions: tuple[Condition, ...]
    # The range comes in the order of the run's number.
    is_ordered: bool
    # The rows meet the comparison, there is no need to look again.
    is_exact: bool
    # The one of the conditions that the index cannot answer, but hardly ever fails.
    checked: Condition | None = None

    def size(self) -> sa.ScalarSelect[int]:
        """How many runs are in the range, counted up to a little more than what is rare."""
        within = [one for one in self.conditions if one is not self.checked]
        some = sa.select(self.rows.c.run_no).where(*within).limit(RARE + 1).subquery()
        return sa.select(sa.func.count()).select_from(some).scalar_subquery()

    def select(self, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
        """Columns of the range."""
        return sa.select(*columns).where(*self.conditions)


def parts(tree: Node | None) -> list[Node]:
    """What must hold all at once."""
    match tree:
        case None:
            return []
        case And(inner):
            return [part for one in inner for part in parts(one)]
        case _:
            return [tree]


def drivers(conjuncts: Sequence[Node], experiment_ids: Sequence[int]) -> list[Driver]:
    """The ranges that a search may begin with."""
    found = (_driver(part, experiment_ids) for part in conjuncts if isinstance(part, Comparison))
    return [driver for driver in found if driver is not None]


def rare_driver(db: sa.Connection, candidates: Sequence[Driver]) -> Driver | None:
    """The shortest range, if it is a short one."""
    if not candidates:
        return None
    sizes = db.execute(sa.select(*(driver.size() for driver in candidates))).one()
    size, driver = min(zip(sizes, candidates, strict=True), key=lambda pair: int(pair[0]))
    return driver if size <= RARE else None


def lacking_experiments(
    db: sa.Connection, conjuncts: Sequence[Node], experiment_ids: Sequence[int]
) -> set[int]:
    """Experiments where no run can match, since none ever had a key that the filter needs."""
    lacking: set[int] = set()
    for part in conjuncts:
        if not isinstance(part, Comparison) or part.operator == "IS NULL":
            continue
        if part.field.kind not in ("metric", "param", "tag"):
            continue
        table = table_of(part.field)
        key = key_conditions(table, part.field)
        ids = sa.select(tables.experiments.c.experiment_id).where(
            tables.experiments.c.experiment_id.in_(experiment_ids),
            sa.select(sa.literal_column("1"))
            .where(table.c.experiment_id == tables.experiments.c.experiment_id, *key)
            .correlate(tables.experiments)
            .exists(),
        )
        lacking |= set(experiment_ids) - set(db.scalars(ids))
    return lacking


def window(conjuncts: Sequence[Node], number: sa.ColumnElement[int]) -> list[Condition]:
    """Bounds of the run's number that conditions on the start time imply; wide by some ms."""
    bounds: list[Condition] = []
    for part in conjuncts:
        match part:
            case Comparison(Field("attribute", "start_time"), comparator, int() | float() as value):
                limited = max(-1e18, min(1e18, value))
                if comparator in ("=", ">", ">="):
                    bounds.append(number >= run_no(math.floor(limited) - 2, "f" * 5))
                if comparator in ("=", "<", "<="):
                    bounds.append(number <= run_no(math.ceil(limited) + 2, ""))
    return bounds


def among(rows: sa.FromClause, experiment_ids: Sequence[int]) -> Condition:
    """That a row belongs to one of the experiments."""
    column: sa.ColumnElement[int] = rows.c.experiment_id
    return column.in_(experiment_ids) if len(experiment_ids) > 1 else column == experiment_ids[0]


def _driver(part: Comparison, experiment_ids: Sequence[int]) -> Driver | None:
    field = part.field
    if field.kind in ("metric", "param", "tag") or field.key == "run_name":
        return _value_driver(part, experiment_ids) if part.operator != "IS NULL" else None
    if part.operator not in _EQUALITIES.get(field, ()):
        return None
    return (
        _id_driver(part, experiment_ids)
        if field.kind == "attribute"
        else _dataset_driver(part, experiment_ids)
    )


def _value_driver(part: Comparison, experiment_ids: Sequence[int]) -> Driver:
    rows = ByValue.shared(table_of(part.field))
    conditions = [among(rows, experiment_ids), *key_conditions(rows, part.field)]
    in_index = part.field.kind == "metric" or part.operator == "="
    checked = None
    if part.field.kind != "metric" and part.operator == "=":
        # The hash finds the rows, the text makes sure.
        checked = rows.c.value == part.value
        conditions += [rows.c.value_hash == value_hash(str(part.value)), checked]
    elif part.value is not None and in_index:
        conditions.append(value_condition(rows, part))
    is_ordered = part.operator == "=" and (
        part.field.kind != "metric" or abs(float(str(part.value))) < sys.float_info.max
    )
    is_exact = in_index or part.value is None
    return Driver(part, rows, tuple(conditions), is_ordered, is_exact, checked)


def _id_driver(part: Comparison, experiment_ids: Sequence[int]) -> Driver:
    rows = tables.run_directory.alias("driver")
    conditions = (
        compare(rows.c.run_id, part.operator, part.value),
        among(rows, experiment_ids),
    )
    return Driver(part, rows, conditions, is_ordered=False, is_exact=True)


def _dataset_driver(part: Comparison, experiment_ids: Sequence[int]) -> Driver:
    link, dataset = tables.run_links.alias(), tables.datasets.alias()
    rows = (
        sa.select(link.c.experiment_id, link.c.run_no)
        .distinct()
        .select_from(dataset.join(link, linked(link, dataset)))
        .where(
            among(dataset, experiment_ids),
            link.c.kind == _DATASET_LINK,
            compare(dataset.c[part.field.key], part.operator, part.value),
        )
        .subquery("driver")
    )
    return Driver(part, rows, (), is_ordered=False, is_exact=True)
