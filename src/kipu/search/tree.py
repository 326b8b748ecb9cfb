"""What a filter and an order mean, free of how they were written.

Every node has two truth values: a comparison with something that is not there is false, ``!=`` and
``NOT LIKE`` included, and so ``Not`` of it is true.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

FieldKind = Literal["metric", "param", "tag", "attribute", "dataset"]
Operator = Literal[
    "=", "!=", ">", ">=", "<", "<=",
    "LIKE", "NOT LIKE", "ILIKE", "NOT ILIKE", "RLIKE", "NOT RLIKE",
    "IN", "NOT IN", "BETWEEN", "NOT BETWEEN", "IS NULL", "IS NOT NULL",
]  # fmt: skip
Value: TypeAlias = int | float | str | tuple[int | float | str, ...] | None


class Field(Struct, frozen=True):
    """Something that can be compared or sorted by; attributes go by their one canonical name."""

    kind: FieldKind
    key: str


class Comparison(Struct, frozen=True):
    """``field operator value``.

    Metrics compare with floats; params with floats as numbers, with texts as texts. ``IN`` has a
    tuple of one type, ``BETWEEN`` one of two numbers, both included; ``IS [NOT] NULL`` has None.
    """

    field: Field
    operator: Operator
    value: Value = None


class And(Struct, frozen=True):
    """All parts hold."""

    parts: tuple[Node, ...]


class Or(Struct, frozen=True):
    """Some part holds."""

    parts: tuple[Node, ...]


class Not(Struct, frozen=True):
    """The part does not hold."""

    part: Node


Node: TypeAlias = Comparison | And | Or | Not


class OrderBy(Struct, frozen=True):
    """Sort by a field; what lacks it comes last in both directions, NaN right before."""

    field: Field
    ascending: bool = True
