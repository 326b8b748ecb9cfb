"""Finds logged models: filter, order and page as one statement that gives the keys of a page.

Params, tags and metrics are looked up in their indexes by value; of a metric to sort by, the newest
point of each model is looked up by its key. Paging is by key, nothing is skipped by offset.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from kipu.exceptions import InvalidParameter
from kipu.search import (
    And,
    Comparison,
    Field,
    ModelOrder,
    Node,
    Not,
    OnDataset,
    Or,
    PageKey,
    is_numeric,
)
from kipu.series.latest import NAN
from kipu.store.sql.held import ByValue
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
    parts = [_SortPart(at, part) for at, part in enumerate(asked.order)]
    table = logged_models.c
    conditions = [
        table.experiment_id.in_(asked.experiment_ids),
        table.lifecycle_stage == "active",
    ]
    if asked.tree is not None:
        conditions.append(_Conditions(asked.experiment_ids, asked.datasets).of(asked.tree))
    if asked.datasets and not _has_metric(asked.tree):
        points = logged_model_metrics.c
        on_some = sa.select(points.model_id).where(
            points.experiment_id.in_(asked.experiment_ids), _on(points, asked.datasets)
        )
        conditions.append(table.model_id.in_(on_some))
    values = [part.value().label(part.name) for part in parts]
    matching = sa.select(table.experiment_id, table.model_id, *values).where(*conditions)
    if any(part.is_metric for part in parts):
        # The values once for each model, and not again wherever they are used.
        rows = matching.cte("matching").prefix_with("MATERIALIZED", dialect="sqlite")
        sorts = [part.sort(rows.c[part.name], rows) for part in parts]
        matching = sa.select(rows)
    else:
        sorts = [part.sort(part.value(), logged_models) for part in parts]
    if after is not None:
        matching = matching.where(_behind(asked, parts, sorts, after))
    ranks = [sort.rank for sort in sorts]
    ordered = matching.add_columns(*ranks).order_by(
        *(term for sort in sorts for term in sort.terms())
    )
    found = db.execute(ordered.limit(limit + 1)).all()
    page = found[:limit]
    following = None
    if len(found) > limit and page:
        last = page[-1]
        places = zip(last[-len(parts) :], last[2:], strict=False)
        following = PageKey(
            tuple((rank, None if rank else value) for rank, value in places), 0, search=asked.search
        )
    return FoundModels([(row[0], row[1]) for row in page], following)


class _Sort(NamedTuple):
    """What one part sorts by: numbers before NaN before nothing, then values."""

    rank: sa.ColumnElement[int]
    value: sa.ColumnElement[Any]
    ascending: bool
    is_ranked: bool

    def terms(self) -> list[sa.ColumnElement[Any]]:
        """What stands behind ORDER BY."""
        ordered = self.value if self.ascending else self.value.desc()
        return [self.rank, ordered] if self.is_ranked else [ordered]

    def behind(self, rank: int, value: Any, rest: Condition) -> Condition:
        """That a row comes after the given place, or at it and after the ``rest`` of places."""
        if rank == _HAS:
            beyond = self.value > value if self.ascending else self.value < value
            rest = sa.or_(beyond, sa.and_(self.value == value, rest))
        if not self.is_ranked:
            return rest
        return sa.or_(self.rank > rank, sa.and_(self.rank == rank, rest))


class _SortPart:
    """One part of an order, as columns of the statement."""

    def __init__(self, at: int, order: ModelOrder) -> None:
        self.name = f"value_{at}"
        self._field, self._dataset = order.by.field, order.dataset
        self._ascending = order.by.ascending
        self.is_metric = self._field.kind == "metric"

    def value(self) -> sa.ColumnElement[Any]:
        """The value of a model; NULL for a metric that is NaN or not there."""
        if not self.is_metric:
            return logged_models.c[self._field.key]
        point, conditions = self._points(logged_models)
        return (
            sa.select(sa.case((point.c.kind == NAN, None), else_=point.c.value))
            .where(*conditions)
            # Backwards through the table's key: of the newest points that of the last run.
            .order_by(point.c.timestamp.desc(), point.c.step.desc(), point.c.run_id.desc())
            .limit(1)
            .correlate(logged_models)
            .scalar_subquery()
        )

    def sort(self, value: sa.ColumnElement[Any], models: sa.FromClause) -> _Sort:
        """What models are sorted by, given where they and their values stand."""
        is_ranked = self.is_metric or self._field.key in _NULLABLE
        rank: sa.ColumnElement[int] = sa.literal(_HAS)
        if self.is_metric:
            point, conditions = self._points(models)
            is_nan = sa.select(point.c.model_id).where(*conditions).correlate(models).exists()
            rank = sa.case((value.is_not(None), _HAS), (is_nan, _NAN), else_=_LACKS)
        elif is_ranked:
            rank = sa.case((value.is_not(None), _HAS), else_=_LACKS)
        return _Sort(rank, value, self._ascending, is_ranked)

    def _points(self, models: sa.FromClause) -> tuple[sa.FromClause, list[Condition]]:
        """The points of a model that count here."""
        point = logged_model_metrics.alias()
        return point, [
            point.c.experiment_id == models.c.experiment_id,
            point.c.model_id == models.c.model_id,
            point.c.key == self._field.key,
            *_on_one(point.c, self._dataset),
        ]

    def fits(self, rank: int, value: object) -> bool:
        """Whether a page key can hold this here."""
        if rank != _HAS:
            return value is None and rank in (_NAN, _LACKS)
        is_text = not self.is_metric and isinstance(
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
        table = ByValue.of(_TABLES[field.kind])
        met: list[Condition] = []
        if value is not None:
            met.append(_METS[field.kind](table.c, operator, value))
        if field.kind == "metric" and self._datasets:
            met.append(_on(table.c, self._datasets))
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
    if is_numeric(value):
        return compare(label.number, operator, value)
    met = compare(label.value, operator, value)
    # The hash finds the row, the text makes sure.
    if operator == "=":
        return sa.and_(label.value_hash == value_hash(value), met)
    if operator == "IN":
        return sa.and_(label.value_hash.in_(map(value_hash, value)), met)
    return met


_METS = {"metric": _metric, "param": _label, "tag": _label}


def _on(points: Any, datasets: Sequence[OnDataset]) -> Condition:
    """That a point is on one of these data sets."""
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
