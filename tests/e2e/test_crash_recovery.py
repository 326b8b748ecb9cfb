"""Training that is killed, servers that go and come back: every logged point arrives, once."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from kipu.testing.server import ServerProcess, kipu_server

# Prints the run's id, then how many calls have returned. A line on stdin lets it go on.
TRAIN = """
import sys, time, kipu
uri, run_id, *parts = sys.argv[1:]
kipu.set_tracking_uri(uri)
if run_id == "new":
    run_id = kipu.start_run().info.run_id
print(run_id, flush=True)
step = 0
for part in parts:
    for _ in range(int(part)):
        kipu.log_metric("loss", step / 7, step=step, run_id=run_id)
        if step % 10 == 0:
            kipu.log_metrics({"acc": step / 3, "lr": 0.1}, step=step, run_id=run_id)
        step += 1
        if step % 20 == 0:
            print(step, flush=True)
            time.sleep(0.001)  # the training
    print("done", flush=True)
    sys.stdin.readline()
"""

# The next start: prints the steps of a curve, as soon as there are as many as expected.
READ = """
import json, sys, time, kipu
uri, run_id, expected = sys.argv[1:]
client = kipu.MlflowClient(uri)
until = time.monotonic() + 30
while True:
    steps = {
        key: sorted(point.step for point in client.get_metric_history(run_id, key))
        for key in ("loss", "acc", "lr")
    }
    if len(steps["loss"]) >= int(expected) or time.monotonic() > until:
        break
    time.sleep(0.05)
latest = client.get_run(run_id).data.metrics["loss"]
print(json.dumps({"steps": steps, "latest": latest}))
"""


class Machine:
    """Where processes of one user run: a folder to work in, and one for what waits for servers."""

    def __init__(self, folder: Path) -> None:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "KIPU_"))}
        self.folder = folder
        self.environment = kept | {
            "KIPU_HOME": str(folder / "home"),
            "KIPU_EXIT_TIMEOUT": "10",
        }

    def start(self, script: str, *arguments: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", script, *map(str, arguments)],
            cwd=self.folder, env=self.environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def run(self, *command: str) -> str:
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment,
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def read(self, uri: str, run_id: str, expected: int) -> dict[str, list[int]]:
        """The steps of each curve, as a new process finds them."""
        output = self.run(sys.executable, "-c", READ, uri, run_id, str(expected))
        answer = json.loads(output.splitlines()[-1])
        steps: dict[str, list[int]] = answer["steps"]
        assert answer["latest"] == max(steps["loss"]) / 7
        return steps

    @property
    def waiting(self) -> list[Path]:
        """The journals that wait, for a local store or for servers."""
        return list(self.folder.rglob("*.journal"))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    (tmp_path / "work").mkdir()
    return Machine(tmp_path / "work")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    with kipu_server(tmp_path / "server") as started:
        yield started


def until_logged(process: subprocess.Popen[str], count: int) -> int:
    """Read what a training prints until so many calls have returned; says how many did."""
    assert process.stdout
    returned = 0
    while returned < count:
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        returned = int(line)
    return returned


def until_done(process: subprocess.Popen[str]) -> None:
    """Read what a training prints until a part of it is done."""
    assert process.stdout
    while (line := process.stdout.readline()) != "done\n":
        assert line, process.communicate()[1]


def go_on(process: subprocess.Popen[str]) -> None:
    assert process.stdin
    process.stdin.write("\n")
    process.stdin.flush()


def run_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    run_id = process.stdout.readline().strip()
    assert run_id, process.communicate()[1]
    return run_id


def finish(process: subprocess.Popen[str]) -> str:
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    return errors


def kill(process: subprocess.Popen[str]) -> int:
    """Kill it now; says how many calls it had still seen return."""
    process.send_signal(signal.SIGKILL)
    output, _ = process.communicate()
    return max([0, *(int(line) for line in output.splitlines() if line.isdigit())])


def assert_whole(steps: dict[str, list[int]], count: int) -> None:
    """Each curve has its first ``count`` steps and at most some more, without gaps, each once."""
    loss = steps["loss"]
    assert len(loss) >= count
    assert loss == list(range(len(loss)))
    # The process may have died between the two calls of its last step.
    rows = -(-count // 10)
    assert steps["acc"] == steps["lr"]
    assert steps["acc"] == [10 * n for n in range(len(steps["acc"]))]
    assert rows <= len(steps["acc"]) <= -(-len(loss) // 10)


def moments(seeds: Sequence[int]) -> list[int]:
    """Random numbers of calls, spread over several rounds of the writer."""
    return [int(10 ** random.Random(seed).uniform(1.3, 4.2)) for seed in seeds]


@pytest.mark.parametrize("moment", moments([1, 2, 3]))
def test_a_killed_training_loses_nothing_in_a_local_store(machine: Machine, moment: int) -> None:
    training = machine.start(TRAIN, "mlruns", "new", 100_000)
    run_id = run_of(training)
    returned = until_logged(training, moment)
    returned = max(returned, kill(training))
    assert_whole(machine.read("mlruns", run_id, returned), returned)
    assert machine.waiting == []


@pytest.mark.parametrize("moment", moments([4, 5]))
def test_a_killed_training_loses_nothing_on_a_server(
    machine: Machine, server: ServerProcess, moment: int
) -> None:
    training = machine.start(TRAIN, server.uri, "new", 100_000)
    run_id = run_of(training)
    returned = until_logged(training, moment)
    returned = max(returned, kill(training))
    assert_whole(machine.read(server.uri, run_id, returned), returned)


def test_a_killed_recovery_is_recovered_too(machine: Machine) -> None:
    training = machine.start(TRAIN, "mlruns", "new", 100_000)
    run_id = run_of(training)
    returned = max(until_logged(training, 10_000), kill(training))
    # Two next starts die as they replay the first batch: just before, and just after its commit.
    deadly = """
