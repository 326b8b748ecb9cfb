"""The journal and its process: killed, forked, ended, out of disk. Each test is a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from kipu.exceptions import Unavailable
from kipu.journal import recover, waiting
from kipu.series.points import Points

# A store for several processes: one line per append in a file.
PROLOGUE = """
import os, sys
from pathlib import Path
from kipu.exceptions import Unavailable
from kipu.journal import Journal

folder = Path(sys.argv[1])

class FileStore:
    away = False
    def append_points(self, run_id, writer, seq, points):
        if self.away:
            raise Unavailable("The store is away.")
        with open(folder / "store", "a") as file:
            file.write(f"{run_id} {writer} {seq} {' '.join(map(str, points.value.tolist()))}\\n")

store = FileStore()
log = Journal(folder / "journal", lambda: store, "http://tracking:5000")
"""


def start(folder: Path, script: str, **settings: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROLOGUE + textwrap.dedent(script), str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | settings,
    )


def finish(process: subprocess.Popen[str]) -> tuple[str, str]:
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out, err


def stored(folder: Path) -> dict[str, list[float]]:
    """The values of each run; an append that came twice counts once."""
    appends: dict[tuple[str, str, str], list[float]] = {}
    for line in (folder / "store").read_text().splitlines():
        run, writer, seq, *texts = line.split()
        appends[run, writer, seq] = [float(text) for text in texts]
    found: dict[str, list[float]] = {}
    for (run, _, _), values in appends.items():
        found.setdefault(run, []).extend(values)
    return found


class LineStore:
    """The same store, for recoveries in this process."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "store"

    def append_points(self, run_id: str, writer: int, seq: int, points: Points) -> None:
        with self._path.open("a") as file:
            file.write(f"{run_id} {writer} {seq} {' '.join(map(str, points.value.tolist()))}\n")


@pytest.mark.parametrize("away", [True, False])
def test_all_that_a_killed_process_logged_is_there_once(tmp_path: Path, away: bool) -> None:
    process = start(
        tmp_path,
        f"""
        store.away = {away}
        step = 0
        while True:
            log.log("r", "x", step, step, 0)
            step += 1
            if step % 1000 == 0:
                print(step, flush=True)
        """,
    )
    assert process.stdout
    acknowledged = 0
    while acknowledged < 40_000:
        acknowledged = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    acknowledged = max([acknowledged, *map(int, process.communicate()[0].split())])
    answer = recover(tmp_path / "journal", LineStore(tmp_path))
    assert answer.files == 1
    values = stored(tmp_path)["r"]
    assert values == list(range(len(values)))
    assert len(values) >= acknowledged


def test_a_process_that_ends_sends_what_it_logged(tmp_path: Path) -> None:
    out, err = finish(start(tmp_path, 'log.log_row("r", {"x": 1.0, "y": 2.0}, 0, 0)'))
    assert (out, err) == ("", "")
    assert stored(tmp_path) == {"r": [1.0, 2.0]}
    assert list((tmp_path / "journal").iterdir()) == []


def test_a_process_that_ends_without_its_store_says_what_waits(tmp_path: Path) -> None:
    script = """
    store.away = True
    for step in range(1234):
        log.log("r", "x", step, step, 0)
    """
    _, err = finish(start(tmp_path, script, KIPU_EXIT_TIMEOUT="0.2"))
    assert err.splitlines()[-1] == (
        f"kipu: 1,234 metric points wait in {tmp_path / 'journal'}, since http://tracking:5000 did "
        "not take them. `kipu sync` sends them, and so does the next process that opens this store."
    )
    assert [orphan[1:] for orphan in waiting(tmp_path / "journal")] == [
        ("http://tracking:5000", 1234)
    ]
    assert recover(tmp_path / "journal", LineStore(tmp_path)).points == 1234
    assert stored(tmp_path) == {"r": list(range(1234))}


def test_a_fork_gets_a_journal_of_its_own(tmp_path: Path) -> None:
    script = """
    log.log("parent", "x", 1, 0, 0)
    log.flush()
    store.away = True
    log.log("parent", "x", 2, 0, 0)
    child = os.fork()
    store.away = False
    log.log("child" if child == 0 else "parent", "x", 3, 0, 0)
    assert log.flush(20)
    assert log.pending == 0
    if child == 0:
        names = sorted(path.name for path in (folder / "journal").iterdir())
        assert sum(name.startswith(f"{os.getpid()}-") for name in names) == 1, names
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    log.log("parent", "x", 4, 0, 0)
    """
    finish(start(tmp_path, script))
    assert stored(tmp_path) == {"parent": [1, 2, 3, 4], "child": [3]}


