"""What a database holds when it is opened, and what is refused."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from kipu.entities import Metric
from kipu.exceptions import MlflowException
from kipu.store.sql.engine import sqlite_engine
from kipu.store.sql.migrations.run import scripts, upgrade
from kipu.store.sql.schema import REVISIONS
from kipu.store.sql.store import SqlStore


def open_at(path: Path) -> SqlStore:
    return SqlStore(f"sqlite:///{path}", "/artifacts")


def _schema(path: Path) -> list[str]:
    with sqlite3.connect(path) as db:
        rows = db.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    db.close()
    return sorted(re.sub(r"\s+", " ", row[0]) for row in rows)


def _migrate(path: Path) -> None:
    engine = sqlite_engine(str(path), durable=False)
    with engine.connect() as db:
        db.exec_driver_sql("BEGIN IMMEDIATE")
        upgrade(db)
        db.commit()


def test_the_migrations_lead_to_the_schema_of_a_fresh_database(tmp_path: Path) -> None:
    open_at(tmp_path / "fresh.db").close()
    _migrate(tmp_path / "migrated.db")
    assert _schema(tmp_path / "migrated.db") == _schema(tmp_path / "fresh.db")


def test_every_revision_is_known_by_name() -> None:
    chain = [script.revision for script in scripts().walk_revisions()]
    assert tuple(reversed(chain)) == REVISIONS


def test_a_fresh_database_gives_back_space_and_never_blocks_readers(tmp_path: Path) -> None:
    store = open_at(tmp_path / "kipu.db")
    with sqlite3.connect(tmp_path / "kipu.db") as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert db.execute("PRAGMA auto_vacuum").fetchone() == (2,)
        assert db.execute("SELECT version_num FROM alembic_version").fetchone() == REVISIONS[-1:]
    db.close()
    store.close()


def test_an_old_schema_is_brought_up_when_it_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_at(tmp_path / "kipu.db").close()
    with sqlite3.connect(tmp_path / "kipu.db") as db:
        db.execute("UPDATE alembic_version SET version_num = '0000'")
        db.commit()
    db.close()
    monkeypatch.setattr("kipu.store.sql.schema.REVISIONS", ("0000", "0001"))
    asked: list[str] = []

    def bring_up(connection: object) -> None:
        asked.append("upgrade")

    monkeypatch.setattr("kipu.store.sql.migrations.run.upgrade", bring_up)
    open_at(tmp_path / "kipu.db").close()
    assert asked == ["upgrade"]


def test_a_fresh_database_needs_no_alembic(tmp_path: Path) -> None:
    script = (
        "import sys; from kipu.store.open import open_store; "
        f"open_store({str(tmp_path)!r}).close(); print('alembic' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert out.stdout == "False\n"


def test_a_database_of_mlflow_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "mlflow.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE experiments (experiment_id INTEGER)")
        db.execute("CREATE TABLE runs (run_uuid VARCHAR(32), name VARCHAR(250))")
        db.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        db.execute("INSERT INTO alembic_version VALUES ('f5a4f2784254')")
        db.commit()
    db.close()
    before = path.read_bytes()
    with pytest.raises(MlflowException, match=r"belongs to MLflow.*kipu import"):
        open_at(path)
    assert path.read_bytes() == before
    assert sorted(tmp_path.iterdir()) == [path]


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "songs.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE songs (title TEXT)")
    db.close()
    before = path.read_bytes()
    with pytest.raises(MlflowException, match=r"another program \(its tables: songs\)"):
        open_at(path)
    assert path.read_bytes() == before


def test_a_newer_schema_asks_for_a_newer_kipu(tmp_path: Path) -> None:
    open_at(tmp_path / "kipu.db").close()
    with sqlite3.connect(tmp_path / "kipu.db") as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
        db.commit()
    db.close()
    with pytest.raises(MlflowException, match=r"newer Kipu.*9999.*upgrade Kipu"):
        open_at(tmp_path / "kipu.db")


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Buy milk.\n" * 500)
    with pytest.raises(MlflowException, match=r"notes\.txt is not a database"):
        open_at(path)
    assert path.read_text() == "Buy milk.\n" * 500


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    (tmp_path / "kipu.db").touch()
    store = open_at(tmp_path / "kipu.db")
    assert store.get_experiment("0").name == "Default"
    store.close()


def test_a_folder_in_place_of_the_file_is_explained(tmp_path: Path) -> None:
    with pytest.raises(MlflowException, match="cannot be opened"):
        open_at(tmp_path)


def test_folders_on_the_way_are_made(tmp_path: Path) -> None:
    open_at(tmp_path / "a" / "b" / "kipu.db").close()
    assert (tmp_path / "a" / "b" / "kipu.db").exists()


def test_models_of_the_first_schema_keep_their_labels_and_newest_points(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    engine = sqlite_engine(str(path), durable=False)
    with engine.connect() as db:
        db.exec_driver_sql("BEGIN IMMEDIATE")
        upgrade(db, "0001")
        for table, row in {
            "experiments": (7, "e", "7", "active", 1, 1),
            "runs": (7, 5, "r1", "r", "FINISHED", "active", "u", 1, None, None, None, 1),
            "run_directory": ("r1", 7, 5),
            "names": (7, 1, 11, "loss"),
            "latest_metrics": (
                7, 5, 11, 3, "m-1", "test", "d1", 0, 0.5, 2, 9, 1, 0.5, 0.5, True
            ),
            "logged_models": (
                7, "m-1", "net", "/a", 1, 1, 2, None, None, "r1", "active",
                '{"team": "x"}', '{"lr": "0.1"}',
            ),
            "model_directory": ("m-1", 7),
        }.items():  # fmt: skip
            places = ", ".join("?" * len(row))
            db.exec_driver_sql(f"INSERT INTO {table} VALUES ({places})", row)
        db.commit()
    engine.dispose()
    store = open_at(path)
    model = store.get_logged_model("m-1")
    assert (model.name, model.params, model.tags) == ("net", {"lr": "0.1"}, {"team": "x"})
    assert model.metrics == [Metric("loss", 0.5, 9, 2, "m-1", "test", "d1", "r1")]
    text = "params.lr > 0 AND tags.team = 'x' AND metrics.loss = 0.5"
    assert store.search_logged_models(["7"], text, None, 5, None, None) == [model]
    store.close()
