"""One point of a metric curve."""

from __future__ import annotations

import math
from typing import Any, Self

from kipu.entities.record import Record
from kipu.exceptions import InvalidParameter


class Metric(Record, frozen=True):
    """One point of a curve: ``timestamp`` in ms since the Unix epoch, ``step`` possibly negative.

    A point may also belong to a logged model, a data set, or both.
    """

    key: str
    value: float
    timestamp: int
    step: int
    model_id: str | None = None
    dataset_name: str | None = None
    dataset_digest: str | None = None
    run_id: str | None = None

    @classmethod
    def from_dictionary(cls, metric_dict: dict[str, Any]) -> Self:
        """Build one from a dictionary; unknown keys are ignored.

        Raises:
            InvalidParameter: Key, value, timestamp or step is missing.
        """
        missing = [key for key in ("key", "value", "timestamp", "step") if key not in metric_dict]
        if missing:
            raise InvalidParameter(f"A metric needs {', '.join(missing)} too: {metric_dict!r}.")
        return super().from_dictionary(metric_dict)

    def supersedes(self, other: Metric) -> bool:
        """Whether this point, not ``other``, is the curve's latest value."""
        return self._rank > other._rank

    @property
    def _rank(self) -> tuple[int, int, float]:
        # NaN ranks as 0, as in MLflow: it compares false with everything, itself included.
        return (self.step, self.timestamp, 0.0 if math.isnan(self.value) else self.value)
