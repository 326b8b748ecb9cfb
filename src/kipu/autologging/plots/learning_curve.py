"""Learning curves: the score by how many samples a model was trained on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kipu.autologging.plots.axes import Frame, ticks
from kipu.autologging.plots.numbers import floats, for_json, short
from kipu.autologging.plots.palette import series
from kipu.autologging.plots.scene import HEAD, MARGIN, Polygon, Polyline, Rect, Scene, Text, fitted

_WIDTH, _HEIGHT = 520.0, 300.0


@dataclass(frozen=True)
class LearningCurve:
    """The score on training and on test data, by the size of the training data.

    Args:
        sizes: How many samples, or any other measure of effort, rising.
        train_scores: The mean score on the training data at each size.
        test_scores: The mean score on other data at each size.
        train_std: Its standard deviation over folds at each size; empty if not known.
        test_std: The same of the test scores.
        score: What the score is called.
        unit: What the sizes count.
        title: Written above it.
    """

    sizes: Any
    train_scores: Any
    test_scores: Any
    train_std: Any = ()
    test_std: Any = ()
    score: str = "score"
    unit: str = "training samples"
    title: str = "Learning curve"

    def numbers(self) -> dict[str, Any]:
        """The numbers, as the artifact holds them."""
        return {
            "kind": "learning_curve",
            "version": 1,
            "title": self.title,
            "score": self.score,
            "unit": self.unit,
            "sizes": for_json(floats(self.sizes)),
            "train": _numbers(self.train_scores, self.train_std),
            "test": _numbers(self.test_scores, self.test_std),
        }

    def picture(self) -> Scene:
        """Two curves with bands of a standard deviation."""
        sizes = floats(self.sizes)
        curves = [
            ("training", _band(sizes, self.train_scores, self.train_std)),
            ("test", _band(sizes, self.test_scores, self.test_std)),
        ]
        points = [point for _, curve in curves for point in curve]
        x = ticks(*_range([size for size, *_ in points]))
        y = ticks(*_range([level for _, mean, std in points for level in (mean - std, mean + std)]))
        left = MARGIN + 56
        scene = Scene(left + _WIDTH + 2 * MARGIN, HEAD + _HEIGHT + 74, self.title)
        scene.head(self.title, self._subtitle(curves))
        frame = Frame(left, HEAD + 10, _WIDTH, _HEIGHT, (x[0], x[-1]), (y[0], y[-1]))
        titles = (f"{self.unit[:1].upper()}{self.unit[1:]}", fitted(self.score, _HEIGHT, 11.5))
        frame.draw(scene, titles, x, y)
        for number, (name, curve) in enumerate(curves):
            _draw(scene, frame, number, name, curve)
        _legend(scene, [name for name, _ in curves])
        return scene

    def _subtitle(self, curves: Sequence[tuple[str, list[tuple[float, float, float]]]]) -> str:
        known = [f"{name} {short(curve[-1][1])}" for name, curve in curves if curve]
        return f"{self.score} at the end: {', '.join(known)}" if known else ""


def _numbers(scores: Any, std: Any) -> dict[str, Any]:
    return {"mean": for_json(floats(scores)), "std": for_json(floats(std))}


def _band(sizes: list[float], scores: Any, std: Any) -> list[tuple[float, float, float]]:
    """Size, mean and deviation of the points that have numbers."""
    means, deviations = floats(scores), floats(std)
    deviations = [value if math.isfinite(value) else 0.0 for value in deviations]
    deviations += [0.0] * (len(means) - len(deviations))
    points = zip(sizes, means, deviations, strict=True)
    return [point for point in points if math.isfinite(point[0]) and math.isfinite(point[1])]


def _range(values: Sequence[float]) -> tuple[float, float]:
    return (min(values), max(values)) if values else (0.0, 1.0)


def _draw(
    scene: Scene, frame: Frame, number: int, name: str, curve: list[tuple[float, float, float]]
) -> None:
    color, _ = series(number)
    if any(std for _, _, std in curve):
        above = [frame.place(size, mean + std) for size, mean, std in curve]
        below = [frame.place(size, mean - std) for size, mean, std in reversed(curve)]
        scene.add(Polygon([*above, *below], color, 0.14))
    places = [frame.place(size, mean) for size, mean, _ in curve]
    if len(places) > 1:
        scene.add(Polyline(places, color, 2, says=name))
    for (x, y), (size, mean, std) in zip(places, curve, strict=True):
        says = f"{name}, {short(size)}: {short(mean)}" + (f" (std {short(std)})" if std else "")
        scene.add(Rect(x - 3, y - 3, 6, 6, color, 1, 3, says))


def _legend(scene: Scene, names: Sequence[str]) -> None:
    x = scene.width - MARGIN - 84 * len(names) + 10
    for number, name in enumerate(names):
        scene.add(
            Polyline([(x, 26), (x + 18, 26)], series(number)[0], 2),
            Text(x + 24, 30, name, 11, "text"),
        )
        x += 84
