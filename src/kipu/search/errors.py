"""The error of a filter or an order that cannot be read."""

from __future__ import annotations

from kipu.exceptions import InvalidParameter

_SHOWN = 60


class InvalidSearch(InvalidParameter):
    """A filter or an order is wrong at a certain character.

    Args:
        problem: What is wrong and what was expected, as a sentence.
        text: The filter or the order that was read.
        position: Where it is wrong, in characters from 0; also a field of the error's JSON.
        part: ``filter`` or ``order_by``; also a field of the error's JSON.
    """

    def __init__(self, problem: str, text: str, position: int, part: str = "filter") -> None:
        message = f"Invalid {part}: {problem}\n{_pointed_at(text, position)}"
        super().__init__(message, position=position, part=part)
        self.problem = problem
        self.position = position


def _pointed_at(text: str, position: int) -> str:
    """The neighbourhood of a character on one line, and a caret below it."""
    start = max(0, position - _SHOWN)
    shown = text[start : position + _SHOWN]
    before = "…" if start else ""
    after = "…" if position + _SHOWN < len(text) else ""
    line = "".join(char if char.isprintable() else " " for char in shown)
    caret = " " * (len(before) + position - start) + "^"
    return f"  {before}{line}{after}\n  {caret}"
