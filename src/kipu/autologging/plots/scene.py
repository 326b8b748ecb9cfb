"""A picture as a list of shapes, before it becomes SVG or PNG.

Lengths are in units of which a picture is about 640 wide. Colours are names of the palette.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Rect:
    """A filled rectangle; ``says`` is what a reader learns who points at it."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    opacity: float = 1.0
    radius: float = 0.0
    says: str = ""


@dataclass(frozen=True, slots=True)
class Polyline:
    """A line through points; ``dash`` is the lengths of strokes and gaps."""

    points: Sequence[Point]
    stroke: str
    width: float = 1.0
    dash: tuple[float, ...] = ()
    says: str = ""


@dataclass(frozen=True, slots=True)
class Polygon:
    """A filled area."""

    points: Sequence[Point]
    fill: str
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Text:
    """Words; ``y`` is their base line, ``turn`` a quarter turn to the left."""

    x: float
    y: float
    words: str
    size: float = 11.0
    fill: str = "soft"
    anchor: Literal["start", "middle", "end"] = "start"
    strong: bool = False
    turn: bool = False


Shape = Rect | Polyline | Polygon | Text


@dataclass(slots=True)
class Scene:
    """A picture: ``title`` is also what a screen reader says."""

    width: float
    height: float
    title: str
    shapes: list[Shape] = field(default_factory=list)

    def add(self, *shapes: Shape) -> None:
        """Put shapes on top of those there."""
        self.shapes.extend(shapes)

    def head(self, title: str, subtitle: str) -> None:
        """Write the two lines above every plot; they end at ``HEAD``."""
        room = self.width - 2 * MARGIN
        self.add(
            Text(MARGIN, 30, fitted(title, room, 15), 15, "text", strong=True),
            Text(MARGIN, 48, fitted(subtitle, room, 11.5), 11.5, "soft"),
        )


MARGIN = 24.0
HEAD = 66.0

_NARROW = frozenset("iljftrI.,:;'|!()[]{} /\\-`\"")
_WIDE = frozenset("mwMW%@…")


def text_width(words: str, size: float) -> float:
    """How wide words are at most, about, whichever sans-serif font a viewer has."""
    return size * sum(_em(letter) for letter in words)


def _em(letter: str) -> float:
    if letter in _NARROW:
        return 0.42
    if letter in _WIDE:
        return 1.0
    if letter.isascii():
        return 0.72 if letter.isupper() else 0.63
    return 1.05 if unicodedata.east_asian_width(letter) in "WF" else 0.75


def fitted(words: str, room: float, size: float) -> str:
    """The words, with an ellipsis in their middle where they would not fit into the room.

    Names of a kind begin alike and differ at their ends.
    """
    words = " ".join(words.split())
    if text_width(words, size) <= room:
        return words
    half = (room - size) / 2
    return f"{words[: _fitting(words, half, size)].rstrip()}…{_end(words, half, size)}"


def _end(words: str, room: float, size: float) -> str:
    count = _fitting(words[::-1], room, size)
    return words[len(words) - count :].lstrip()


def _fitting(words: str, room: float, size: float) -> int:
    """How many letters fit."""
    for at, letter in enumerate(words):
        room -= size * _em(letter)
        if room < 0:
            return at
    return len(words)
