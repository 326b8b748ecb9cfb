"""What does one call in a training loop cost, once everything is loaded?

python benchmarks/hot_path.py [calls]      # prints microseconds: median, 99th percentile
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from time import perf_counter_ns

import kipu
from kipu.entities import Metric


def measure(name: str, calls: int, call: Callable[[int], object]) -> None:
    """Time each call, after one that does not count."""
    call(0)
    taken = []
    for number in range(1, calls):
        began = perf_counter_ns()
        call(number)
        taken.append(perf_counter_ns() - began)
    taken.sort()
    middle, late = taken[len(taken) // 2] / 1000, taken[len(taken) * 99 // 100] / 1000
    print(f"{name:42} {middle:10.2f} {late:10.2f}")


def main(calls: int) -> None:
    """Measure the calls of a training loop in an empty store."""
    row = {f"m{number}": float(number) for number in range(20)}
    batch = [Metric(f"b{number % 10}", float(number), 1, number) for number in range(1000)]
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        client = kipu.MlflowClient()
        with kipu.start_run() as run:
            run_id = run.info.run_id
            measure("log_metric", calls, lambda n: kipu.log_metric("loss", 0.5, step=n))
            measure("log_metrics, 20 keys", calls // 10, lambda n: kipu.log_metrics(row, step=n))
            measure(
                "MlflowClient.log_metric",
                calls,
                lambda n: client.log_metric(run_id, "client", 0.5, step=n),
            )
            measure(
                "MlflowClient.log_batch, 1,000 points",
                calls // 1000,
                lambda n: client.log_batch(run_id, batch),
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
