"""Whatever moment a process dies at, each logged point is in the store once after recovery."""

from __future__ import annotations

import errno
import os
import struct
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kipu.exceptions import ResourceNotFound, Unavailable
from kipu.journal import recover, waiting
from kipu.journal.columns import Tables, decode, find
from kipu.journal.file import JournalFile
from kipu.journal.records import POINT, ROW, SUFFIX, intact, read_shape
from kipu.journal.segment import Segment
from kipu.journal.sender import Sender
from kipu.series.points import Points

RUNS, KEYS = ("a", "b", "c"), ("loss", "acc", "été")
ROWS = (("loss", "acc"), ("acc", "loss"), ("loss", "acc", "été"))


@pytest.fixture(autouse=True, scope="module")
def _small_rounds() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kipu.journal.recovery.CHUNK", 200)
        yield


class DeathError(BaseException):
    """The process is killed here; nothing in the program may catch it."""


class Store:
    """Remembers (run, writer, seq) for ever, and lets the process die before or after a commit."""

    def __init__(self) -> None:
        self.seen: dict[tuple[str, int], int] = {}
        self.points: Counter[tuple[object, ...]] = Counter()
        self.plan: Iterator[str] = iter(())

    def append_points(self, run_id: str, writer: int, seq: int, points: Points) -> None:
        fate = next(self.plan, "works")
        if fate == "dies before":
            raise DeathError
        if fate == "is away":
            raise Unavailable("away")
        # As the real stores do: all up to the highest seq counts as seen.
        last = self.seen.get((run_id, writer), 0)
        assert seq <= last + 1, "a writer counts without gaps"
        if seq > last:
            self.seen[run_id, writer] = seq
            self.points.update((run_id, m.key, m.value, m.step) for m in points.metrics())
        if fate == "dies after":
            raise DeathError


