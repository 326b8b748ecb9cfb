"""Params that are numbers."""

from __future__ import annotations

import math

from kipu.search.tree import Value


def number_in(text: str) -> float | None:
    """The finite number that a param's text spells, or None."""
    try:
        number = float(text)
    except ValueError:
        return None
    # Python reads 1_000 as a number; nobody else does.
    return number if math.isfinite(number) and "_" not in text else None


def is_numeric(value: Value) -> bool:
    """Whether a comparison with this value, or these, is one of numbers."""
    first = value[0] if isinstance(value, tuple) else value
    return isinstance(first, int | float)
