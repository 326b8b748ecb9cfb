"""Group commit, and what forks do to it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from kipu.exceptions import Unavailable
from kipu.store.sql.engine import Database
from kipu.store.sql.store import SqlStore
from kipu.store.sql.writer import after_commit

table = sa.Table("t", sa.MetaData(), sa.Column("word", sa.String, unique=True))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/t.db", durable=False)
    with database.engine.connect() as db:
        db.exec_driver_sql("PRAGMA journal_mode = WAL")
        table.create(db)
        db.commit()
    yield database
    database.close()


def words(database: Database) -> set[str]:
    with database.read() as db:
        return set(db.scalars(sa.select(table.c.word)))


def add(word: str) -> Callable[[sa.Connection], str]:
    def work(db: sa.Connection) -> str:
        db.execute(table.insert(), {"word": word})
        return word.upper()

    return work


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.002)


class Together:
    """Writes that wait while the first one holds the lead, and are let go all at once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._go = threading.Event()
        self._held = threading.Event()
        self.answers: dict[str, object] = {}
        self._threads: list[threading.Thread] = []

    def start(self, name: str, work: Callable[[sa.Connection], object]) -> None:
        queue = self._database._writer._queue
        waiting = len(queue) + bool(self._threads)
        self._threads.append(threading.Thread(target=self._run, args=(name, work)))
        self._threads[-1].start()
        if len(self._threads) == 1:
            assert self._held.wait(20)
        else:
            wait_until(lambda: len(self._database._writer._queue) == waiting)

    def _run(self, name: str, work: Callable[[sa.Connection], object]) -> None:
        try:
            self.answers[name] = self._database.write(work)
        except Exception as error:
            self.answers[name] = error

    def hold(self, db: sa.Connection) -> None:
        self._held.set()
        self._go.wait(20)

    def let_go(self) -> None:
        self._go.set()
        for thread in self._threads:
            thread.join(20)
            assert not thread.is_alive()


def count_commits(database: Database) -> list[str]:
    seen: list[str] = []
    sa.event.listen(database.engine, "commit", lambda _: seen.append("commit"))
    return seen


def test_writes_that_wait_share_one_commit(database: Database) -> None:
    commits = count_commits(database)
    together = Together(database)
    together.start("first", together.hold)
    for word in "abcdef":
        together.start(word, add(word))
    together.let_go()
    assert {word: together.answers[word] for word in "abcdef"} == {w: w.upper() for w in "abcdef"}
    assert words(database) == set("abcdef")
    assert len(commits) == 2


def test_a_write_that_fails_spoils_no_other(database: Database) -> None:
    database.write(add("taken"))
    together = Together(database)
    together.start("first", together.hold)
    together.start("a", add("a"))

    def half(db: sa.Connection) -> None:
        add("half")(db)
        add("taken")(db)

    together.start("half", half)
    together.start("b", add("b"))
    together.let_go()
    assert words(database) == {"taken", "a", "b"}
    assert isinstance(together.answers["half"], sa.exc.IntegrityError)
    assert (together.answers["a"], together.answers["b"]) == ("A", "B")


def test_hooks_run_after_the_commit_and_only_then(database: Database) -> None:
    seen: list[str] = []

    def noted(word: str) -> Callable[[sa.Connection], None]:
        def work(db: sa.Connection) -> None:
            after_commit(db, lambda: seen.append(word if word in words(database) else "too early"))
            add(word)(db)

        return work

    database.write(noted("a"))
    with pytest.raises(sa.exc.IntegrityError):
        database.write(noted("a"))
    together = Together(database)
    together.start("first", together.hold)
    for word in ("b", "a", "c"):
        together.start(word, noted(word))
    together.let_go()
    assert seen == ["a", "b", "c"]


def test_an_interrupt_passes_the_lead_on(database: Database) -> None:
    def interrupted(db: sa.Connection) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        database.write(interrupted)
    assert database.write(add("a")) == "A"
    assert words(database) == {"a"}


def test_a_database_that_cannot_be_opened_fails_each_write_and_holds_up_none(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = Together(database)
    together.start("first", together.hold)
    for word in "abc":
        together.start(word, add(word))

    def broken() -> sa.Connection:
        raise sa.exc.OperationalError("", {}, Exception("unable to open database file"))

    with monkeypatch.context() as patch:
        patch.setattr(database._connections, "borrow", broken)
        together.let_go()
    assert [type(together.answers[word]) for word in "abc"] == [Unavailable] * 3
    assert database.write(add("d")) == "D"
    assert words(database) == {"d"}


def test_a_write_inside_a_write_is_refused_rather_than_waited_for(database: Database) -> None:
    with pytest.raises(RuntimeError, match="another write"):
        database.write(lambda db: database.write(add("a")))
    assert database.write(add("b")) == "B"


def test_a_reader_sees_one_moment(database: Database) -> None:
    with database.read() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(table)) == 0
        database.write(add("a"))
        assert db.scalar(sa.select(sa.func.count()).select_from(table)) == 0
    assert words(database) == {"a"}


def test_what_can_wait_does_not_wait_for_another_writer(tmp_path: Path, database: Database) -> None:
    other = Database(f"sqlite:///{tmp_path}/t.db", durable=False)
    together = Together(other)
    together.start("first", together.hold)
    assert not database.write_if_free(lambda db: None)
    assert not other.write_if_free(lambda db: None)
    together.let_go()
    assert database.write_if_free(lambda db: None)
    with database.read() as db:
        assert db.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000
    other.close()


def test_a_locked_database_is_named(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(db: sa.Connection) -> None:
        raise sa.exc.OperationalError("", {}, Exception("database is locked"))

    with pytest.raises(Unavailable, match=r"t\.db: Another process"):
        database.write(locked)


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_child_writes_on_its_own(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path}/kipu.db", str(tmp_path))
    store.create_run("0", "u", 1, [], "before")
    go_on = threading.Event()
    written = []

    def keep_writing() -> None:
        while not go_on.is_set():
            store.create_run("0", "u", 2, [], "meanwhile")
            written.append(1)

    thread = threading.Thread(target=keep_writing)
    thread.start()
    wait_until(lambda: len(written) > 3)
    children = []
    for number in range(3):
        child = os.fork()
        if child == 0:
            try:
                store.create_run("0", "u", 3, [], f"child {number}")
                os._exit(0)
            finally:
                os._exit(1)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
    before = len(written)
    wait_until(lambda: len(written) > before)
    go_on.set()
    thread.join()
    names = store.run_table(["0"], None, 1, None, [], [], [], 100_000).run_name
    assert {"before", "child 0", "child 1", "child 2"} <= set(names)
    assert names.count("meanwhile") == len(written)
    store.close()


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_no_connection_is_open_while_the_process_forks(database: Database) -> None:
    words(database)
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        files = [os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")
                 if os.path.exists(f"/proc/self/fd/{fd}")]  # fmt: skip
        os.write(write_end, str(sum("t.db" in name for name in files)).encode())
        os._exit(0)
    os.close(write_end)
    assert os.read(read_end, 10) == b"0"
    os.close(read_end)
    os.waitpid(child, 0)
    assert database.write(add("a")) == "A"
