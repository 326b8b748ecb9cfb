"""Numbers that are still on a device: kept, and read many at once."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from kipu.entities import Metric

_AT_ONCE = 100
_SECONDS = 2.0


class Readings:
    """Points of curves whose values are tensors.

    To read a number off a GPU waits until the GPU has come that far, which would hold up each step
    of a training. So a copy stays there, and many are read with one wait.

    Args:
        write: Gets points in the order in which they were added.
        model_id: The logged model that they belong to.
    """

    def __init__(
        self, write: Callable[[list[Metric]], object], model_id: str | None = None
    ) -> None:
        self._write = write
        self._model_id = model_id
        self._kept: list[tuple[str, Any, int, int]] = []
        self._read_at = time.monotonic()

    def add(self, key: str, value: Any, step: int) -> None:
        """Keep a point.

        Args:
            key: Of the curve.
            value: A number, or a tensor with one element, which may change afterwards.
            step: Where on the curve.
        """
        if hasattr(value, "detach"):
            value = value.detach().clone()
        self._kept.append((key, value, step, time.time_ns() // 1_000_000))

    def write_if_due(self) -> None:
        """Read and write what is kept, if that is much or the last time is a while ago."""
        if len(self._kept) >= _AT_ONCE or time.monotonic() - self._read_at > _SECONDS:
            self.write()

    def write(self) -> None:
        """Read and write all that is kept."""
        kept, self._kept = self._kept, []
        self._read_at = time.monotonic()
        if kept:
            values = _numbers([value for _, value, _, _ in kept])
            self._write(
                [
                    Metric(key, value, at, step, self._model_id)
                    for (key, _, step, at), value in zip(kept, values, strict=True)
                ]
            )


def _numbers(values: list[Any]) -> list[float]:
    """Floats of numbers and tensors; tensors of one kind on one device are read together."""
    numbers = [0.0] * len(values)
    alike: dict[tuple[Any, Any], list[int]] = defaultdict(list)
    for place, value in enumerate(values):
        if hasattr(value, "detach"):
            alike[value.device, value.dtype].append(place)
        else:
            numbers[place] = float(value)
    if alike:
        import torch
    for places in alike.values():
        stacked = torch.stack([values[place].reshape(()) for place in places])
        for place, number in zip(places, stacked.tolist(), strict=True):
            numbers[place] = float(number)
    return numbers
