"""What filters and orders of the model registry may name, and the orders left unsaid."""

from __future__ import annotations

from collections.abc import Sequence

from kipu.search.grammar import read_filter, read_order
from kipu.search.tree import Field, Node, OrderBy
from kipu.search.vocabulary import NUMERIC, OPTIONAL, TAG, TEXT, Rule, Vocabulary

_NAME = Field("attribute", "name")
_VERSION = Field("attribute", "version_number")
_UPDATED = Field("attribute", "last_updated_timestamp")

REGISTERED_MODELS = Vocabulary(
    thing="registered model",
    entities={"attribute": "attribute", "tags": "tag", "tag": "tag"},
    keyed={"tag": TAG},
    named={"attribute": {"name": Rule("text", TEXT)}},
    aliases={},
    order_aliases={"timestamp": "last_updated_timestamp"},
    order_kinds=("attribute",),
    refuses_repeated_order=True,
    order_names=("name", "last_updated_timestamp"),
)

MODEL_VERSIONS = Vocabulary(
    thing="model version",
    entities={"attribute": "attribute", "tags": "tag", "tag": "tag"},
    keyed={"tag": TAG},
    named={
        "attribute": {
            "name": Rule("text", TEXT),
            "run_id": Rule("text", (*TEXT, *OPTIONAL)),
            "source_path": Rule("text", TEXT),
            "version_number": Rule("quoted whole", NUMERIC),
        }
    },
    aliases={},
    order_aliases={},
    order_kinds=("attribute",),
    refuses_repeated_order=True,
    order_names=("name", "version_number", "creation_timestamp", "last_updated_timestamp"),
)


def parse_registered_model_filter(text: str | None) -> Node | None:
    """Read a filter of registered models; None when it lets everything through.

    Raises:
        InvalidSearch: The filter cannot be read.
    """
    return read_filter(text, REGISTERED_MODELS)


def parse_model_version_filter(text: str | None) -> Node | None:
    """Read a filter of model versions; None when it lets everything through.

    Raises:
        InvalidSearch: The filter cannot be read.
    """
    return read_filter(text, MODEL_VERSIONS)


def parse_registered_model_order(order_by: Sequence[str] | None) -> list[OrderBy]:
    """Read an order of registered models, and add what settles ties: the name.

    Raises:
        InvalidSearch: An element cannot be read, or a field comes twice.
    """
    return _settled(read_order(order_by, REGISTERED_MODELS), OrderBy(_NAME))


def parse_model_version_order(order_by: Sequence[str] | None) -> list[OrderBy]:
    """Read an order of versions, and add what settles ties: name, then highest version.

    Raises:
        InvalidSearch: An element cannot be read, or a field comes twice.
    """
    order = read_order(order_by, MODEL_VERSIONS) or [OrderBy(_UPDATED, ascending=False)]
    return _settled(order, OrderBy(_NAME), OrderBy(_VERSION, ascending=False))


def _settled(order: list[OrderBy], *ties: OrderBy) -> list[OrderBy]:
    fields = {part.field for part in order}
    return [*order, *(tie for tie in ties if tie.field not in fields)]
