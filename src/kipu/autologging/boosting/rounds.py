"""The metrics of a training's rounds."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from kipu.autologging.patching import Call
from kipu.client import MlflowClient
from kipu.entities import Dataset, Metric


class Rounds:
    """Metrics on their way from a training's rounds to its run and its model.

    Args:
        call: The training.
        model_id: The model that it makes, if that is logged.
        dataset: What it trains on, if the summary is to tell.
    """

    def __init__(
        self, call: Call, model_id: str | None = None, dataset: Dataset | None = None
    ) -> None:
        self._client = MlflowClient()
        self._run_id = call.run_id
        self._model_id = model_id
        self._dataset = dataset
        self.history: dict[int, dict[str, float]] = {}

    def record(self, metrics: Mapping[str, float], step: int) -> None:
        """Log one round, through the journal.

        Args:
            metrics: Values by name, such as ``train-rmse``. ``@`` becomes ``_at_``, as in
                ``ndcg@3``: names of metrics cannot have it.
            step: The round, counted from 0.
        """
        told = {name.replace("@", "_at_"): float(value) for name, value in metrics.items()}
        self.history[step] = told
        self._log(self._points(told, step))

    def record_all(self, curves: Mapping[str, Sequence[float]], steps: Sequence[int]) -> None:
        """Log all rounds at once, where there was no way to look at each.

        Args:
            curves: Values of each metric.
            steps: The rounds in which they were measured.
        """
        for place, step in enumerate(steps):
            self.history[step] = {
                name: float(curve[place]) for name, curve in curves.items() if place < len(curve)
            }
        points = (self._points(told, step) for step, told in self.history.items())
        self._log([point for some in points for point in some])

    def summarize(self, *, best: int, best_iteration: int, stopped_iteration: int) -> None:
        """Log where training stopped, and the best round's metrics once more after the last.

        Args:
            best: The step of the best round.
            best_iteration: As the library counts it.
            stopped_iteration: The last round, as the library counts it.
        """
        told = {"best_iteration": best_iteration, "stopped_iteration": stopped_iteration}
        again = self.history.get(best, {})
        after = max(self.history, default=-1) + 1
        self._log(self._points(told, 0, self._dataset) + self._points(again, after, self._dataset))

    def _points(
        self, metrics: Mapping[str, float], step: int, dataset: Dataset | None = None
    ) -> list[Metric]:
        now = time.time_ns() // 1_000_000
        name, digest = (dataset.name, dataset.digest) if dataset else (None, None)
        return [
            Metric(key, value, now, step, self._model_id, name, digest)
            for key, value in metrics.items()
        ]

    def _log(self, points: list[Metric]) -> None:
        if points:
            self._client.log_batch(self._run_id, metrics=points)
