"""Which index a search of runs reads first: the rarest condition, else an equality, else the runs.

A planner without statistics often begins on the wrong side, so this is decided here: the index
range of each condition is counted, up to a limit, which costs a fraction of a millisecond.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

import sqlalchemy as sa

from kipu.search import Comparison, Field, Node, Or, is_numeric
from kipu.store.sql import tables
from kipu.store.sql.held import ByNumber, ByValue
from kipu.store.sql.search_conditions import (
    Condition,
    compare,
    hash_condition,
    key_conditions,
    linked,
    table_of,
    value_condition,
)
from kipu.store.sql.search_parts import parts

RARE = 1000
"""A condition that at most so many runs meet drives the search."""

_DATASET_LINK = 1
_EQUALITIES = {
    Field("attribute", "run_id"): ("=", "IN"),
    Field("dataset", "name"): ("=", "IN"),
    Field("dataset", "digest"): ("=", "IN"),
}
# Ranges that are counted for one search; an OR with more is walked through.
_MOST_COUNTED = 24
# Equal values whose runs are merged; a list of more is walked through.
_MOST_MERGED = 16


class Driver(NamedTuple):
    """An index range that holds every run which meets ``met``, each once."""

    # There is no need to look again at what is named here.
    met: tuple[Node, ...]
    rows: sa.FromClause
    conditions: tuple[Condition, ...]
    # The range comes in the order of the run's number.
    is_ordered: bool = False
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


class Either(NamedTuple):
    """An OR: for each of its parts the ranges, any of which holds every run that meets the part."""

    branches: tuple[tuple[Range, ...], ...]


Range: TypeAlias = Driver | Either


def drivers(conjuncts: Sequence[Node], experiment_ids: Sequence[int]) -> list[Range]:
    """The ranges that a search for what meets all of these may begin with."""
    found: list[Range] = []
    numbers: dict[Field, list[Comparison]] = {}
    for part in conjuncts:
        match part:
            case Or(inner):
                branches = [tuple(drivers(parts(one), experiment_ids)) for one in inner]
                if all(branches):
                    found.append(Either(tuple(branches)))
            case Comparison(field) if _is_in_index_of_numbers(part):
                # Bounds of one number are one range, rare perhaps when neither bound is.
                numbers.setdefault(field, []).append(part)
            case Comparison():
                driver = _driver(part, experiment_ids)
                found += [driver] if driver else []
    return [*found, *(_number_driver(both, experiment_ids) for both in numbers.values())]


def rare_driver(db: sa.Connection, candidates: Sequence[Range]) -> Driver | None:
    """The shortest range, if it is a short one."""
    leaves = list(_leaves(candidates))
    if len(leaves) > _MOST_COUNTED:
        candidates = [one for one in candidates if isinstance(one, Driver)][:_MOST_COUNTED]
        leaves = list(_leaves(candidates))
    if not leaves:
        return None
    row = db.execute(sa.select(*(driver.size() for driver in leaves))).one()
    size, chosen = _shortest(candidates, iter(row))
    if size > RARE:
        return None
    return chosen[0] if len(chosen) == 1 else _union(chosen)


def ordered_drivers(conjuncts: Sequence[Node], experiment_ids: Sequence[int]) -> list[Driver]:
    """Ranges in order that together hold every run which meets one of the conjuncts, if any do."""
    found = (_equal_drivers(part, experiment_ids) for part in conjuncts)
    usable = [some for some in found if 0 < len(some) <= _MOST_MERGED]
    return min(usable, key=len, default=[])


def among(rows: sa.FromClause, experiment_ids: Sequence[int]) -> Condition:
    """That a row belongs to one of the experiments."""
    column: sa.ColumnElement[int] = rows.c.experiment_id
    return column.in_(experiment_ids) if len(experiment_ids) > 1 else column == experiment_ids[0]


def _leaves(candidates: Sequence[Range]) -> Iterator[Driver]:
    for one in candidates:
        if isinstance(one, Driver):
            yield one
        else:
            for branch in one.branches:
                yield from _leaves(branch)


def _shortest(candidates: Sequence[Range], sizes: Iterator[Any]) -> tuple[int, list[Driver]]:
    """The candidate with the fewest runs; sizes come in the order of the leaves."""
    found: list[tuple[int, list[Driver]]] = []
    for one in candidates:
        if isinstance(one, Driver):
            found.append((int(next(sizes)), [one]))
        else:
            branches = [_shortest(branch, sizes) for branch in one.branches]
            found.append(
                (sum(size for size, _ in branches), [d for _, some in branches for d in some])
            )
    return min(found, key=lambda pair: pair[0])


def _union(some: Sequence[Driver]) -> Driver:
    """Short ranges as one, without repetition."""
    rows = [one.select(one.rows.c.experiment_id, one.rows.c.run_no) for one in some]
    return Driver((), sa.union(*rows).subquery("driver"), ())


def _equal_drivers(part: Node, experiment_ids: Sequence[int]) -> list[Driver]:
    """Ranges in order of what meets this one; none if there are no such."""
    match part:
        case Comparison(field, "IN", tuple() as values) if len(values) <= _MOST_MERGED:
            each = [Comparison(field, "=", value) for value in dict.fromkeys(values)]
            some = [_equal_drivers(one, experiment_ids) for one in each]
        case Comparison():
            driver = (
                _number_driver([part], experiment_ids)
                if _is_in_index_of_numbers(part)
                else _driver(part, experiment_ids)
            )
            return [driver] if driver and driver.is_ordered else []
        case Or(inner):
            some = [_equal_drivers(one, experiment_ids) for one in inner]
        case _:
            return []
    if not all(some):
        return []
    # Each is met by its own value; that some is equal is what the whole list says.
    return [driver._replace(met=(part,)) for drivers in some for driver in drivers]


def _driver(part: Comparison, experiment_ids: Sequence[int]) -> Driver | None:
    field = part.field
    if field.kind in ("metric", "param", "tag") or field == Field("attribute", "run_name"):
        return _text_driver(part, experiment_ids) if part.operator != "IS NULL" else None
    if part.operator not in _EQUALITIES.get(field, ()):
        return None
    return (
        _id_driver(part, experiment_ids)
        if field.kind == "attribute"
        else _dataset_driver(part, experiment_ids)
    )


def _is_in_index_of_numbers(part: Comparison) -> bool:
    return part.field.kind in ("metric", "param") and is_numeric(part.value)


def _number_driver(bounds: Sequence[Comparison], experiment_ids: Sequence[int]) -> Driver:
    """The values of a metric, or of a param that is a number, within all bounds."""
    first = bounds[0]
    is_metric = first.field.kind == "metric"
    rows = (ByValue if is_metric else ByNumber).shared(table_of(first.field))
    conditions = [among(rows, experiment_ids), *key_conditions(rows, first.field)]
    conditions += [value_condition(rows, one) for one in bounds]
    # A metric as large as can be may be an infinity, and these have a range of their own.
    is_ordered = any(
        one.operator == "=" and (not is_metric or abs(float(str(one.value))) < sys.float_info.max)
        for one in bounds
    )
    return Driver(tuple(bounds), rows, tuple(conditions), is_ordered)


def _text_driver(part: Comparison, experiment_ids: Sequence[int]) -> Driver:
    """The values of a param or tag, or all of a key."""
    rows = ByValue.shared(table_of(part.field))
    conditions = [among(rows, experiment_ids), *key_conditions(rows, part.field)]
    if part.operator not in ("=", "IN"):
        met = (part,) if part.value is None else ()
        return Driver(met, rows, tuple(conditions))
    # The hash finds the rows, the text makes sure.
    checked = compare(rows.c.value, part.operator, part.value)
    conditions += [hash_condition(rows, part.value), checked]
    return Driver((part,), rows, tuple(conditions), part.operator == "=", checked)


def _id_driver(part: Comparison, experiment_ids: Sequence[int]) -> Driver:
    rows = tables.run_directory.alias("driver")
    conditions = (
        compare(rows.c.run_id, part.operator, part.value),
        among(rows, experiment_ids),
    )
    return Driver((part,), rows, conditions)


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
    return Driver((part,), rows, ())
