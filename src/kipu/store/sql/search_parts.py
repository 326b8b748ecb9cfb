"""What a filter demands, taken apart: what must hold all at once, and what that rules out."""

from __future__ import annotations

import math
from collections.abc import Sequence

import sqlalchemy as sa

from kipu.search import And, Comparison, Field, Node, Not, Or
from kipu.search.tree import Operator
from kipu.store.sql import tables
from kipu.store.sql.keys import run_no
from kipu.store.sql.search_conditions import Condition, compare, key_conditions, table_of

_TURNED: dict[str, Operator] = {"IS NULL": "IS NOT NULL", "IS NOT NULL": "IS NULL"}


def parts(tree: Node | None) -> list[Node]:
    """What must hold all at once, with each NOT right before a comparison."""
    match None if tree is None else _simple(tree):
        case None:
            return []
        case And(inner):
            return [part for one in inner for part in parts(one)]
        case simple:
            return [simple]


def _simple(tree: Node, negated: bool = False) -> Node:
    match tree:
        case Not(part):
            return _simple(part, not negated)
        case And(inner) | Or(inner):
            simple = tuple(_simple(part, negated) for part in inner)
            return And(simple) if isinstance(tree, And) != negated else Or(simple)
        case Comparison(field, operator) if negated and operator in _TURNED:
            return Comparison(field, _TURNED[operator])
        case _:
            return Not(tree) if negated else tree


def lacking_experiments(
    db: sa.Connection, conjuncts: Sequence[Node], experiment_ids: Sequence[int]
) -> set[int]:
    """Experiments where no run can match, since none ever had a key that the filter needs."""
    known: dict[Field, set[int]] = {}

    def lacking(part: Node) -> set[int]:
        match part:
            case And(inner):
                return set().union(*map(lacking, inner))
            case Or(inner):
                return set.intersection(*map(lacking, inner))
            case Comparison(field, operator) if operator != "IS NULL" and _is_keyed(field):
                if field not in known:
                    known[field] = _lacking_key(db, field, experiment_ids)
                return known[field]
            case _:
                return set()

    return lacking(And(tuple(conjuncts)))


def _is_keyed(field: Field) -> bool:
    return field.kind in ("metric", "param", "tag")


def _lacking_key(db: sa.Connection, field: Field, experiment_ids: Sequence[int]) -> set[int]:
    table = table_of(field)
    ids = sa.select(tables.experiments.c.experiment_id).where(
        tables.experiments.c.experiment_id.in_(experiment_ids),
        sa.select(sa.literal_column("1"))
        .where(
            table.c.experiment_id == tables.experiments.c.experiment_id,
            *key_conditions(table, field),
        )
        .correlate(tables.experiments)
        .exists(),
    )
    return set(experiment_ids) - set(db.scalars(ids))


def bounds(
    conjuncts: Sequence[Node], field: Field, value: sa.ColumnElement[float]
) -> list[Condition]:
    """What a number of this field must meet where there is one."""
    met: list[Condition] = []
    for part in conjuncts:
        match part:
            case Comparison(compared, comparator, wanted) if (
                compared == field and wanted is not None
            ):
                met.append(compare(value, comparator, wanted))
            case Not(Comparison(compared, comparator, wanted)) if compared == field:
                met.append(sa.not_(compare(value, comparator, wanted)))
    return met


def window(conjuncts: Sequence[Node], number: sa.ColumnElement[int]) -> list[Condition]:
    """Bounds of the run's number that conditions on the start time imply; wide by some ms."""
    bounds: list[Condition] = []
    for part in conjuncts:
        match part:
            case Comparison(Field("attribute", "start_time"), comparator, value):
                low, high = _ends(comparator, value)
                if low is not None:
                    bounds.append(number >= run_no(math.floor(_limited(low)) - 2, "f" * 5))
                if high is not None:
                    bounds.append(number <= run_no(math.ceil(_limited(high)) + 2, ""))
    return bounds


def _ends(comparator: str, value: object) -> tuple[float | None, float | None]:
    """Between which times a run starts that meets a comparison."""
    match comparator, value:
        case "=", float() | int():
            return value, value
        case ">" | ">=", float() | int():
            return value, None
        case "<" | "<=", float() | int():
            return None, value
        case "BETWEEN" | "IN", tuple():
            ends = value if comparator == "BETWEEN" else (min(value), max(value))
            return ends[0], ends[1]
        case _:
            return None, None


def _limited(time: float) -> float:
    return max(-1e18, min(1e18, time))
