"""Curves of classifiers as their threshold moves: ROC, and precision over recall."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kipu.autologging.plots.axes import Frame
from kipu.autologging.plots.numbers import floats, for_json, short, thinned
from kipu.autologging.plots.palette import series
from kipu.autologging.plots.scene import HEAD, MARGIN, Polygon, Polyline, Scene, Text, fitted

_SIDE = 380.0
_LEGEND = 190.0
_LEGEND_ROWS = 17
_TICKS = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]


@dataclass(frozen=True)
class RocOfClass:
    """The ROC curve of one class.

    Args:
        name: The class that counts as positive.
        fpr: False positive rates, rising.
        tpr: True positive rates, as many.
        auc: The area below the curve; NaN where it is not known.
        thresholds: Score from which a sample counts as positive, as many; empty if not known.
    """

    name: str
    fpr: Any
    tpr: Any
    auc: float = math.nan
    thresholds: Any = ()


@dataclass(frozen=True)
class RocCurve:
    """The ROC curves of a classifier.

    Args:
        curves: One for two classes, else one a class.
        title: Written above them.
    """

    curves: Sequence[RocOfClass]
    title: str = "ROC curve"

    def numbers(self) -> dict[str, Any]:
        """The numbers, as the artifact holds them: curves to about a pixel."""
        return {
            "kind": "roc_curve",
            "version": 1,
            "title": self.title,
            "curves": [
                {
                    "name": curve.name,
                    "auc": for_json([float(curve.auc)])[0],
                    **_columns(fpr=curve.fpr, tpr=curve.tpr, thresholds=curve.thresholds),
                }
                for curve in self.curves
            ],
        }

    def picture(self) -> Scene:
        """A square with the curves, and their areas beside it."""
        picture = _Square(
            self.title,
            _said(len(self.curves), "area below it", [curve.auc for curve in self.curves]),
            ("False positive rate", "True positive rate"),
        )
        picture.line([(0, 0), (1, 1)], "faint", (3, 4))
        picture.draw([(c.name, _points(c.fpr, c.tpr), c.auc) for c in self.curves], "AUC")
        return picture.scene


@dataclass(frozen=True)
class PrecisionRecallOfClass:
    """The precision-recall curve of one class.

    Args:
        name: The class that counts as positive.
        precision: Precisions, from many found to few.
        recall: Recalls, as many.
        average_precision: The area below the curve, in steps; NaN where it is not known.
        thresholds: Score from which a sample counts as positive; as many or one less, since the
            last point, at recall 0, has none. Empty if not known.
    """

    name: str
    precision: Any
    recall: Any
    average_precision: float = math.nan
    thresholds: Any = ()


@dataclass(frozen=True)
class PrecisionRecallCurve:
    """The precision-recall curves of a classifier.

    Args:
        curves: One for two classes, else one a class.
        title: Written above them.
    """

    curves: Sequence[PrecisionRecallOfClass]
    title: str = "Precision recall curve"

    def numbers(self) -> dict[str, Any]:
        """The numbers, as the artifact holds them: curves to about a pixel."""
        return {
            "kind": "precision_recall_curve",
            "version": 1,
            "title": self.title,
            "curves": [
                {
                    "name": curve.name,
                    "average_precision": for_json([float(curve.average_precision)])[0],
                    **_columns(
                        recall=curve.recall, precision=curve.precision, thresholds=curve.thresholds
                    ),
                }
                for curve in self.curves
            ],
        }

    def picture(self) -> Scene:
        """A square with the curves, and their average precisions beside it."""
        precisions = [curve.average_precision for curve in self.curves]
        picture = _Square(
            self.title,
            _said(len(self.curves), "average precision", precisions),
            ("Recall", "Precision"),
        )
        picture.draw(
            [
                (c.name, _stairs(_points(c.recall, c.precision)), c.average_precision)
                for c in self.curves
            ],
            "AP",
        )
        return picture.scene


class _Square:
    """A picture of curves in the unit square, with a legend beside it."""

    def __init__(self, title: str, subtitle: str, axes: tuple[str, str]) -> None:
        left = MARGIN + 50
        self.scene = Scene(left + _SIDE + _LEGEND + 2 * MARGIN, HEAD + _SIDE + 70, title)
        self.scene.head(title, subtitle)
        self._frame = Frame(left, HEAD + 6, _SIDE, _SIDE, (0.0, 1.0), (0.0, 1.0))
        self._frame.draw(self.scene, axes, _TICKS, _TICKS)

    def line(self, points: Iterable[tuple[float, float]], color: str, dash: Any) -> None:
        places = [self._frame.place(x, y) for x, y in points]
        self.scene.add(Polyline(places, color, 1, dash))

    def draw(
        self, curves: Sequence[tuple[str, list[tuple[float, float]], float]], measure: str
    ) -> None:
        """Draw named curves with their measures, the first on top."""
        for number, (name, points, value) in reversed(list(enumerate(curves))):
            if len(points) < 2:
                continue
            color, dash = series(number)
            places = [self._frame.place(x, y) for x, y in points]
            if len(curves) == 1:
                base = self._frame.place(0, 0)[1]
                ends = [(places[-1][0], base), (places[0][0], base)]
                self.scene.add(Polygon([*places, *ends], color, 0.1))
            says = f"{name}: {measure} {short(value)}"
            self.scene.add(Polyline(places, color, 2 if len(curves) < 10 else 1.25, dash, says))
        self._legend([(name, value) for name, _, value in curves], measure)

    def _legend(self, rows: Sequence[tuple[str, float]], measure: str) -> None:
        left = self._frame.left + self._frame.width + MARGIN
        y = self._frame.top + 10
        right = left + _LEGEND
        self.scene.add(Text(right, y, measure, 10.5, "faint", "end"))
        shown = rows if len(rows) <= _LEGEND_ROWS else rows[: _LEGEND_ROWS - 1]
        for number, (name, value) in enumerate(shown):
            y += 21
            color, dash = series(number)
            self.scene.add(
                Polyline([(left, y - 4), (left + 18, y - 4)], color, 2, dash),
                Text(left + 25, y, fitted(name, _LEGEND - 80, 11), 11, "text"),
                Text(right, y, f"{value:.4f}" if math.isfinite(value) else "-", 11, "soft", "end"),
            )
        if len(shown) < len(rows):
            words = f"and {len(rows) - len(shown)} more"
            self.scene.add(Text(left + 25, y + 21, words, 11, "faint"))


def _points(x: Any, y: Any) -> list[tuple[float, float]]:
    across, up = floats(x), floats(y)
    return [(across[at], up[at]) for at in thinned(across, up)]


def _stairs(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Precision holds until recall changes, going from recall 0: straight lines would flatter."""
    stairs: list[tuple[float, float]] = []
    for point in points:
        if stairs:
            stairs.append((point[0], stairs[-1][1]))
        stairs.append(point)
    return stairs


def _columns(thresholds: Any, **axes: Any) -> dict[str, Any]:
    """The two rows of numbers that draw a curve, with their thresholds."""
    (first, x), (second, y) = ((name, floats(values)) for name, values in axes.items())
    kept = thinned(x, y)
    columns = {
        first: for_json(round(x[at], 6) for at in kept),
        second: for_json(round(y[at], 6) for at in kept),
    }
    scores = floats(thresholds)
    if scores:
        columns["thresholds"] = for_json(
            float(f"{scores[at]:.7g}") if at < len(scores) else math.nan for at in kept
        )
    return columns


def _said(count: int, measure: str, values: Sequence[float]) -> str:
    known = [float(value) for value in values if math.isfinite(value)]
    if count == 1:
        return f"{measure[0].upper()}{measure[1:]}: {known[0]:.4f}" if known else ""
    if not known:
        return f"{count} classes"
    return f"{count} classes · mean {measure}: {sum(known) / len(known):.4f}"