class Process:
    """A process that logs and sends, without threads, so that it can die anywhere."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.store, self.logged = store, Counter[tuple[object, ...]]()
        self.segment = Segment.create(folder, "memory://")
        self.sender = Sender(self.segment, self.mark)
        self.full: Iterator[bool] = iter(())
        self.count = 0

    def mark(self, begin: int, end: int) -> None:
        if next(self.full, False):
            raise OSError(errno.ENOSPC, "No space left on device")
        self.segment.mark(begin, end)

    def act(self, what: str, run: str, key: str | tuple[str, ...]) -> None:
        if what == "log":
            self.log(run, str(key))
        elif what == "row":
            self.log_row(run, tuple(key))
        elif what == "send":
            self.send()
        else:
            self.sender.mark_done()

    def log(self, run: str, key: str) -> None:
        self.count += 1
        self.segment.add_points(run, [key], [float(self.count)], self.count, 0)
        self.logged[run, key, float(self.count), self.count] += 1

    def log_row(self, run: str, keys: tuple[str, ...]) -> None:
        self.count += 1
        self.segment.add_row(run, keys, [float(self.count)] * len(keys), self.count, 0)
        self.logged.update((run, key, float(self.count), self.count) for key in keys)

    def send(self, dies_after_mark: bool = False) -> None:
        data = self.segment.read(self.sender.done, self.segment.logged)
        batches, end = self.sender.open_round(data)
        if dies_after_mark:
            raise DeathError
        for batch in batches:
            while True:
                try:
                    self.sender.deliver(self.store, batch, 1)
                    break
                except Unavailable:
                    continue
        self.sender.done = end

    def die(self, torn: bytes) -> None:
        os.write(self.segment.fd, torn)
        self.segment.close()


logs = st.tuples(st.just("log"), st.sampled_from(RUNS), st.sampled_from(KEYS))
rows = st.tuples(st.just("row"), st.sampled_from(RUNS), st.sampled_from(ROWS))
sends = st.tuples(st.sampled_from(["send", "idle"]), st.just(""), st.just(""))
fates = st.lists(
    st.sampled_from(["works", "works", "is away", "dies before", "dies after"]), max_size=12
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.one_of(logs, rows, sends), max_size=30),
    fates,
    fates,
    st.booleans(),
    st.lists(st.one_of(logs, rows), max_size=10),
    st.binary(max_size=50),
)
def test_each_point_arrives_once_wherever_owner_and_recoveries_die(
    script: list[tuple[str, str, str | tuple[str, ...]]],
    owner_fate: list[str],
    recovery_fate: list[str],
    dies_after_mark: bool,
    logged_meanwhile: list[tuple[str, str, str | tuple[str, ...]]],
    torn: bytes,
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, store = Path(name), Store()
        store.plan = iter(owner_fate)
        process = Process(folder, store)
        try:
            for what, run, key in script:
                process.act(what, run, key)
            process.send(dies_after_mark)
        except DeathError:
            pass
        # While the writer's thread was in the round that it dies in, training went on.
        for what, run, key in logged_meanwhile:
            process.act(what, run, key)
        process.die(torn)

        store.plan = iter(recovery_fate)
        while any(folder.glob(f"*{SUFFIX}")):
            try:
                recover(folder, store)
            except DeathError:
                assert list(folder.glob(f"*{SUFFIX}"))
        assert store.points == process.logged


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.one_of(logs, rows, sends), max_size=30),
    fates,
    st.lists(st.booleans(), max_size=12),
    st.lists(st.one_of(logs, rows), max_size=10),
)
def test_on_a_full_disk_a_death_repeats_points_at_worst(
    script: list[tuple[str, str, str | tuple[str, ...]]],
    owner_fate: list[str],
    full: list[bool],
    logged_meanwhile: list[tuple[str, str, str | tuple[str, ...]]],
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, store = Path(name), Store()
        store.plan = iter(owner_fate)
        process = Process(folder, store)
        process.full = iter(full)
        died = False
        try:
            for what, run, key in script:
                process.act(what, run, key)
        except DeathError:
            died = True
        for what, run, key in logged_meanwhile:
            process.act(what, run, key)
        process.die(b"")
        store.plan = iter(())
        recover(folder, store)
        assert set(store.points) == set(process.logged)
        if not died and not any(full):
            assert store.points == process.logged


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_prefix_of_a_file_gives_the_points_whose_records_are_whole(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, store = Path(name), Store()
        process = Process(folder, store)
        ends = []
        for what, run, key in data.draw(st.lists(st.one_of(logs, rows), min_size=1, max_size=20)):
            process.log(run, str(key)) if what == "log" else process.log_row(run, tuple(key))
            ends.append((process.segment.size, process.logged.copy()))
        process.die(b"")
        path = process.segment.path
        header = process.segment.header.size
        cut = data.draw(st.integers(header, ends[-1][0]))
        os.truncate(path, cut)
        whole = next((logged for size, logged in reversed(ends) if size <= cut), Counter())
        assert sum(orphan.points for orphan in waiting(folder)) == whole.total()
        assert recover(folder, store).left == 0
        assert store.points == whole


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_record_costs_only_what_it_held(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, store = Path(name), Store()
        process = Process(folder, store)
        for _ in range(20):
            process.log("a", "loss")
        process.die(b"")
        # The file ends with 20 records of 40 bytes: spoil one of them.
        victim = data.draw(st.integers(0, 19))
        at = process.segment.size - 40 * (20 - victim) + data.draw(st.integers(0, 39))
        content = bytearray(process.segment.path.read_bytes())
        content[at] ^= data.draw(st.integers(1, 255))
        process.segment.path.write_bytes(content)
        recover(folder, store)
        assert store.points == Counter(
            {point: 1 for point in process.logged if point[3] != victim + 1}
        )


def test_refused_rounds_are_set_aside_once_however_often_recovery_dies(tmp_path: Path) -> None:
    class Refusing(Store):
        def append_points(self, run_id: str, writer: int, seq: int, points: Points) -> None:
            if run_id == "a":
                raise ResourceNotFound("No run a.")
            super().append_points(run_id, writer, seq, points)

    store = Refusing()
    process = Process(tmp_path, store)
    process.log("a", "loss")
    process.log("b", "loss")
    process.die(b"")
    store.plan = iter(["dies before", "dies after", "works"])
    deaths = 0
    while any(tmp_path.glob(f"*{SUFFIX}")):
        try:
            recover(tmp_path, store)
        except DeathError:
            deaths += 1
    assert deaths == 2
    assert store.points == Counter({("b", "loss", 2.0, 2): 1})
    again = Store()
    assert recover(tmp_path / "rejected", again).points == 1
    assert again.points == Counter({("a", "loss", 1.0, 1): 1})


def test_after_a_reboot_all_rounds_are_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, lost = Store(), Store()
    process = Process(tmp_path, kept)
    for _ in range(3):
        process.log("a", "loss")
        process.log("b", "loss")
        process.send()
    process.die(b"")
    # A local store that had not brought its last commits to the disk when the power went.
    monkeypatch.setattr("kipu.journal.recovery.boot_id", lambda: b"another boot")
    monkeypatch.setattr(
        "kipu.journal.file.JournalFile.adopt", _with_boot(b"this boot", JournalFile.adopt)
    )
    recover(tmp_path, lost)
    assert lost.points == process.logged
    assert lost.seen == kept.seen


def _with_boot(boot: bytes, adopt: object) -> object:
    def adopted(path: Path) -> JournalFile | None:
        file: JournalFile | None = adopt(path)  # type: ignore[operator]
        if file is not None:
            file.header.boot = boot
        return file

    return adopted


def _one_by_one(content: bytes, begin: int) -> list[tuple[int, float, int]]:
    """The points of a file read the plain way: (run number, value, step)."""
    shapes: dict[int, int] = {}
    found = []
    for at, size, kind in intact(memoryview(content), begin):
        run, _, step, _ = struct.unpack_from("<IIqq", content, at + 8) if size >= 32 else (0,) * 4
        if kind == POINT:
            found.append((run, *struct.unpack_from("<d", content, at + 32), step))
        elif kind == ROW:
            values = struct.unpack_from(f"<{(size - 32) // 8}d", content, at + 32)
            found += [(run, value, step) for value in values]
        elif kind == 5:
            number, columns = read_shape(content, at)
            shapes[number] = len(columns)
    return found


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.one_of(logs, rows, sends), st.integers(1, 40)), max_size=12))
def test_columns_hold_what_reading_record_by_record_gives(
    script: list[tuple[tuple[str, str, str | tuple[str, ...]], int]],
) -> None:
    with tempfile.TemporaryDirectory() as name:
        process = Process(Path(name), Store())
        for (what, run, key), times in script:
            for _ in range(times):
                process.act("idle" if what == "send" else what, run, key)
        begin = process.segment.header.size
        content = process.segment.path.read_bytes()
        process.segment.close()
        plain = _one_by_one(content, begin)
        tables = Tables()
        batches, end = decode(content[begin:], tables)
        assert end == len(content) - begin
        assert find(content[begin:], Tables()).count == len(plain)
        for run_id, points in batches:
            assert list(zip(points.value.tolist(), points.step.tolist(), strict=True)) == [
                (value, step) for number, value, step in plain if tables.runs[number] == run_id
            ]
        assert sum(len(points) for _, points in batches) == len(plain)
