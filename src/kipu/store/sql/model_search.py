"""Finds logged models: filter, order and page as one statement that gives the keys of a page.

Params, tags and metrics are looked up in their indexes by value; of a metric to sort by, the newest
point of each model is looked up by its key. Paging is by key, nothing is skipped by offset.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from kipu.exceptions import InvalidParameter
from kipu.search import And, Comparison, Field, ModelOrder, Node, Not, OnDataset, Or, PageKey
from kipu.series.latest import NAN
from kipu.store.sql.keys import value_hash
from kipu.store.sql.search_conditions import Condition, compare
from kipu.store.sql.tables import (
    logged_model_metrics,
    logged_model_params,
    logged_model_tags,
    logged_models,
)

_HAS, _NAN, _LACKS = 0, 1, 2
"""The ranks of ``SortValue``."""
_NULLABLE = ("model_type", "source_run_id")
_NEGATIVE = ("!=", "NOT IN", "NOT BETWEEN")

ModelKey = tuple[int, str]
"""(experiment_id, model_id)"""


class FoundModels(NamedTuple):
    """One page of models, and the key of the next page, if any."""

    models: list[ModelKey]
    next: PageKey | None


class ModelSearch(NamedTuple):
    """What is asked.

    ``search`` is a number that stands for it, by which page keys of other searches are refused.
    """

    experiment_ids: Sequence[int]
    tree: Node | None
    datasets: Sequence[OnDataset]
    order: Sequence[ModelOrder]
    search: int


def find_models(
    db: sa.Connection, asked: ModelSearch, limit: int, after: PageKey | None
) -> FoundModels:
    """One page of the active models that match.

    Raises:
        InvalidParameter: The page key belongs to another search.
    """
    parts = [_SortPart(part) for part in asked.order]
    table = logged_models.c
    conditions = [
        table.experiment_id.in_(asked.experiment_ids),
        table.lifecycle_stage == "active",
    ]
    if asked.tree is not None:
        conditions.append(_Conditions(asked.experiment_ids, asked.datasets).of(asked.tree))
    if asked.datasets and not _has_metric(asked.tree):
        points = logged_model_metrics.c
        on_some = _on(asked.datasets)
        conditions.append(
            table.model_id.in_(
                sa.select(points.model_id).where(
                    points.experiment_id.in_(asked.experiment_ids), on_some
                )
            )
        )
    columns = [column for at, part in enumerate(parts) for column in part.columns(at)]
    matching: Any = sa.select(table.experiment_id, table.model_id, *columns).where(*conditions)
    if any(part.order.by.field.kind == "metric" for part in parts) or after is not None:
        # Once for each model, and not again wherever a column is used.
        matching = sa.select(matching.cte("matching").prefix_with("MATERIALIZED", dialect="sqlite"))
    found = matching.selected_columns
    sorts = [part.sort(at, found) for at, part in enumerate(parts)]
    if after is not None:
        matching = matching.where(_behind(asked, parts, sorts, after))
    ordered = matching.order_by(*(term for sort in sorts for term in sort.terms()))
    rows = db.execute(ordered.limit(limit + 1)).all()
    page = rows[:limit]
    following = None
    if len(rows) > limit and page:
        values = tuple(part.value_of(at, page[-1]._mapping) for at, part in enumerate(parts))
        following = PageKey(values, 0, search=asked.search)
    return FoundModels([(row[0], row[1]) for row in page], following)


class _Sort(NamedTuple):
    """What one part sorts by: numbers before NaN before nothing, then values."""

    rank: sa.ColumnElement[int] | None
    value: sa.ColumnElement[Any]
    ascending: bool

    def terms(self) -> list[sa.ColumnElement[Any]]:
        ordered = self.value if self.ascending else self.value.desc()
        return [ordered] if self.rank is None else [self.rank, ordered]

    def behind(self, rank: int, value: Any, rest: Condition) -> Condition:
        """That a row comes after the given place, or at it and after the ``rest`` of places."""
        if rank == _HAS:
            beyond = self.value > value if self.ascending else self.value < value
            rest = sa.or_(beyond, sa.and_(self.value == value, rest))
        if self.rank is None:
            return rest
        return sa.or_(self.rank > rank, sa.and_(self.rank == rank, rest))


class _SortPart:
    """One part of an order, as columns of the statement."""

    def __init__(self, order: ModelOrder) -> None:
        self.order = order
        self._field = order.by.field

    def columns(self, at: int) -> list[sa.ColumnElement[Any]]:
        """The value, and of a metric its kind."""
        if self._field.kind == "attribute":
            return [logged_models.c[self._field.key].label(f"value_{at}")]
        return [self._newest("value", at), self._newest("kind", at)]

    def _newest(self, column: str, at: int) -> sa.ColumnElement[Any]:
        point = logged_model_metrics.alias()
        return (
            sa.select(point.c[column])
            .where(
                point.c.experiment_id == logged_models.c.experiment_id,
                point.c.model_id == logged_models.c.model_id,
                point.c.key == self._field.key,
                *_on_one(point.c, self.order.dataset),
            )
            .order_by(point.c.timestamp.desc(), point.c.step.desc(), point.c.run_id)
            .limit(1)
            .correlate(logged_models)
            .scalar_subquery()
            .label(f"{column}_{at}")
        )

    def sort(self, at: int, found: Any) -> _Sort:
        """What the found rows are sorted by."""
        value = found[f"value_{at}"]
        rank = None
        if self._field.kind == "metric":
            kind = found[f"kind_{at}"]
            rank = sa.case((kind.is_(None), _LACKS), (kind == NAN, _NAN), else_=_HAS)
        elif self._field.key in _NULLABLE:
            rank = sa.case((value.is_(None), _LACKS), else_=_HAS)
        return _Sort(rank, value, self.order.by.ascending)

    def value_of(self, at: int, row: Any) -> tuple[int, Any]:
        """The rank and the value of a row, for a page key."""
        value = row[f"value_{at}"]
        if value is None:
            return _LACKS, None
        if self._field.kind == "metric" and row[f"kind_{at}"] == NAN:
            return _NAN, None
        return _HAS, value

    def fits(self, rank: int, value: object) -> bool:
        """Whether a page key can hold this here."""
        if rank != _HAS:
            return value is None and rank in (_NAN, _LACKS)
        is_text = self._field.kind == "attribute" and isinstance(
            logged_models.c[self._field.key].type, sa.String
        )
        return isinstance(value, str if is_text else (int, float))


def _behind(
    asked: ModelSearch, parts: Sequence[_SortPart], sorts: Sequence[_Sort], after: PageKey
) -> Condition:
    fits = (
        after.search == asked.search
        and len(after.sort) == len(parts)
        and all(part.fits(*place) for part, place in zip(parts, after.sort, strict=True))
    )
    if not fits:
        raise InvalidParameter(
            "The page token belongs to another search: experiment_ids, filter and order_by must be "
            "those of the first page."
        )
    behind: Condition = sa.false()
    for sort, (rank, value) in reversed(list(zip(sorts, after.sort, strict=True))):
        behind = sort.behind(rank, value, behind)
    return behind


class _Conditions:
    """Turns a filter into a condition on a row of ``logged_models``; true or false, never NULL."""

    def __init__(self, experiment_ids: Sequence[int], datasets: Sequence[OnDataset]) -> None:
        self._experiment_ids = experiment_ids
        self._datasets = datasets

    def of(self, node: Node) -> Condition:
        """The condition that a filter sets."""
        match node:
            case And(parts):
                return sa.and_(*map(self.of, parts))
            case Or(parts):
                return sa.or_(*map(self.of, parts))
            case Not(part):
                return sa.not_(self.of(part))
            case Comparison(field, "IS NULL"):
                return sa.not_(self._has(field, node))
            case Comparison(field):
                return self._has(field, node)

    def _has(self, field: Field, comparison: Comparison) -> Condition:
        operator, value = comparison.operator, comparison.value
        if field.kind == "attribute":
            return _attribute(field.key, operator, value)
        table = _TABLES[field.kind]
        met: list[Condition] = []
        if value is not None:
            met.append(_METS[field.kind](table.c, operator, value))
        if field.kind == "metric" and self._datasets:
            met.append(_on(self._datasets))
        named = sa.select(table.c.model_id).where(
            table.c.experiment_id.in_(self._experiment_ids), table.c.key == field.key, *met
        )
        return logged_models.c.model_id.in_(named)


_TABLES = {
    "metric": logged_model_metrics,
    "param": logged_model_params,
    "tag": logged_model_tags,
}


def _attribute(key: str, operator: str, value: Any) -> Condition:
    column = logged_models.c[key]
    if value is None:
        return column.is_not(None)
    met = compare(column, operator, value)
    return sa.and_(column.is_not(None), met) if key in _NULLABLE else met


def _metric(point: Any, operator: str, value: Any) -> Condition:
    met = compare(point.value, operator, value)
    # As with runs, NaN differs from every number, and meets nothing else.
    if operator in _NEGATIVE:
        return sa.or_(point.kind == NAN, met)
    return sa.and_(point.kind != NAN, met)


def _label(label: Any, operator: str, value: Any) -> Condition:
    first = value[0] if isinstance(value, tuple) else value
    if isinstance(first, int | float):
        return compare(label.number, operator, value)
    met = compare(label.value, operator, value)
    # The hash finds the row, the text makes sure.
    if operator == "=":
        return sa.and_(label.value_hash == value_hash(value), met)
    if operator == "IN":
        return sa.and_(label.value_hash.in_(map(value_hash, value)), met)
    return met


_METS = {"metric": _metric, "param": _label, "tag": _label}


def _on(datasets: Sequence[OnDataset]) -> Condition:
    """That a point is on one of these data sets."""
    points = logged_model_metrics.c
    return sa.or_(*(sa.and_(*_on_one(points, dataset)) for dataset in datasets))


def _on_one(point: Any, dataset: OnDataset) -> list[Condition]:
    wanted = ((point.dataset_name, dataset.name), (point.dataset_digest, dataset.digest))
    return [column == text for column, text in wanted if text is not None]


def _has_metric(node: Node | None) -> bool:
    match node:
        case None:
            return False
        case And(parts) | Or(parts):
            return any(map(_has_metric, parts))
        case Not(part):
            return _has_metric(part)
        case Comparison(field):
            return field.kind == "metric"
