"""Numbers of plots: read from whatever an array is, written for readers and for JSON."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

# Curves are kept to about a pixel, in the files as in the pictures.
_STEP = 1 / 400
_MOST_READ = 20_000


def floats(values: Any) -> list[float]:
    """A list of floats of a list, a tuple, an array or a series."""
    plain = values.tolist() if hasattr(values, "tolist") else values
    return [math.nan if value is None else float(value) for value in plain]


def for_json(values: Iterable[float]) -> list[float | int | None]:
    """The values as JSON can hold them: whole ones short, None for what is no finite number."""
    return [_for_json(value) for value in values]


def _for_json(value: float) -> float | int | None:
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def short(value: float) -> str:
    """A number in four digits."""
    if math.isnan(value):
        return "NaN"
    if math.isfinite(value) and value == int(value) and abs(value) < 1e9:
        return f"{int(value):,}"
    return f"{value:,.1f}" if 1000 <= abs(value) < 1e9 else f"{value:.4g}"


def percent(share: float) -> str:
    """A share in percent, with a decimal where it is told apart from all and nothing by it."""
    if math.isnan(share):
        return ""
    whole = f"{100 * share:.0f}"
    near_an_end = whole in ("0", "100") and share not in (0, 1)
    return f"{100 * share:.1f}%" if near_an_end else f"{whole}%"


def thinned(x: Sequence[float], y: Sequence[float]) -> list[int]:
    """Which points of a curve in the unit square are enough to draw it, first and last included.

    Points that are no finite numbers are left out.
    """
    stride = max(1, len(x) // _MOST_READ)
    kept: list[int] = []
    last = -1
    for at in (*range(0, len(x), stride), len(x) - 1):
        if not (math.isfinite(x[at]) and math.isfinite(y[at])):
            continue
        if not kept or abs(x[at] - x[kept[-1]]) + abs(y[at] - y[kept[-1]]) >= _STEP:
            # The end of a straight part is a corner of the curve.
            if kept and last > kept[-1] and _turns(x, y, kept[-1], last, at):
                kept.append(last)
            kept.append(at)
        last = at
    if kept and last > kept[-1]:
        kept.append(last)
    return kept


def _turns(x: Sequence[float], y: Sequence[float], a: int, b: int, c: int) -> bool:
    """Whether the way from ``a`` over ``b`` to ``c`` is not straight."""
    cross = (x[b] - x[a]) * (y[c] - y[a]) - (y[b] - y[a]) * (x[c] - x[a])
    return abs(cross) > _STEP**2
