"""What filters and orders may name, for each kind of thing that is searched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from kipu.search.tree import FieldKind, Operator

ValueType = Literal["number", "time", "whole", "text", "experiment id"]


class Rule(NamedTuple):
    """How one field compares: with which operators, with what kind of value."""

    type: ValueType
    operators: tuple[Operator, ...]


class Vocabulary(NamedTuple):
    """The names of one kind of thing. Keys that are not listed by name are free."""

    # "run" or "experiment", for messages.
    thing: str
    # What stands before the dot.
    entities: Mapping[str, FieldKind]
    # Fields with any key, by kind.
    keyed: Mapping[FieldKind, Rule]
    # Fields with fixed names, by kind and name.
    named: Mapping[FieldKind, Mapping[str, Rule]]
    # Other spellings of attributes, in filters; those that an order takes too.
    aliases: Mapping[str, str]
    order_aliases: Mapping[str, str]
    order_kinds: tuple[FieldKind, ...]
    # An order that names a field twice is refused, or the second one ignored.
    refuses_repeated_order: bool


_NUMERIC: tuple[Operator, ...] = ("=", "!=", ">", ">=", "<", "<=")
_EQUAL: tuple[Operator, ...] = ("=", "!=")
_TEXT: tuple[Operator, ...] = (*_EQUAL, "LIKE", "ILIKE")
_LISTED: tuple[Operator, ...] = ("IN", "NOT IN")
_OPTIONAL: tuple[Operator, ...] = (*_TEXT, "IS NULL", "IS NOT NULL")

RUNS = Vocabulary(
    thing="run",
    entities={
        "metrics": "metric",
        "metric": "metric",
        "params": "param",
        "param": "param",
        "parameters": "param",
        "parameter": "param",
        "tags": "tag",
        "tag": "tag",
        "attributes": "attribute",
        "attribute": "attribute",
        "attr": "attribute",
        "run": "attribute",
        "datasets": "dataset",
        "dataset": "dataset",
    },
    keyed={
        "metric": Rule("number", _NUMERIC),
        "param": Rule("text", _OPTIONAL),
        "tag": Rule("text", _OPTIONAL),
    },
    named={
        "attribute": {
            "run_id": Rule("text", (*_TEXT, *_LISTED)),
            "run_name": Rule("text", _TEXT),
            "status": Rule("text", _TEXT),
            "user_id": Rule("text", _TEXT),
            "artifact_uri": Rule("text", _TEXT),
            "start_time": Rule("time", _NUMERIC),
            "end_time": Rule("time", _NUMERIC),
        },
        "dataset": {
            name: Rule("text", (*_TEXT, *_LISTED)) for name in ("name", "digest", "context")
        },
    },
    aliases={
        "created": "start_time",
        "Created": "start_time",
        "run name": "run_name",
        "Run name": "run_name",
        "Run Name": "run_name",
    },
    order_aliases={"created": "start_time", "Created": "start_time"},
    order_kinds=("metric", "param", "tag", "attribute"),
    refuses_repeated_order=True,
)

EXPERIMENTS = Vocabulary(
    thing="experiment",
    entities={"attribute": "attribute", "tags": "tag", "tag": "tag"},
    keyed={"tag": Rule("text", _OPTIONAL)},
    named={
        "attribute": {
            "name": Rule("text", _TEXT),
            "creation_time": Rule("whole", _NUMERIC),
            "last_update_time": Rule("whole", _NUMERIC),
            "experiment_id": Rule("experiment id", (*_EQUAL, *_LISTED)),
        }
    },
    aliases={},
    order_aliases={},
    order_kinds=("attribute",),
    refuses_repeated_order=False,
)

# Metrics, params, tags and patterns of logged models come with the rest of their features.
LOGGED_MODELS = Vocabulary(
    thing="logged model",
    entities={"attributes": "attribute"},
    keyed={},
    named={
        "attribute": {
            **{
                name: Rule("text", (*_EQUAL, *_LISTED))
                for name in ("name", "model_id", "model_type", "source_run_id", "lifecycle_stage")
            },
            "experiment_id": Rule("experiment id", (*_EQUAL, *_LISTED)),
            "status": Rule("whole", _NUMERIC),
            "creation_timestamp": Rule("whole", _NUMERIC),
            "last_updated_timestamp": Rule("whole", _NUMERIC),
        }
    },
    aliases={
        "creation_time": "creation_timestamp",
        "creation_timestamp_ms": "creation_timestamp",
    },
    order_aliases={},
    order_kinds=("attribute",),
    refuses_repeated_order=False,
)
