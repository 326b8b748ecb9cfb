"""The way of a metric into the journal, for one run: validated, resolved once, then one call."""

from __future__ import annotations

from collections.abc import Mapping
from time import time_ns
from typing import Any

from kipu.client.operations import RunOperations
from kipu.client.tracking import Tracking
from kipu.client.values import as_float, as_step, as_timestamp


class Recorder:
    """Logs points of one run; what stands here is paid on every call of a training loop.

    Args:
        tracking: Where to.
        run_id: Which run.
        answers: Whether calls answer with ``RunOperations``.
    """

    __slots__ = ("_answers", "_journal", "_keys", "_runs", "_tracking", "run_id")

    def __init__(self, tracking: Tracking, run_id: str, answers: bool = False) -> None:
        self._tracking, self.run_id, self._answers = tracking, run_id, answers
        self._journal, self._keys, self._runs = tracking.journal, tracking.keys, tracking.runs

    def log(
        self, key: str, value: Any, step: int | None, timestamp: int | None
    ) -> RunOperations | None:
        """Log one point; see ``kipu.log_metric``."""
        if key.__class__ is not str or key not in self._keys:
            self._tracking.admit_key(key)
        if self.run_id not in self._runs:
            self._tracking.admit_run(self.run_id)
        self._journal.log(
            self.run_id,
            key,
            value if value.__class__ is float else as_float(key, value),
            0 if step is None else step if step.__class__ is int else as_step(key, step),
            time_ns() // 1_000_000 if timestamp is None else as_timestamp(key, timestamp),
        )
        return self._tracking.operations(self.run_id) if self._answers else None

    def log_row(
        self, metrics: Mapping[str, Any], step: int | None, timestamp: int | None
    ) -> RunOperations | None:
        """Log one step of many keys, all or none; see ``kipu.log_metrics``."""
        if not self._keys.issuperset(metrics):
            for key in metrics:
                self._tracking.admit_key(key)
        if self.run_id not in self._runs:
            self._tracking.admit_run(self.run_id)
        self._journal.log_row(
            self.run_id,
            {
                key: value if value.__class__ is float else as_float(key, value)
                for key, value in metrics.items()
            },
            0 if step is None else as_step("*", step),
            time_ns() // 1_000_000 if timestamp is None else as_timestamp("*", timestamp),
        )
        return self._tracking.operations(self.run_id) if self._answers else None
