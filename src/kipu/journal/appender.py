"""What the journal wants of a store, and what it hands over."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from kipu.series.points import Points


class Appender(Protocol):
    """The one method of a store that the journal knows."""

    def append_points(self, run_id: str, writer: int, seq: int, points: Points) -> None:
        """Append points exactly once; see ``kipu.store.interface.MetricStore``."""
        ...


class Batch(NamedTuple):
    """The points of one run in one round, under the name that makes them unique."""

    run_id: str
    writer: int
    seq: int
    points: Points
