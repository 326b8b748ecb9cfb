"""Confusion matrices: how often each class was taken for each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kipu.autologging.plots.numbers import floats, for_json, percent, short
from kipu.autologging.plots.palette import OVER_FROM
from kipu.autologging.plots.scene import HEAD, MARGIN, Rect, Scene, Text, fitted, text_width

_LABEL = 11.0
_LONGEST_LABEL = 150.0
_SMALLEST, _LARGEST = 14.0, 84.0


@dataclass(frozen=True)
class ConfusionMatrix:
    """How often each class was taken for each.

    Args:
        labels: The classes, of any type, in the order of rows and columns.
        counts: A row for each true class, a column for each predicted one: samples, or their
            weights. Lists or an array (classes, classes).
        normalized: Whether the picture tells shares of the true class rather than counts.
        title: Written above it; left out, one is made.
    """

    labels: Any
    counts: Any
    normalized: bool = True
    title: str = ""

    @cached_property
    def names(self) -> list[str]:
        """The classes as texts."""
        return [str(label) for label in self.labels]

    @cached_property
    def rows(self) -> list[list[float]]:
        """The counts as lists."""
        rows = [floats(row) for row in self.counts]
        if len(rows) != len(self.names) or any(len(row) != len(rows) for row in rows):
            raise ValueError(
                f"A confusion matrix of {len(self.names)} classes needs as many rows and columns."
            )
        return rows

    def numbers(self) -> dict[str, Any]:
        """The numbers, as the artifact holds them."""
        return {
            "kind": "confusion_matrix",
            "version": 1,
            "title": self._title,
            "normalized": self.normalized,
            "labels": self.names,
            "counts": [for_json(row) for row in self.rows],
        }

    def picture(self) -> Scene:
        """A square of cells, the stronger coloured the larger their share."""
        count = max(1, len(self.names))
        cell = min(_LARGEST, max(_SMALLEST, 440 / count))
        across = cell < max((_label_width(name) for name in self.names), default=0) + 6
        beside = max((_label_width(name) for name in self.names), default=0)
        below = beside + 8 if across else 20.0
        side = cell * count
        left = MARGIN + 26 + beside + 8
        scene = Scene(
            max(480.0, left + side + MARGIN), HEAD + side + below + 26 + MARGIN, self._title
        )
        left += max(0.0, (scene.width - MARGIN - left - side) / 2)
        scene.head(self._title, self._subtitle())
        self._draw_cells(scene, left, cell)
        self._draw_labels(scene, left, cell, across)
        middle = HEAD + side / 2
        scene.add(
            Text(left - beside - 20, middle, "True class", 11.5, "soft", "middle", turn=True),
            Text(
                left + side / 2, HEAD + side + below + 24, "Predicted class", 11.5, "soft", "middle"
            ),
        )
        return scene

    @property
    def _title(self) -> str:
        if self.title:
            return self.title
        return "Normalized confusion matrix" if self.normalized else "Confusion matrix"

    def _subtitle(self) -> str:
        total = sum(value for row in self.rows for value in row if math.isfinite(value))
        right = sum(row[at] for at, row in enumerate(self.rows) if math.isfinite(row[at]))
        said = "Shares of the true class" if self.normalized else "Counts"
        if total <= 0:
            return said
        return f"{said} · {short(total)} in all · {100 * right / total:.1f}% on the diagonal"

    def _draw_cells(self, scene: Scene, left: float, cell: float) -> None:
        side = cell * len(self.names)
        scene.add(Rect(left, HEAD, side, side, "line", 0.3, 3))
        gap = 1.0 if cell > 20 else 0.5
        most = max((v for row in self.rows for v in row if math.isfinite(v)), default=0.0)
        for i, row in enumerate(self.rows):
            total = sum(value for value in row if math.isfinite(value))
            for j, value in enumerate(row):
                share = value / total if total > 0 else math.nan
                strength = share if self.normalized else (value / most if most > 0 else 0.0)
                x, y = left + j * cell, HEAD + i * cell
                if value == 0 or not math.isfinite(strength):
                    if cell >= 30:
                        words = "0" if value == 0 else "-"
                        scene.add(
                            Text(x + cell / 2, y + cell / 2 + 4, words, 10.5, "faint", "middle")
                        )
                    continue
                # What is there at all is told apart from what is not.
                strength = 0.1 + 0.9 * min(1.0, max(0.0, strength))
                says = (
                    f"{self.names[i]} taken for {self.names[j]}: {short(value)}"
                    f" ({percent(share)} of {self.names[i]})"
                    if i != j
                    else f"{self.names[i]} recognized: {short(value)} ({percent(share)})"
                )
                scene.add(
                    Rect(
                        x + gap / 2, y + gap / 2, cell - gap, cell - gap, "accent", strength,
                        2 if cell > 20 else 1, says,
                    )
                )  # fmt: skip
                told = (percent(share), short(value))
                if not self.normalized:
                    told = (told[1], told[0])
                fill = "over" if strength >= OVER_FROM else "text"
                scene.add(*_in_cell(x + cell / 2, y + cell / 2, cell, told, fill))

    def _draw_labels(self, scene: Scene, left: float, cell: float, across: bool) -> None:
        bottom = HEAD + cell * len(self.names)
        size = min(_LABEL, cell * 0.8)
        for at, name in enumerate(self.names):
            words = fitted(name, _LONGEST_LABEL, _LABEL)
            middle = (at + 0.5) * cell
            scene.add(
                Text(left - 7, HEAD + middle + size * 0.36, words, size, "text", "end"),
                Text(left + middle + size * 0.36, bottom + 7, words, size, "text", "end", turn=True)
                if across
                else Text(left + middle, bottom + 16, words, size, "text", "middle"),
            )


def _label_width(name: str) -> float:
    return text_width(fitted(name, _LONGEST_LABEL, _LABEL), _LABEL)


def _in_cell(x: float, y: float, cell: float, words: tuple[str, str], fill: str) -> list[Text]:
    """The numbers of a cell, as many as it has room for."""
    first, second = words
    size = min(13.0, cell * 0.36)
    if size < 6.5 or text_width(first, size) > cell * 1.15:
        return []
    if cell < 44 or text_width(second, 9.5) > cell:
        return [Text(x, y + size * 0.36, first, size, fill, "middle")]
    return [
        Text(x, y + 1, first, size, fill, "middle"),
        Text(x, y + 15, second, 9.5, fill, "middle"),
    ]
