"""What filters and orders may name, for each kind of thing that is searched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from kipu.search.tree import FieldKind, Operator

# "text or number" is a number where it is compared as one, "bare" texts may stand without quotes,
# "quoted whole" numbers with them.
ValueType = Literal[
    "number", "time", "whole", "quoted whole", "text", "text or number", "bare text",
    "bare text or number", "experiment id",
]  # fmt: skip


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
    # The attributes to sort by, where they are not those of the filter.
    order_names: tuple[str, ...] | None = None


ORDERING: tuple[Operator, ...] = (">", ">=", "<", "<=")
RANGES: tuple[Operator, ...] = ("BETWEEN", "NOT BETWEEN")
PATTERNS: tuple[Operator, ...] = ("LIKE", "NOT LIKE", "ILIKE", "NOT ILIKE", "RLIKE", "NOT RLIKE")
EQUAL: tuple[Operator, ...] = ("=", "!=", "IN", "NOT IN")
NUMERIC: tuple[Operator, ...] = ("=", "!=", *ORDERING, "IN", "NOT IN", *RANGES)
TEXT: tuple[Operator, ...] = (*EQUAL, *PATTERNS)
OPTIONAL: tuple[Operator, ...] = ("IS NULL", "IS NOT NULL")
"""What a field that may be missing has besides."""

METRIC = Rule("number", (*NUMERIC, *OPTIONAL))
PARAM = Rule("text or number", (*NUMERIC, *PATTERNS, *OPTIONAL))
TAG = Rule("text", (*TEXT, *OPTIONAL))

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
        "metric": METRIC,
        "param": PARAM,
        "tag": TAG,
    },
    named={
        "attribute": {
            "run_id": Rule("text", TEXT),
            "run_name": TAG,
            "status": Rule("text", TEXT),
            "user_id": Rule("text", TEXT),
            "artifact_uri": Rule("text", TEXT),
            "start_time": Rule("time", NUMERIC),
            "end_time": Rule("time", (*NUMERIC, *OPTIONAL)),
        },
        "dataset": dict.fromkeys(("name", "digest", "context"), TAG),
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
    keyed={"tag": TAG},
    named={
        "attribute": {
            "name": Rule("text", TEXT),
            "creation_time": Rule("whole", NUMERIC),
            "last_update_time": Rule("whole", NUMERIC),
            "experiment_id": Rule("experiment id", EQUAL),
        }
    },
    aliases={},
    order_aliases={},
    order_kinds=("attribute",),
    refuses_repeated_order=False,
)

_MODEL_ALIASES = {
    "creation_time": "creation_timestamp",
    "creation_timestamp_ms": "creation_timestamp",
    "last_updated_timestamp_ms": "last_updated_timestamp",
}

# Texts need no quotes here, and entities have their plural names alone.
LOGGED_MODELS = Vocabulary(
    thing="logged model",
    entities={
        "metrics": "metric",
        "params": "param",
        "tags": "tag",
        "attributes": "attribute",
    },
    keyed={
        "metric": METRIC,
        "param": Rule("bare text or number", PARAM.operators),
        "tag": Rule("bare text", TAG.operators),
    },
    named={
        "attribute": {
            **{name: Rule("bare text", TEXT) for name in ("name", "model_id", "lifecycle_stage")},
            **{
                name: Rule("bare text", (*TEXT, *OPTIONAL))
                for name in ("model_type", "source_run_id")
            },
            "experiment_id": Rule("quoted whole", EQUAL),
            "status": Rule("quoted whole", EQUAL),
            "creation_timestamp": Rule("time", NUMERIC),
            "last_updated_timestamp": Rule("time", NUMERIC),
        }
    },
    aliases=_MODEL_ALIASES,
    order_aliases=_MODEL_ALIASES,
    order_kinds=("metric", "attribute"),
    refuses_repeated_order=False,
)
