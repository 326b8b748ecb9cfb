"""Curves of what was measured in each round on the training data and on other data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kipu.autologging.patching import Call
from kipu.autologging.plots import LearningCurve, log_plot
from kipu.client import MlflowClient

_OF_TRAINING = ("train", "learn")


def log_learning_curves(call: Call, history: Mapping[int, Mapping[str, float]]) -> None:
    """Log a plot for each metric that was measured on both kinds of data.

    Args:
        call: The training.
        history: Values by ``<data>-<metric>``, by round. Data whose name begins with ``train`` or
            ``learn`` are the training's; of others, the first count.
    """
    rounds = sorted(history)
    if len(rounds) < 2:
        return
    for metric, train, test in _pairs(history[rounds[0]]):
        curve = LearningCurve(
            [step + 1 for step in rounds],
            [history[step].get(train, float("nan")) for step in rounds],
            [history[step].get(test, float("nan")) for step in rounds],
            score=metric,
            unit="rounds",
        )
        name = f"learning_curve_{re.sub(r'[^0-9A-Za-z_.-]', '_', metric)}"
        log_plot(MlflowClient(), call.run_id, name, curve)


def _pairs(measured: Mapping[str, float]) -> Iterator[tuple[str, str, str]]:
    """Each metric with the names of its values on training data and on other data."""
    found: dict[str, dict[bool, str]] = {}
    for name in measured:
        data, dash, metric = name.partition("-")
        if dash:
            found.setdefault(metric, {}).setdefault(data.startswith(_OF_TRAINING), name)
    for metric, names in found.items():
        if len(names) == 2:
            yield metric, names[True], names[False]
