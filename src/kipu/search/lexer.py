"""Filter text -> tokens. Knows how things are written, not which of them make sense."""

from __future__ import annotations

import math
import re
from typing import Any, Literal, NamedTuple

from kipu.search.errors import InvalidSearch

Kind = Literal["name", "text", "number", "comparator", "(", ")", ",", "other", "end"]


class Token(NamedTuple):
    """A piece of the text; ``value`` is a Name, a string or a number, by kind."""

    kind: Kind
    source: str
    position: int
    value: Any = None

    @property
    def end(self) -> int:
        """The position after the last character."""
        return self.position + len(self.source)

    @property
    def keyword(self) -> str:
        """A bare word in capitals; empty for anything else."""
        return self.source.upper() if self.kind == "name" and self.source.isalpha() else ""


class Name(NamedTuple):
    """An identifier, split at its first dot and without quotes."""

    entity: str | None
    key: str
    key_position: int


_SPACE = re.compile(r"\s*")
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])", re.ASCII)
_COMPARATOR = re.compile(r"[=!<>]+")
_TEXT = re.compile(r"'([^']*)'|\"([^\"]*)\"")
# The entity or the bare attribute may stand in backticks, the key after the dot in any quotes.
_NAME = re.compile(
    r"""
    (?: `(?P<quoted>[^`]*)` | (?P<bare>[^\W\d]\w*) )
    (?: \. (?: `(?P<back>[^`]+)` | "(?P<double>[^"]+)" | '(?P<single>[^']+)' | (?P<key>[\w.]+) ) )?
    """,
    re.VERBOSE,
)
_LARGEST_INTEGER = 1 << 63


def tokens(text: str, part: str = "filter") -> list[Token]:
    """The tokens of a filter or an order, with an ``end`` after the last.

    Raises:
        InvalidSearch: A quote is not closed.
    """
    found: list[Token] = []
    position = _skip_space(text, 0)
    while position < len(text):
        token = _next_token(text, position, part)
        found.append(token)
        position = _skip_space(text, token.end)
    found.append(Token("end", "", len(text)))
    return found


def _skip_space(text: str, position: int) -> int:
    space = _SPACE.match(text, position)
    return space.end() if space else position


def _next_token(text: str, position: int, part: str) -> Token:
    char = text[position]
    if char in "(),":
        return Token(char, char, position)  # type: ignore[arg-type]
    if name := _NAME.match(text, position):
        return Token("name", name.group(), position, _name(name))
    if literal := _TEXT.match(text, position):
        return Token("text", literal.group(), position, literal.group()[1:-1])
    if number := _NUMBER.match(text, position):
        return Token("number", number.group(), position, _number(number.group()))
    if comparator := _COMPARATOR.match(text, position):
        return Token("comparator", comparator.group(), position)
    if char in "'\"`":
        raise InvalidSearch(
            f"this {char} is never closed. A text ends at its next quote and there is no escape"
            " character; a text with one kind of quotes in it goes into the other kind.",
            text,
            position,
            part,
        )
    return Token("other", char, position)


def _name(match: re.Match[str]) -> Name:
    first = match["quoted"] if match["quoted"] is not None else match["bare"]
    for group in ("back", "double", "single", "key"):
        if match[group] is not None:
            return Name(first, match[group], match.start(group))
    return Name(None, first, match.start())


def _number(source: str) -> int | float:
    """An int if it is written as one and fits 64 bits, else a float."""
    number = float(source)
    if source.lstrip("-").isdigit() and not math.isinf(number):
        exact = int(source)
        if -_LARGEST_INTEGER <= exact < _LARGEST_INTEGER:
            return exact
    return number
