"""Many processes on one store at once."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

from kipu.entities import Metric, ViewType
from kipu.store.open import open_store

PROCESSES = 8
BATCHES = 12
POINTS = 50

# Each opens the store by itself, which does not exist when the first one comes.
WRITER = """
import sys
from kipu.entities import Metric, Param, RunTag
from kipu.series.points import Points
from kipu.store.open import open_store

uri, number, batches, count = sys.argv[1:]
number, batches, count = int(number), int(batches), int(count)
print("ready", flush=True)
sys.stdin.readline()
store = open_store(uri)
own = store.create_run("0", "u", number, [], f"r{number}").info.run_id
print(own, flush=True)
shared = sys.stdin.readline().strip()
for run_id in (own, shared):
    store.log_batch(run_id, [], [Param("same", "1")], [RunTag(f"of {number}", "begun")])
for batch in range(batches):
    points = [Metric("m", float(number), batch * count + i, i) for i in range(count)]
    for run_id in (own, shared):
        store.append_points(run_id, number + 1, batch + 1, Points.from_metrics(points))
for run_id in (own, shared):
    store.set_tag(run_id, RunTag(f"of {number}", "done"))
store.close()
"""


def _start(uri: str, number: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, uri, str(number), str(BATCHES), str(POINTS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _tell(processes: list[subprocess.Popen[str]], line: str) -> None:
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(line + "\n")
        process.stdin.flush()


def _hear(processes: list[subprocess.Popen[str]]) -> list[str]:
    return [process.stdout.readline().strip() for process in processes if process.stdout]


def test_eight_processes_make_one_store_and_lose_nothing(tmp_path: Path) -> None:
    uri = str(tmp_path / "mlruns")
    processes = [_start(uri, number) for number in range(PROCESSES)]
    assert _hear(processes) == ["ready"] * PROCESSES
    _tell(processes, "go")
    own = _hear(processes)
    store = open_store(uri)
    shared = store.create_run("0", "u", PROCESSES, [], "shared").info.run_id
    _tell(processes, shared)
    assert [process.communicate()[1] for process in processes] == [""] * PROCESSES
    assert {process.returncode for process in processes} == {0}

    found = store.search_runs(["0"], None, ViewType.ACTIVE_ONLY, 100, None, None)
    assert [run.info.run_id for run in found] == [shared, *reversed(own)]
    assert {run.data.params["same"] for run in found} == {"1"}
    assert {found[0].data.tags[f"of {number}"] for number in range(PROCESSES)} == {"done"}
    everything = Counter({float(number): BATCHES * POINTS for number in range(PROCESSES)})
    written = sum(
        (_values(store.get_metric_history(run, "m", None, None)) for run in own), Counter()
    )
    assert written == everything
    assert _values(store.get_metric_history(shared, "m", None, None)) == everything
    store.close()


def _values(history: list[Metric]) -> Counter[float]:
    return Counter(point.value for point in history)
