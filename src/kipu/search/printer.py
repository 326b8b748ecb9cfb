"""Tree -> text that reads back as the same tree."""

from __future__ import annotations

from collections.abc import Sequence

from kipu.search.tree import And, Comparison, Field, Node, Not, Or, OrderBy, Value

_KEY_QUOTES = "`\"'"
_ENTITIES = {"metric": "metrics", "param": "params", "tag": "tags", "dataset": "dataset"}


def print_filter(tree: Node | None) -> str:
    """The filter as text; ``""`` for None.

    Raises:
        ValueError: A text in it has both kinds of quotes, or a key all three.
    """
    match tree:
        case None:
            return ""
        case Comparison(field, operator, None):
            return f"{print_field(field)} {operator}"
        case Comparison(field, "BETWEEN" | "NOT BETWEEN" as operator, (low, high)):
            return f"{print_field(field)} {operator} {_value(low)} AND {_value(high)}"
        case Comparison(field, operator, value):
            return f"{print_field(field)} {operator} {_value(value)}"
        case And(parts):
            return " AND ".join(_inner(part) for part in parts)
        case Or(parts):
            return " OR ".join(_inner(part) for part in parts)
        case Not(part):
            return f"NOT {_inner(part)}"


def print_order(order: Sequence[OrderBy]) -> list[str]:
    """The order as a list of texts.

    Raises:
        ValueError: A key has all three kinds of quotes in it.
    """
    return [f"{print_field(part.field)} {'ASC' if part.ascending else 'DESC'}" for part in order]


def print_field(field: Field) -> str:
    """A field as it is written in filters and orders.

    Raises:
        ValueError: The key has all three kinds of quotes in it.
    """
    if field.kind == "attribute":
        return field.key
    entity = _ENTITIES[field.kind]
    return f"{entity}.{field.key if _is_bare(field.key) else _quoted(field.key, _KEY_QUOTES)}"


def _inner(tree: Node) -> str:
    text = print_filter(tree)
    return text if isinstance(tree, Comparison) else f"({text})"


def _is_bare(key: str) -> bool:
    return all(char.isalnum() or char in "_." for char in key) and key != ""


def _value(value: Value) -> str:
    match value:
        case tuple():
            return f"({', '.join(_value(one) for one in value)})"
        case str():
            return _quoted(value, "'\"")
        case float() if value in (float("inf"), float("-inf")):
            # What a literal beyond the largest double reads as.
            return "1e999" if value > 0 else "-1e999"
        case _:
            return repr(value)


def _quoted(text: str, quotes: str) -> str:
    for quote in quotes:
        if quote not in text:
            return f"{quote}{text}{quote}"
    raise ValueError(f"Cannot be written in a filter, it holds every kind of quotes: {text!r}")
