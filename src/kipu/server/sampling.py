"""Which steps of long curves an answer shows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Curve = tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]


def sampled_steps(curves: Sequence[Curve], limit: int) -> list[frozenset[int]]:
    """For each curve, given as steps and values, the steps to show.

    All curves are shown at the same steps, evenly spaced among those that any of them has, so that
    they can be compared; and each at its own first and last step and at its extremes. A set of
    curves with no more than ``limit`` steps is shown whole.
    """
    steps = [step for step, _ in curves]
    every = np.unique(np.concatenate(steps)) if steps else np.empty(0, np.int64)
    if len(every) > limit:
        places = np.linspace(0, len(every) - 1, limit).round().astype(np.int64)
        shared = every[places]
    else:
        shared = every
    common = frozenset(shared.tolist())
    return [common | _own(step, value) for step, value in curves]


def _own(step: npt.NDArray[np.int64], value: npt.NDArray[np.float64]) -> set[int]:
    """First and last step, and the steps of the extremes."""
    if not len(step):
        return set()
    own = {int(step.min()), int(step.max())}
    if not np.isnan(value).all():
        own |= {int(step[np.nanargmin(value)]), int(step[np.nanargmax(value)])}
    return own