def test_a_child_that_outlives_its_parent_does_not_keep_the_parents_journal_locked(
    tmp_path: Path,
) -> None:
    script = """
    store.away = True
    log.log("parent", "x", 1, 0, 0)
    read, write = os.pipe()
    if os.fork() == 0:
        print(os.getpid(), flush=True)
        os.close(1), os.close(2)
        os.close(write)
        os.read(read, 1)  # until the parent is dead
        import signal
        signal.pause()
    os.read(0, 1)
    os.kill(os.getpid(), 9)
    """
    process = subprocess.Popen(
        [sys.executable, "-c", PROLOGUE + textwrap.dedent(script), str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin
    assert process.stdout
    child = int(process.stdout.readline())
    try:
        process.stdin.close()
        process.wait(20)
        assert recover(tmp_path / "journal", LineStore(tmp_path)).points == 1
    finally:
        os.kill(child, signal.SIGKILL)
        process.stdout.close()


def test_children_of_multiprocessing_send_before_they_end(tmp_path: Path) -> None:
    script = """
    import multiprocessing

    def work(number):
        for step in range(100):
            log.log(f"run-{number}", "x", step, step, 0)
            log.log("shared", "x", number * 100 + step, step, 0)

    log.log("shared", "x", 300, 0, 0)
    context = multiprocessing.get_context("fork")
    children = [context.Process(target=work, args=(number,)) for number in range(3)]
    [child.start() for child in children]
    [child.join() for child in children]
    assert all(child.exitcode == 0 for child in children)
    """
    finish(start(tmp_path, script))
    found = stored(tmp_path)
    assert sorted(found.pop("shared")) == list(range(301))
    assert found == {f"run-{number}": list(range(100)) for number in range(3)}
    assert list((tmp_path / "journal").iterdir()) == []


def test_a_full_disk_is_one_warning_and_direct_sends(tmp_path: Path) -> None:
    # The limit on file size is met like a full disk: a short write, then an error.
    script = """
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_011, resource.RLIM_INFINITY))
    for step in range(300):
        log.log("r", "x", step, step, 0)
    assert log.flush(20)
    """
    _, err = finish(start(tmp_path, script))
    assert err.count("cannot be written (") == err.count("\n") == 1
    assert sorted(stored(tmp_path)["r"]) == list(range(300))


def test_a_signal_handler_may_log(tmp_path: Path) -> None:
    script = """
    import itertools, signal
    caught, numbers = [], itertools.count()
    def handler(*_):
        number = next(numbers)  # a handler may be interrupted by itself
        log.log("handler", "x", number, 0, 0)
        caught.append(number)
    log.log("r", "x", 0, 0, 0)
    signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    step = 1
    while len(caught) < 200:
        log.log("r", "x", step, step, 0)
        step += 1
    signal.setitimer(signal.ITIMER_REAL, 0)
    log.flush()
    print(step, len(caught))
    """
    out, _ = finish(start(tmp_path, script))
    steps, caught = map(int, out.split())
    found = stored(tmp_path)
    assert found["r"] == list(range(steps))
    assert sorted(found["handler"]) == list(range(caught))


def test_importing_the_journal_loads_nothing_heavy() -> None:
    code = (
        "import sys, kipu.journal; "
        "print(sorted({m.split('.')[0] for m in sys.modules} & "
        "{'numpy', 'msgspec', 'json', 'typing', 'logging', 'sqlalchemy', 'http', 're'}))"
    )
    answer = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout == "[]\n"


def test_a_file_that_is_no_journal_is_left_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Absent:
        def append_points(self, run_id: str, writer: int, seq: int, points: Points) -> None:
            raise Unavailable("not called")

    (tmp_path / "notes.journal").write_bytes(b"dear diary")
    (tmp_path / "1-2.journal.new").write_bytes(b"")
    for _ in range(2):
        assert recover(tmp_path, Absent()) == (0, 0, 0, None)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.journal"]
    assert caplog.messages == [f"{tmp_path / 'notes.journal'} is left alone: not a journal."]
