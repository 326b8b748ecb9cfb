"""A filter as SQL: what a run, or an experiment, must meet, as conditions on its row.

Every condition is true or false, never NULL, so that ``Not`` means what it says.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from kipu.entities.tag_names import MLFLOW_DATASET_CONTEXT, MLFLOW_RUN_NAME
from kipu.search import And, Comparison, Field, Node, Not, Or, is_numeric
from kipu.search.tree import Value
from kipu.store.sql import tables
from kipu.store.sql.held import ByKey
from kipu.store.sql.keys import key_id, value_hash

Condition = sa.ColumnElement[bool]
Columns = sa.FromClause
RunUri = Callable[[str], tuple[str, str]]

NUMBER, NAN, INFINITY, MINUS_INFINITY = 0, 1, 2, 3
"""Values of ``latest_metrics.kind``."""

NUMBERS = (NUMBER, INFINITY, MINUS_INFINITY)
_LARGEST = sys.float_info.max
_DATASET_LINK = 1

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "LIKE": lambda column, pattern: column.like(pattern),
    "NOT LIKE": lambda column, pattern: column.not_like(pattern),
    # lower() of both by the database, which knows which letters have a case.
    "ILIKE": lambda column, pattern: sa.func.lower(column).like(sa.func.lower(pattern)),
    "NOT ILIKE": lambda column, pattern: sa.func.lower(column).not_like(sa.func.lower(pattern)),
    "RLIKE": lambda column, pattern: column.regexp_match(pattern),
    "NOT RLIKE": lambda column, pattern: sa.not_(column.regexp_match(pattern)),
    "IN": lambda column, known: column.in_(known),
    "NOT IN": lambda column, known: column.not_in(known),
    "IS NOT NULL": lambda column, _: column.is_not(None),
    "BETWEEN": lambda column, ends: column.between(*ends),
    "NOT BETWEEN": lambda column, ends: sa.not_(column.between(*ends)),
}


class RunConditions:
    """Turns filters into conditions on a row of ``runs``.

    Args:
        run: The table ``runs``, or an alias of it.
        artifact_uri: The run's artifact URI as an expression on that row.
    """

    def __init__(self, run: Columns, artifact_uri: sa.ColumnElement[Any] | None = None) -> None:
        self._run = run
        self._artifact_uri = artifact_uri

    def of(self, node: Node) -> Condition:
        """The condition that a filter sets."""
        match node:
            case And(parts):
                return sa.and_(*(self.of(part) for part in parts))
            case Or(parts):
                return sa.or_(*(self.of(part) for part in parts))
            case Not(part):
                return sa.not_(self.of(part))
            case Comparison(field, "IS NULL"):
                return sa.not_(self._present(field))
            case Comparison(field, "IS NOT NULL"):
                return self._present(field)
            case Comparison(Field("attribute", key), comparator, value) if key != "run_name":
                return self._attribute(key, comparator, value)
            case Comparison(Field("dataset", key), comparator, value):
                return self._dataset(key, comparator, value)
            case Comparison(field):
                return self._row_exists(field, node)

    def _present(self, field: Field) -> Condition:
        """That the run has something under this name."""
        match field:
            case Field("attribute", key) if key != "run_name":
                return self.attribute(key).is_not(None)
            case Field("dataset", key):
                return self._dataset(key)
            case _:
                return self._row_exists(field)

    def attribute(self, key: str) -> sa.ColumnElement[Any]:
        """The value of an attribute on the run's row."""
        if key == "run_name":
            return self._run.c.name
        if key == "artifact_uri" and self._artifact_uri is not None:
            return self._artifact_uri
        return self._run.c[key]

    def _attribute(self, key: str, comparator: str, value: Any) -> Condition:
        column = self.attribute(key)
        met: Condition = compare(column, comparator, value)
        return sa.and_(column.is_not(None), met) if key in ("end_time", "artifact_uri") else met

    def _row_exists(self, field: Field, comparison: Comparison | None = None) -> Condition:
        table = ByKey.shared(table_of(field))
        conditions = key_conditions(table, field)
        if comparison is not None:
            conditions.append(value_condition(table, comparison))
        return self._exists(table, *conditions)

    def _dataset(self, key: str, comparator: str = "IS NOT NULL", value: Any = None) -> Condition:
        link = tables.run_links.alias()
        if key == "context":
            # Compared with what it lacks, NULL: false, and EXISTS asks no more.
            found = compare(context(link), comparator, value)
            return self._exists(link, link.c.kind == _DATASET_LINK, found)
        dataset = tables.datasets.alias()
        return self._exists(
            link.join(dataset, linked(link, dataset)),
            link.c.kind == _DATASET_LINK,
            compare(dataset.c[key], comparator, value),
            of=link,
        )

    def _exists(
        self, table: sa.FromClause, *conditions: Condition, of: sa.FromClause | None = None
    ) -> Condition:
        owner = table if of is None else of
        return (
            sa.select(sa.literal_column("1"))
            .select_from(table)
            .where(
                owner.c.experiment_id == self._run.c.experiment_id,
                owner.c.run_no == self._run.c.run_no,
                *conditions,
            )
            .correlate(self._run)
            .exists()
        )


