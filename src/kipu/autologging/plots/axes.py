"""Axes of plots: a frame of round numbers, and the way from values to places in the picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kipu.autologging.plots.scene import Point, Polyline, Scene, Text


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle of the picture, and the values that its edges stand for."""

    left: float
    top: float
    width: float
    height: float
    x: tuple[float, float]
    y: tuple[float, float]

    def place(self, x: float, y: float) -> Point:
        """Where a point of values lies in the picture."""
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        return self.left + across * self.width, self.top + (1 - up) * self.height

    def draw(
        self, scene: Scene, titles: tuple[str, str], x: Sequence[float], y: Sequence[float]
    ) -> None:
        """Draw grid, numbers and titles for ticks at the values ``x`` and ``y``."""
        bottom = self.top + self.height
        for tick in y:
            level = self.place(self.x[0], tick)[1]
            scene.add(
                Polyline([(self.left, level), (self.left + self.width, level)], "line"),
                Text(self.left - 8, level + 4, tick_text(tick, y), 10.5, "faint", "end"),
            )
        for tick in x:
            place = self.place(tick, self.y[0])[0]
            scene.add(
                Polyline([(place, self.top), (place, bottom)], "line"),
                Text(place, bottom + 16, tick_text(tick, x), 10.5, "faint", "middle"),
            )
        scene.add(
            Text(self.left + self.width / 2, bottom + 36, titles[0], 11.5, "soft", "middle"),
            Text(
                self.left - 40,
                self.top + self.height / 2,
                titles[1],
                11.5,
                "soft",
                "middle",
                turn=True,
            ),
        )


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """At most about ``most`` round numbers that reach at least from ``low`` to ``high``."""
    if not high > low:
        pad = abs(low) * 0.1 or 0.5
        low, high = low - pad, high + pad
    rough = (high - low) / (most - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(digit * power for digit in (1, 2, 5, 10) if digit * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-6), math.ceil(high / step - 1e-6)
    return [float(f"{count * step:.12g}") for count in range(first, last + 1)]


def tick_text(value: float, among: Sequence[float]) -> str:
    """A tick's number, with as many decimals as all need that are on the axis."""
    biggest = max(abs(tick) for tick in among)
    step = min((b - a for a, b in pairwise(among)), default=1.0)
    if biggest >= 1e6 or (0 < step < 1e-4):
        return f"{value:.3g}"
    decimals = max(0, -math.floor(math.log10(step) + 1e-9)) if step > 0 else 0
    return f"{value:,.{decimals}f}"
