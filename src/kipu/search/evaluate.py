"""Filters and orders applied to entities in memory."""

from __future__ import annotations

import math
import operator
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

from kipu.entities import Experiment, Run
from kipu.entities.tag_names import MLFLOW_DATASET_CONTEXT, MLFLOW_RUN_NAME
from kipu.search.numbers import is_numeric, number_in
from kipu.search.patterns import fold, is_like
from kipu.search.regular import is_rlike
from kipu.search.tree import And, Comparison, Field, Node, Not, Or, OrderBy

T = TypeVar("T", Run, Experiment)

_RUN_NAME = Field("attribute", "run_name")
_HAS, _NAN, _LACKS = 0, 1, 2


class SortValue(NamedTuple):
    """A value as it is sorted: by ``rank`` first, 0 a value, 1 NaN, 2 missing; then by value."""

    rank: int
    value: Any


_POSITIVE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "LIKE": is_like,
    "ILIKE": lambda text, pattern: is_like(fold(text), fold(pattern)),
    "RLIKE": is_rlike,
    "IN": lambda value, known: value in known,
    "BETWEEN": lambda value, ends: ends[0] <= value <= ends[1],
}
# What is there and does not meet the other one.
_NEGATIVE = {
    "!=": "=",
    "NOT LIKE": "LIKE",
    "NOT ILIKE": "ILIKE",
    "NOT RLIKE": "RLIKE",
    "NOT IN": "IN",
    "NOT BETWEEN": "BETWEEN",
}


def compare(value: Any, comparator: str, wanted: Any) -> bool:
    """Whether a value that is there meets a comparison."""
    if comparator in _NEGATIVE:
        return not _POSITIVE[_NEGATIVE[comparator]](value, wanted)
    return _POSITIVE[comparator](value, wanted)


def matches(tree: Node | None, entity: Run | Experiment) -> bool:
    """Whether the entity meets the filter."""
    match tree:
        case None:
            return True
        case And(parts):
            return all(matches(part, entity) for part in parts)
        case Or(parts):
            return any(matches(part, entity) for part in parts)
        case Not(part):
            return not matches(part, entity)
        case Comparison(field, comparator, wanted):
            if field == _RUN_NAME:
                # As in MLflow, a filter reads the tag, and only an order the run's own name.
                field = Field("tag", MLFLOW_RUN_NAME)
            values = _values(field, entity)
            if wanted is None:
                return bool(values) == (comparator == "IS NOT NULL")
            if isinstance(entity, Experiment):
                wanted = _as_numbers(field, wanted)
            elif field.kind == "param" and is_numeric(wanted):
                values = [number for text in values if (number := number_in(text)) is not None]
            return any(compare(value, comparator, wanted) for value in values)


def sort_entities(entities: Iterable[T], order: Sequence[OrderBy]) -> list[T]:
    """Runs or experiments in order."""
    return sorted(
        entities,
        key=lambda entity: sort_key(order, [sort_value(part.field, entity) for part in order]),
    )


def sort_value(field: Field, entity: Run | Experiment) -> SortValue:
    """Where the entity stands when sorted by a field."""
    values = _values(field, entity)
    if not values:
        return SortValue(_LACKS, None)
    value = values[0]
    if isinstance(value, float) and math.isnan(value):
        return SortValue(_NAN, None)
    return SortValue(_HAS, value)


def sort_key(order: Sequence[OrderBy], values: Sequence[SortValue]) -> tuple[Any, ...]:
    """A key that Python sorts as the order says; one value for each part of the order."""
    return tuple(
        (value.rank, value.value if part.ascending or value.rank else _Descending(value.value))
        for part, value in zip(order, values, strict=True)
    )


class _Descending:
    """Turns the order of what it holds."""

    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:
        self._value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Descending) and bool(self._value == other._value)

    def __lt__(self, other: _Descending) -> bool:
        return bool(other._value < self._value)

    __hash__ = None  # type: ignore[assignment]


def _values(field: Field, entity: Run | Experiment) -> list[Any]:
    """What the entity has under this name: nothing, one value, or one for each data set."""
    found = _of_run(field, entity) if isinstance(entity, Run) else _of_experiment(field, entity)
    return [] if found is None else found if isinstance(found, list) else [found]


def _of_run(field: Field, run: Run) -> Any:
    match field.kind, field.key:
        case "metric", key:
            return _clamped(run.data.metrics.get(key))
        case "param", key:
            return run.data.params.get(key)
        case "tag", key:
            return run.data.tags.get(key)
        case "attribute", key:
            return getattr(run.info, key)
        case _, "context":
            return [tag.value for given in _inputs(run) for tag in given.tags
                    if tag.key == MLFLOW_DATASET_CONTEXT]  # fmt: skip
        case _, key:
            return [getattr(given.dataset, key) for given in _inputs(run)]


def _inputs(run: Run) -> list[Any]:
    return run.inputs.dataset_inputs if run.inputs else []


def _of_experiment(field: Field, experiment: Experiment) -> Any:
    if field.kind == "tag":
        return experiment.tags.get(field.key)
    return _as_numbers(field, getattr(experiment, field.key))


def _as_numbers(field: Field, value: Any) -> Any:
    if field != Field("attribute", "experiment_id"):
        return value
    return tuple(int(one) for one in value) if isinstance(value, tuple) else int(value)


def _clamped(value: float | None) -> float | None:
    """Infinities compare as the largest doubles, which MLflow stores in their place."""
    if value is None or not math.isinf(value):
        return value
    return math.copysign(sys.float_info.max, value)
