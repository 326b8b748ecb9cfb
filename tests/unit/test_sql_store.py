"""What only the SQL store does: its numbers, its cache, its settings."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kipu.entities import Param, RunTag
from kipu.exceptions import MlflowException
from kipu.search import number_in
from kipu.store.sql import names as names_room
from kipu.store.sql.store import SqlStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = SqlStore(f"sqlite:///{tmp_path}/kipu.db", str(tmp_path), portable=True)
    yield store
    store.close()


def query(folder: Path, sql: str) -> list[tuple[object, ...]]:
    db = sqlite3.connect(folder / "kipu.db")
    rows = db.execute(sql).fetchall()
    db.close()
    return rows


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1.0), ("0.1", 0.1), ("1e-3", 1e-3), ("-2.5", -2.5), (" 3 ", 3.0), (".5", 0.5),
        ("", None), ("adam", None), ("nan", None), ("inf", None), ("-Infinity", None),
        ("1e999", None), ("1_000", None), ("0x10", None), ("True", None), ("[1, 2]", None),
    ],
)  # fmt: skip
def test_a_param_that_is_a_number_is_one(text: str, number: float | None) -> None:
    assert number_in(text) == number


def test_numbers_of_params_are_stored_beside_their_texts(store: SqlStore, tmp_path: Path) -> None:
    run_id = store.create_run("0", "u", 1, [], "r").info.run_id
    store.log_batch(run_id, [], [Param("lr", "0.10"), Param("optimizer", "adam")], [])
    found = query(tmp_path, "SELECT value, number FROM params ORDER BY value")
    assert found == [("0.10", 0.1), ("adam", None)]


def test_two_names_of_one_hash_are_never_mixed_up(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = store.create_run("0", "u", 1, [], "r").info.run_id
    monkeypatch.setattr(names_room, "key_id", lambda name: 7)
    store.set_tag(run_id, RunTag("one", "1"))
    with pytest.raises(MlflowException, match="hash of another name"):
        store.set_tag(run_id, RunTag("two", "2"))
    assert "two" not in store.get_run(run_id).data.tags


def test_only_runs_that_ended_are_put_away_as_documents(store: SqlStore, tmp_path: Path) -> None:
    run_id = store.create_run("0", "u", 1, [], "r").info.run_id
    store.get_run(run_id)
    assert query(tmp_path, "SELECT count(*) FROM run_documents") == [(0,)]
    store.update_run_info(run_id, "FINISHED", 5, None)
    store.get_run(run_id)
    assert query(tmp_path, "SELECT count(*) FROM run_documents") == [(1,)]


def test_a_reader_never_waits_for_a_writer(store: SqlStore, tmp_path: Path) -> None:
    run_id = store.create_run("0", "u", 1, [], "r").info.run_id
    store.update_run_info(run_id, "FINISHED", 5, None)
    other = sqlite3.connect(tmp_path / "kipu.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert store.get_run(run_id).info.status == "FINISHED"
    assert store.search_runs(["0"], None, 1, 10, None, None)[0].info.run_id == run_id
    other.execute("ROLLBACK")
    other.close()


def test_the_place_of_a_run_is_its_start_newest_last(store: SqlStore, tmp_path: Path) -> None:
    for start in (5, 3, 9):
        store.create_run("0", "u", start, [], str(start))
    rows = query(tmp_path, "SELECT run_no >> 20, name FROM runs ORDER BY run_no")
    assert rows == [(3, "3"), (5, "5"), (9, "9")]


def test_runs_of_one_instant_come_by_id(store: SqlStore) -> None:
    ids = {store.create_run("0", "u", 5, [], "r").info.run_id for _ in range(30)}
    found = store.search_runs(["0"], None, 1, 100, None, None)
    assert [run.info.run_id for run in found] == sorted(ids)


@pytest.mark.parametrize(("durable", "level"), [(True, 2), (False, 1)])
def test_a_durable_store_waits_for_the_disk(tmp_path: Path, durable: bool, level: int) -> None:
    store = SqlStore(f"sqlite:///{tmp_path}/kipu.db", str(tmp_path), durable)
    with store._read() as db:
        assert db.exec_driver_sql("PRAGMA synchronous").scalar() == level
    store.close()


def test_closing_leaves_one_file(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path}/kipu.db", str(tmp_path))
    store.create_run("0", "u", 1, [], "r")
    store.close()
    assert [path.name for path in tmp_path.iterdir()] == ["kipu.db"]


def test_many_threads_write_and_read_at_once(store: SqlStore) -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for step in range(20):
                run_id = store.create_run("0", "u", number, [], f"{number}-{step}").info.run_id
                store.set_tag(run_id, RunTag("t", str(step)))
                assert store.get_run(run_id).data.tags["t"] == str(step)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(store.search_runs(["0"], None, 1, 1000, None, None)) == 240
