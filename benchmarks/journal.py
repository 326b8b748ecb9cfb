"""What does a call of the journal cost while its thread is at work, and what does a flush?"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter_ns

from kipu.journal import Journal
from kipu.series.points import Points


class Sink:
    """A store that takes everything at once."""

    def __init__(self) -> None:
        self.count = 0

    def append_points(self, run_id: str, writer: int, seq: int, points: Points) -> None:
        self.count += len(points)


def measure(name: str, calls: int, call: Callable[[int], object]) -> None:
    """Print median and 99th percentile of a call, in microseconds."""
    times = []
    for step in range(calls):
        begin = perf_counter_ns()
        call(step)
        times.append(perf_counter_ns() - begin)
    times.sort()
    median, high = times[calls // 2] / 1000, times[calls * 99 // 100] / 1000
    print(f"{name:24} p50 {median:7.1f} us   p99 {high:7.1f} us")


def main() -> None:
    """Measure all of it in a fresh folder of the working directory."""
    sink = Sink()
    row = {f"metric-{number}": number / 3 for number in range(10)}
    with tempfile.TemporaryDirectory(dir=".") as folder:
        log = Journal(Path(folder), lambda: sink, "memory://")
        log.log("run", "loss", 0.5, 0, 0)
        log.flush()
        measure("log", 300_000, lambda step: log.log("run", "loss", 0.5, step, 1700000000000))
        measure("log_row, 10 keys", 100_000, lambda step: log.log_row("run", row, step, 1))
        begin = perf_counter_ns()
        log.flush()
        print(f"flush of the rest        {(perf_counter_ns() - begin) / 1e6:.1f} ms")

        def log_and_flush(step: int) -> None:
            log.log("run", "loss", 0.5, step, 1)
            log.flush()

        measure("log and flush", 500, log_and_flush)
        assert log.close(10) == 0
        assert sink.count == 1 + 300_000 + 1_000_000 + 500


if __name__ == "__main__":
    main()
