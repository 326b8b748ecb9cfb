"""Orders of logged models, and the data sets that their metrics are of: lists of objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from kipu.exceptions import InvalidParameter
from kipu.search.errors import InvalidSearch
from kipu.search.tree import Field, OrderBy
from kipu.search.vocabulary import LOGGED_MODELS

_MOST = 20
_CREATED = Field("attribute", "creation_timestamp")
_MODEL_ID = Field("attribute", "model_id")
_ATTRIBUTES = tuple(LOGGED_MODELS.named["attribute"])


class OnDataset(Struct, frozen=True):
    """A data set on which something was measured; None stands for any name or digest."""

    name: str | None = None
    digest: str | None = None


class ModelOrder(Struct, frozen=True):
    """Sort models by a field; of a metric, by its newest point on the data set."""

    by: OrderBy
    dataset: OnDataset = OnDataset()


def parse_logged_model_order(order_by: Sequence[Mapping[str, Any]] | None) -> list[ModelOrder]:
    """Read an order of logged models, and add what settles ties: newest first, then by id.

    Args:
        order_by: Objects with ``field_name`` (an attribute, or ``metrics.`` and a key), and perhaps
            ``ascending``, ``dataset_name`` and ``dataset_digest``.

    Raises:
        InvalidParameter: An element cannot be read.
    """
    order: list[ModelOrder] = []
    for element in _objects(order_by, "order_by", '{"field_name": "metrics.loss"}'):
        part = _part(element)
        if part not in order:
            order.append(part)
    fields = {part.by.field for part in order}
    if _CREATED not in fields:
        order.append(ModelOrder(OrderBy(_CREATED, ascending=False)))
    if _MODEL_ID not in fields:
        order.append(ModelOrder(OrderBy(_MODEL_ID)))
    return order


def read_datasets(datasets: Sequence[Mapping[str, Any]] | None) -> list[OnDataset]:
    """Read which data sets a filter's metrics must be of.

    Args:
        datasets: Objects with ``dataset_name``, and perhaps ``dataset_digest``.

    Raises:
        InvalidParameter: An element cannot be read.
    """
    found = []
    for element in _objects(datasets, "datasets", '{"dataset_name": "test"}'):
        dataset = _dataset(element, "datasets")
        if dataset.name is None:
            raise InvalidParameter(f"Each element of datasets needs a dataset_name; {element!r}.")
        found.append(dataset)
    return found


def _objects(given: object, what: str, example: str) -> list[Mapping[str, Any]]:
    if given is None:
        return []
    elements = list(given) if isinstance(given, Sequence) and not isinstance(given, str) else None
    if elements is None or not all(isinstance(element, Mapping) for element in elements):
        raise InvalidParameter(f"{what} is a list of objects such as {example}; it is {given!r}.")
    if len(elements) > _MOST:
        raise InvalidParameter(f"{what} has at most {_MOST} elements.")
    return elements


def _part(element: Mapping[str, Any]) -> ModelOrder:
    name = element.get("field_name")
    if not isinstance(name, str) or not name:
        raise InvalidParameter(f"Each element of order_by needs a field_name; {element!r}.")
    ascending = element.get("ascending", True)
    if not isinstance(ascending, bool):
        raise InvalidParameter(f"ascending in order_by is true or false, not {ascending!r}.")
    entity, dot, key = name.partition(".")
    if not dot:
        field = Field("attribute", LOGGED_MODELS.order_aliases.get(name, name))
        if field.key not in _ATTRIBUTES:
            known = ", ".join(_ATTRIBUTES)
            raise InvalidSearch(
                f"no attribute {name!r} to sort by; one of {known}, or metrics. and a key.",
                name, 0, "order_by",
            )  # fmt: skip
        return ModelOrder(OrderBy(field, ascending))
    if entity != "metrics" or not key:
        problem = "models are sorted by attributes, or by metrics. and a key."
        raise InvalidSearch(problem, name, 0, "order_by")
    # MLflow takes the key as it stands; backticks around it are those of the filter.
    bare = key[1:-1] if len(key) > 2 and key[0] == key[-1] == "`" else key
    return ModelOrder(OrderBy(Field("metric", bare), ascending), _dataset(element, "order_by"))


def _dataset(element: Mapping[str, Any], where: str) -> OnDataset:
    fields = [element.get("dataset_name") or None, element.get("dataset_digest") or None]
    for field in fields:
        if field is not None and not isinstance(field, str):
            raise InvalidParameter(f"Names and digests in {where} are texts, not {field!r}.")
    return OnDataset(*fields)
