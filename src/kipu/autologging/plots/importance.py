"""Importances of features: how much a model makes of each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kipu.autologging.plots.numbers import floats, short
from kipu.autologging.plots.palette import SERIES
from kipu.autologging.plots.scene import (
    HEAD,
    MARGIN,
    Polyline,
    Rect,
    Scene,
    Text,
    fitted,
    text_width,
)

_SHOWN = 30
_WIDTH = 640.0
_LONGEST_NAME = 210.0
# With more classes than colours, a feature has one bar: the mean size over the classes.
_MOST_BARS = len(SERIES)


@dataclass(frozen=True)
class Importance:
    """How much a model makes of each feature.

    Args:
        names: The features.
        values: A number a feature, or one for each feature and class: lists, or an array
            (features,) or (features, classes).
        kind: How it is measured: ``"weight"``, ``"gain"``, ``"split"``, ...
        title: Written above it; left out, one is made.
    """

    names: Any
    values: Any
    kind: str
    title: str = ""

    @cached_property
    def rows(self) -> list[tuple[str, list[float]]]:
        """Each feature with its values, one or one a class, in the order given."""
        values = self.values.tolist() if hasattr(self.values, "tolist") else list(self.values)
        names = [str(name) for name in self.names]
        if len(names) != len(values):
            raise ValueError(f"{len(names)} features have {len(values)} importances.")
        lists = [floats(value if _is_many(value) else [value]) for value in values]
        return list(zip(names, lists, strict=True))

    @cached_property
    def ranked(self) -> list[tuple[str, list[float]]]:
        """The features, those of the largest values first; what is no number comes last."""
        return sorted(self.rows, key=lambda row: -_size(row[1]))

    def numbers(self) -> dict[str, Any]:
        """A plain map from name to value, or values by class, as MLflow's autologging writes it."""
        return {name: values if len(values) != 1 else values[0] for name, values in self.rows}

    def picture(self) -> Scene:
        """Bars, the longest on top; the first 30 features."""
        shown = self.ranked[:_SHOWN]
        bars = [self._bars(values) for _, values in shown]
        deep = max((len(values) for values in bars), default=1)
        step = 20.0 if deep == 1 else 8.0 + 7.0 * deep
        rest = len(self.ranked) - len(shown)
        labelled = max(1, deep) if deep > 1 else 0
        bottom = HEAD + 4 + step * len(shown) + (22 if rest else 0) + (26 if labelled else 0)
        scene = Scene(_WIDTH, bottom + MARGIN - 4, self._title)
        scene.head(self._title, self._subtitle(deep))
        beside = max(
            (text_width(fitted(name, _LONGEST_NAME, 11), 11) for name, _ in shown), default=0
        )
        scale = _Scale(MARGIN + beside + 10, _WIDTH - MARGIN, [v for row in bars for v in row])
        y = HEAD + 4.0
        for (name, _), values in zip(shown, bars, strict=True):
            words = fitted(name, _LONGEST_NAME, 11)
            scene.add(Text(MARGIN + beside, y + step / 2 + 4, words, 11, "text", "end"))
            scale.draw(scene, name, values, y, step)
            y += step
        if shown:
            zero = scale.place(0.0)
            scene.add(Polyline([(zero, HEAD + 2), (zero, y + 2)], "line"))
        if rest:
            y += 22
            words = f"and {rest:,} more"
            scene.add(Text(MARGIN + beside, y - 6, words, 11, "faint", "end"))
        if labelled:
            _legend(scene, deep, y + 20)
        return scene

    @property
    def _title(self) -> str:
        return self.title or f"Feature importance ({self.kind})"

    def _subtitle(self, deep: int) -> str:
        features = "1 feature" if len(self.rows) == 1 else f"{len(self.rows):,} features"
        classes = max((len(values) for _, values in self.rows), default=1)
        if deep == 1 < classes:
            return f"{features} · mean size over {classes:,} classes"
        return features

    def _bars(self, values: list[float]) -> list[float]:
        if len(values) <= _MOST_BARS:
            return values
        return [_size(values) / len(values)]


class _Scale:
    """From a value to a place between two edges, with room for the numbers beside the bars."""

    def __init__(self, left: float, right: float, values: Sequence[float]) -> None:
        known = [value for value in values if math.isfinite(value)]
        self._low, self._high = min([0.0, *known]), max([0.0, *known])
        number = max((text_width(short(value), 10) for value in known), default=0) + 8
        self._left = left + (number if self._low < 0 else 0)
        self._right = right - (number if self._high > 0 or self._low == 0 else 0)

    def place(self, value: float) -> float:
        span = (self._high - self._low) or 1.0
        return self._left + (value - self._low) / span * (self._right - self._left)

    def draw(
        self, scene: Scene, name: str, values: Sequence[float], top: float, step: float
    ) -> None:
        thick = 13.0 if len(values) == 1 else 6.0
        y = top + (step - thick - 7 * (len(values) - 1)) / 2
        zero = self.place(0.0)
        for number, value in enumerate(values):
            whose = f"{name}, class {number}" if len(values) > 1 else name
            if math.isfinite(value):
                end = self.place(value)
                long = abs(end - zero)
                if value != 0:
                    color = SERIES[number] if len(values) > 1 else _color(value)
                    says = f"{whose}: {short(value)}"
                    scene.add(
                        Rect(
                            min(zero, end),
                            y,
                            max(1.0, long),
                            thick,
                            color,
                            1,
                            min(2, long / 2),
                            says,
                        )
                    )
            else:
                end = zero
            if len(values) == 1:
                below = value < 0
                words, x = short(value), end - 6 if below else end + 6
                anchor = "end" if below else "start"
                scene.add(Text(x, y + thick - 3, words, 10, "soft", anchor))  # type: ignore[arg-type]
            y += 7


def _legend(scene: Scene, classes: int, y: float) -> None:
    x = MARGIN
    for number in range(classes):
        scene.add(
            Rect(x, y - 9, 10, 10, SERIES[number], 1, 2),
            Text(x + 15, y, f"Class {number}", 11, "soft"),
        )
        x += 84


def _color(value: float) -> str:
    return SERIES[0] if value >= 0 else SERIES[1]


def _is_many(value: Any) -> bool:
    return isinstance(value, list | tuple) or hasattr(value, "__len__")


def _size(values: Sequence[float]) -> float:
    """How large a feature's values are together; -1 where none is a number."""
    known = [abs(value) for value in values if not math.isnan(value)]
    return sum(known) if known else -1.0