import os, signal, sys, kipu
from kipu.service.tracking import TrackingService
append = TrackingService.append_points
def append_points(*arguments):
    if sys.argv[1] == "after":
        append(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)
TrackingService.append_points = append_points
kipu.MlflowClient("mlruns").search_experiments()
"""
    for moment in ("before", "after"):
        recovery = machine.start(deadly, moment)
        recovery.communicate()
        assert recovery.returncode == -signal.SIGKILL
        assert machine.waiting
    assert_whole(machine.read("mlruns", run_id, returned), returned)
    assert machine.waiting == []


def test_training_goes_on_while_the_server_is_down(machine: Machine, server: ServerProcess) -> None:
    training = machine.start(TRAIN, server.uri, "new", 1000, 1000, 1000)
    run_id = run_of(training)
    until_done(training)
    server.kill()
    go_on(training)
    until_done(training)
    assert machine.waiting
    server.start()
    go_on(training)
    until_done(training)
    go_on(training)
    finish(training)
    steps = machine.read(server.uri, run_id, 3000)
    assert steps["loss"] == list(range(3000))
    assert steps["acc"] == list(range(0, 3000, 10))
    assert machine.waiting == []


def test_a_server_killed_again_and_again_stores_each_point_once(
    machine: Machine, server: ServerProcess
) -> None:
    training = machine.start(TRAIN, server.uri, "new", 40_000)
    run_id = run_of(training)
    for count in (4_000, 16_000, 28_000):
        until_logged(training, count)
        server.kill()
        server.start()
    until_done(training)
    go_on(training)
    finish(training)
    assert machine.read(server.uri, run_id, 40_000)["loss"] == list(range(40_000))


def test_what_a_dead_server_missed_is_sent_by_kipu_sync(
    machine: Machine, server: ServerProcess
) -> None:
    machine.environment |= {"KIPU_EXIT_TIMEOUT": "1", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1"}
    training = machine.start(TRAIN, server.uri, "new", 500, 500)
    run_id = run_of(training)
    until_done(training)
    server.kill()
    go_on(training)
    until_done(training)
    go_on(training)
    errors = finish(training)
    assert "metric points wait in" in errors
    assert "`kipu sync`" in errors
    assert machine.waiting

    server.start()
    listed = machine.run(sys.executable, "-m", "kipu", "sync", "--dry-run")
    assert server.uri in listed
    assert machine.waiting
    machine.run(sys.executable, "-m", "kipu", "sync")
    assert machine.waiting == []
    steps = machine.read(server.uri, run_id, 1000)
    assert steps["loss"] == list(range(1000))
    assert steps["acc"] == list(range(0, 1000, 10))


# Forked, so that eight starts of Python are one. With "one", the parent has the store open.
EIGHT = """
import json, multiprocessing, sys, kipu, kipu.store.sql.store
kipu.set_tracking_uri("mlruns")
client = kipu.MlflowClient()
context = multiprocessing.get_context("fork")
together, results = context.Barrier(8), context.SimpleQueue()

def train(number, run_id):
    together.wait()
    with kipu.start_run(run_id=run_id) as run:
        for step in range(1000):
            kipu.log_metric("loss", number, step=number * 1000 + step)
    results.put(run.info.run_id)

run_id = client.create_run("0").info.run_id if sys.argv[1] == "one" else None
children = [context.Process(target=train, args=(number, run_id)) for number in range(8)]
[child.start() for child in children]
[child.join() for child in children]
assert [child.exitcode for child in children] == [0] * 8
runs = {results.get() for _ in children}
print(json.dumps({r: [p.step for p in client.get_metric_history(r, "loss")] for r in runs}))
"""


@pytest.mark.parametrize(("runs", "count"), [("many", 8), ("one", 1)])
def test_eight_processes_log_into_one_local_store_at_once(
    machine: Machine, runs: str, count: int
) -> None:
    output = machine.run(sys.executable, "-c", EIGHT, runs)
    found: dict[str, list[int]] = json.loads(output.splitlines()[-1])
    assert len(found) == count
    assert sorted(step for steps in found.values() for step in steps) == list(range(8000))
    assert machine.waiting == []
