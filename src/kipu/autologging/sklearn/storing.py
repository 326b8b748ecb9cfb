"""Writes what autologging found into one run."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from kipu.client import MlflowClient
from kipu.entities import DatasetInput, Metric, Param, RunTag
from kipu.fluent.active import active_run, client_of


class RunLog(NamedTuple):
    """A run, and the client whose store has it."""

    client: MlflowClient
    run_id: str

    @classmethod
    def of_active(cls, run_id: str) -> RunLog:
        """The active run of this thread, whose id is given."""
        active = active_run()
        return cls(client_of(active) if active is not None else MlflowClient(), run_id)

    def batch(self, params: Sequence[Param] = (), tags: Sequence[RunTag] = ()) -> None:
        """Write params and tags."""
        self.client.log_batch(self.run_id, params=params, tags=tags)

    def inputs(self, datasets: Sequence[DatasetInput]) -> None:
        """Note data sets that were read."""
        self.client.log_inputs(self.run_id, datasets)

    def metrics(
        self, values: Mapping[str, Any], model_id: str | None, use: DatasetInput | None = None
    ) -> None:
        """Write points at step 0, as measured of a model on a data set."""
        points = as_points(values, model_id, use)
        if points:
            self.client.log_batch(self.run_id, metrics=points)

    def text(self, text: str, file: str) -> None:
        """Write an artifact."""
        self.client.log_text(self.run_id, text, file)


def as_points(
    values: Mapping[str, Any], model_id: str | None, use: DatasetInput | None
) -> list[Metric]:
    """Points at step 0, now."""
    now = time.time_ns() // 1_000_000
    name, digest = (use.dataset.name, use.dataset.digest) if use else (None, None)
    return [
        Metric(key, float(value), now, 0, model_id, name, digest) for key, value in values.items()
    ]