def experiment_condition(node: Node) -> Condition:
    """The condition that a filter of experiments sets on a row of ``experiments``."""
    match node:
        case And(parts):
            return sa.and_(*(experiment_condition(part) for part in parts))
        case Or(parts):
            return sa.or_(*(experiment_condition(part) for part in parts))
        case Not(part):
            return sa.not_(experiment_condition(part))
        case Comparison(Field("attribute", "experiment_id"), comparator, value):
            ids = tuple(map(int, value)) if isinstance(value, tuple) else int(str(value))
            return compare(tables.experiments.c.experiment_id, comparator, ids)
        case Comparison(Field("attribute", key), comparator, value):
            return compare(tables.experiments.c[key], comparator, value)
        case Comparison(Field(_, key), comparator, value):
            tag = tables.experiment_tags.alias()
            met = [] if value is None else [compare(tag.c.value, comparator, value)]
            found = (
                sa.select(sa.literal_column("1"))
                .where(tag.c.experiment_id == tables.experiments.c.experiment_id, tag.c.key == key)
                .where(*met)
                .correlate(tables.experiments)
                .exists()
            )
            return sa.not_(found) if comparator == "IS NULL" else found


def table_of(field: Field) -> sa.Table:
    """Where a metric, param or tag is kept; the run's name is searched as the tag that it is."""
    match field.kind:
        case "metric":
            return tables.latest_metrics
        case "param":
            return tables.params
        case _:
            return tables.run_tags


def key_conditions(table: Columns, field: Field) -> list[Condition]:
    """That a row of this table belongs to the field."""
    name = MLFLOW_RUN_NAME if field.kind == "attribute" else field.key
    conditions: list[Condition] = [table.c.key_id == key_id(name)]
    if field.kind == "metric":
        conditions.append(table.c.is_latest == sa.true())
    return conditions


def value_condition(table: Columns, comparison: Comparison) -> Condition:
    """That the value in a row of a metric, param or tag meets a comparison."""
    comparator, value = comparison.operator, comparison.value
    if comparison.field.kind == "metric":
        return _metric(table, comparator, value)
    if is_numeric(value):
        # Only params compare as numbers; NULL where they are none.
        return sa.and_(table.c.number.is_not(None), compare(table.c.number, comparator, value))
    met = compare(table.c.value, comparator, value)
    # The hash finds the row, the text makes sure.
    return sa.and_(hash_condition(table, value), met) if comparator in ("=", "IN") else met


def hash_condition(table: Columns, value: Value) -> Condition:
    """That a row's value has the hash of this text, or of one of these."""
    if isinstance(value, tuple):
        hashes: Condition = table.c.value_hash.in_([value_hash(str(one)) for one in value])
        return hashes
    return table.c.value_hash == value_hash(str(value))


def _metric(table: Columns, comparator: str, value: Any) -> Condition:
    met = compare(table.c.value, comparator, value)
    if comparator in ("!=", "NOT IN", "NOT BETWEEN"):
        return sa.or_(table.c.kind == NAN, met)
    if comparator == "=" and abs(value) < _LARGEST:
        return sa.and_(table.c.kind == NUMBER, met)
    return sa.and_(table.c.kind.in_(NUMBERS), met)


def context(link: Columns) -> sa.ColumnElement[Any]:
    """What a run used a data set for; NULL if it did not say."""
    tags: sa.ColumnElement[Any] = sa.type_coerce(link.c.tags, sa.JSON())
    return tags[MLFLOW_DATASET_CONTEXT].as_string()  # type: ignore[no-any-return]


def linked(link: Columns, dataset: Columns) -> Condition:
    """That a link leads to this data set."""
    return sa.and_(
        dataset.c.experiment_id == link.c.experiment_id,
        dataset.c.dataset_id == sa.cast(link.c.target, sa.BigInteger),
    )


def compare(column: sa.ColumnElement[Any], comparator: str, value: Any) -> Condition:
    """One comparison as SQL."""
    # A fraction is not rounded to the type of the column.
    match value:
        case float():
            value = _double(value)
        case tuple() if any(isinstance(one, float) for one in value):
            value = [_double(one) for one in value]
    met: Condition = _COMPARE[comparator](column, value)
    return met


def _double(value: float) -> sa.ColumnElement[float]:
    return sa.literal(float(value), sa.Double())
