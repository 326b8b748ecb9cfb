"""The colours of plots, on light and on dark ground; those of the UI's theme."""

from __future__ import annotations

LIGHT = {
    "card": "#ffffff",
    "text": "#1d1b18",
    "soft": "#5c5850",
    "faint": "#78736a",
    "line": "#e7e4df",
    "accent": "#4656c9",
    "over": "#ffffff",
    "series-0": "#4656c9",
    "series-1": "#d2602f",
    "series-3": "#b93a86",
    "series-4": "#c08a10",
    "series-5": "#2f8fd0",
    "series-11": "#1ba55c",
}

DARK = {
    "card": "#1b1b1f",
    "text": "#ececef",
    "soft": "#aaa9b3",
    "faint": "#8a8994",
    "line": "#26262c",
    "accent": "#6c7cf0",
    "over": "#0d0e1c",
    "series-0": "#8592f5",
    "series-1": "#f0875a",
    "series-3": "#e670b4",
    "series-4": "#dfae3a",
    "series-5": "#5bb5f0",
    "series-11": "#4ed08a",
}

# Those of the theme's twelve that stay furthest apart for readers with any colour blindness, best
# pair first. Beyond six, the dashes tell curves apart.
SERIES = ("series-0", "series-1", "series-11", "series-3", "series-4", "series-5")
DASHES: tuple[tuple[float, ...], ...] = ((), (6, 3), (2, 2.5), (9, 3, 2, 3))

# From this strength of the accent on, text on it reads better in the colour "over".
OVER_FROM = 0.8


def series(number: int) -> tuple[str, tuple[float, ...]]:
    """The colour and the dashes of the curve with a number; after 24 they come again."""
    return SERIES[number % len(SERIES)], DASHES[number // len(SERIES) % len(DASHES)]
