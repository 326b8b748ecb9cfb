"""Sends points at once, while the disk takes no journal."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from kipu.journal.appender import Batch
from kipu.journal.file import random_writer
from kipu.journal.sender import DEFECT_TRIES, never_succeeds
from kipu.series.points import Points, SeriesName

if TYPE_CHECKING:
    from kipu.journal.appender import Appender
    from kipu.journal.segment import Name

_WAITS_S = (0.1, 0.2, 0.5, 1.0, 2.0, 4.0)


class DirectSender:
    """Appends without a file. Its writer id is its own: these points are in no round of a file."""

    def __init__(self, appender: Appender) -> None:
        self._appender = appender
        self._writer = random_writer()
        self._seqs: dict[str, int] = {}
        self._lock = threading.Lock()  # a writer sends one append at a time

    def send(
        self, run_id: str, names: Sequence[Name], values: Sequence[float], step: int, time_ms: int
    ) -> None:
        """Append one step of any series; a store that is away gets some seconds to come back.

        Raises:
            Exception: What the store raises; the points are nowhere then.
        """
        count = len(names)
        points = Points(
            [SeriesName(name) if isinstance(name, str) else SeriesName(*name) for name in names],
            np.arange(count, dtype=np.uint32),
            np.full(count, step, np.int64),
            np.full(count, time_ms, np.int64),
            np.array(values, np.float64),
        )
        with self._lock:
            seq = self._seqs[run_id] = self._seqs.get(run_id, 0) + 1
            batch = Batch(run_id, self._writer, seq, points)
            for wait_s in _WAITS_S:
                try:
                    self._appender.append_points(*batch)
                    return
                except Exception as error:
                    if never_succeeds(error, DEFECT_TRIES):
                        raise
                    time.sleep(wait_s)
            self._appender.append_points(*batch)
