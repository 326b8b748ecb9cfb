"""What a metric costs where the user stands, and in all: ``make bench``.

python benchmarks/log_metric.py [calls]
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time

import kipu

CALLS = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000


def percentile(sorted_s: list[float], share: float) -> float:
    return sorted_s[min(len(sorted_s) - 1, int(len(sorted_s) * share))] * 1e6


def report(name: str, spent: list[float], total_s: float) -> None:
    spent.sort()
    print(
        f"{name:<24} p50 {percentile(spent, 0.5):7.1f} us   p99 {percentile(spent, 0.99):7.1f} us"
        f"   max {spent[-1] * 1e3:7.2f} ms   in all {total_s / len(spent) * 1e6:7.1f} us a call"
    )


def loop(name: str, calls: int, keys: int) -> None:
    spent: list[float] = []
    with kipu.start_run(run_name=name):
        kipu.log_metric("warm", 0.0)
        began = time.perf_counter()
        for step in range(calls):
            before = time.perf_counter()
            if keys == 1:
                kipu.log_metric("loss", 1 / (step + 1), step=step)
            else:
                kipu.log_metrics({f"k{k}": k / (step + 1) for k in range(keys)}, step=step)
            spent.append(time.perf_counter() - before)
        kipu.flush_async_logging()
    report(name, spent, time.perf_counter() - began)


def main() -> None:
    best = min(
        float(
            subprocess.run(
                [sys.executable, "-c", "import time; t = time.perf_counter(); import kipu; "
                 "print(time.perf_counter() - t)"],
                capture_output=True, text=True, check=True,
            ).stdout
        )
        for _ in range(5)
    )  # fmt: skip
    print(f"import kipu              {best * 1e3:.1f} ms (best of 5)")
    with tempfile.TemporaryDirectory() as folder:
        kipu.set_tracking_uri(folder)
        loop("log_metric", CALLS, 1)
        loop("log_metrics, 20 keys", CALLS // 10, 20)


if __name__ == "__main__":
    main()
