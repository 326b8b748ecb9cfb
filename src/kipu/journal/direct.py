"""Sends points at once, while the disk takes no journal."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from kipu.journal.file import random_writer
from kipu.series.points import Points, SeriesName

if TYPE_CHECKING:
    from kipu.journal.segment import Name
    from kipu.journal.sender import Appender


class DirectSender:
    """Appends without a file. Its writer id is its own: these points are in no round of a file."""

    def __init__(self, appender: Appender) -> None:
        self._appender = appender
        self._writer = random_writer()
        self._seqs: dict[str, int] = {}
        self._lock = threading.Lock()  # a writer sends one append at a time

    def send(
        self, run_id: str, names: Sequence[Name], values: Sequence[float], step: int, time: int
    ) -> None:
        """Append one step of any series.

        Raises:
            Exception: What the store raises; the points are nowhere then.
        """
        count = len(names)
        points = Points(
            [SeriesName(name) if isinstance(name, str) else SeriesName(*name) for name in names],
            np.arange(count, dtype=np.uint32),
            np.full(count, step, np.int64),
            np.full(count, time, np.int64),
            np.array(values, np.float64),
        )
        with self._lock:
            seq = self._seqs[run_id] = self._seqs.get(run_id, 0) + 1
            self._appender.append_points(run_id, self._writer, seq, points)
