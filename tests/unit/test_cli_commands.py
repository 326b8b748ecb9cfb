"""The commands as scripts use them: what they print, and how they end."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import kipu
from kipu.cli import main
from kipu.store.sql.engine import sqlite_engine
from kipu.store.sql.migrations.run import upgrade
from kipu.store.sql.schema import REVISIONS

Do = Callable[..., Result]


@pytest.fixture
def do(fresh: Path) -> Do:
    """Run a command in a folder of its own, whose ``mlruns`` is the store."""
    return lambda *words: CliRunner().invoke(main, list(words))


def said(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.stdout


def make(do: Do, name: str) -> str:
    found = re.fullmatch(rf"Created experiment '{name}' with id (\d+)\n",
                         said(do("experiments", "create", "-n", name)))  # fmt: skip
    assert found
    return found[1]


def test_an_experiment_lives_and_dies(do: Do) -> None:
    number = make(do, "one")
    assert said(do("experiments", "rename", "-x", number, "--new-name", "two")) == (
        f"Experiment with id {number} has been renamed to 'two'.\n"
    )
    assert said(do("experiments", "delete", "-x", number)) == (
        f"Experiment with ID {number} has been deleted.\n"
    )
    assert number not in said(do("experiments", "search"))
    assert number in said(do("experiments", "search", "--view", "deleted_only"))
    assert said(do("experiments", "restore", "-x", number)) == (
        f"Experiment with id {number} has been restored.\n"
    )
    listed = said(do("experiments", "search")).splitlines()
    assert listed[0].split("  ")[0] == "Experiment Id"
    assert {line.split()[0] for line in listed[2:]} == {"0", number}


def test_an_experiment_is_shown_as_lines_or_json(do: Do) -> None:
    number = make(do, "one")
    kipu.MlflowClient().set_experiment_tag(number, "team", "red")
    lines = said(do("experiments", "get", "-n", "one")).splitlines()
    assert lines[0] == f"Experiment ID      : {number}"
    assert lines[1] == "Name               : one"
    assert lines[3] == "Lifecycle Stage    : active"
    assert lines[6] == "Tags               : team=red"
    shown = json.loads(said(do("experiments", "get", "-x", number, "--output", "json")))
    assert (shown["experiment_id"], shown["name"], shown["tags"]) == (
        number, "one", {"team": "red"}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("experiments", "create"), 2, "--experiment-name"),
        (("experiments", "create", "-n", "Default"), 1, "already exists"),
        (("experiments", "get"), 2, "--experiment-id or --experiment-name"),
        (("experiments", "get", "-x", "0", "-n", "Default"), 2, "--experiment-id or"),
        (("experiments", "get", "-n", "none"), 1, "'none'"),
        (("experiments", "delete", "-x", "77"), 1, "77"),
        (("experiments", "search", "--view", "some"), 1, "some"),
        (("experiments", "csv", "-x", "77"), 1, "77"),
        (("runs", "describe", "--run-id", "f" * 32), 1, "f" * 32),
        (("runs", "create"), 2, "--experiment-id or --experiment-name"),
        (("runs", "create", "--experiment-id", "0", "-t", "a"), 2, "key=value"),
        (("runs", "create", "--experiment-id", "0", "-t", "a=1", "-t", "a=2"), 2, "twice"),
        (("runs", "create", "--experiment-id", "0", "--status", "RUNNING"), 2, "RUNNING"),
        (("artifacts", "download"), 2, "--run-id"),
        (("artifacts", "log-artifact", "-l", "none.txt", "-r", "f" * 32), 2, "none.txt"),
        (("nothing",), 2, "nothing"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_an_exit_code(
    do: Do, words: tuple[str, ...], code: int, told: str
) -> None:
    result = do(*words)
    assert result.exit_code == code
    assert told in result.stderr
    assert "Traceback" not in result.output


def test_a_run_is_made_shown_deleted_and_restored(do: Do) -> None:
    made = said(do("runs", "create", "--experiment-name", "new", "--run-name", "r1", "-t", "a=b=c",
                   "--status", "killed", "--description", "a *note*"))  # fmt: skip
    fields = json.loads(made)
    run_id = fields.pop("run_id")
    number = fields.pop("experiment_id")
    assert fields == {"run_name": "r1", "status": "KILLED"}
    shown = said(do("runs", "describe", "--run-id", run_id))
    assert shown.startswith('{\n    "info": {\n        "')
    run = json.loads(shown)
    assert run["info"]["status"] == "KILLED"
    assert run["data"]["tags"]["a"] == "b=c"
    assert run["data"]["tags"]["mlflow.note.content"] == "a *note*"
    lines = said(do("runs", "list", "--experiment-id", number)).splitlines()
    assert lines[0].split() == ["Date", "Name", "ID"]
    assert lines[2].split()[-2:] == ["r1", run_id]
    assert said(do("runs", "delete", "--run-id", run_id)) == (
        f"Run with ID {run_id} has been deleted.\n"
    )
    assert run_id not in said(do("runs", "list", "--experiment-id", number))
    assert run_id in said(do("runs", "list", "--experiment-id", number, "-v", "deleted_only"))
    assert said(do("runs", "restore", "--run-id", run_id)) == (
        f"Run with id {run_id} has been restored.\n"
    )


def test_a_nested_run_has_its_parent(do: Do) -> None:
    parent = json.loads(said(do("runs", "create", "--experiment-id", "0")))["run_id"]
    nested = said(do("runs", "create", "--experiment-id", "0", "--parent-run-id", parent))
    run = kipu.get_run(json.loads(nested)["run_id"])
    assert run.data.tags["mlflow.parentRunId"] == parent


def test_artifacts_go_up_and_come_down(do: Do, fresh: Path) -> None:
    run_id = json.loads(said(do("runs", "create", "--experiment-id", "0")))["run_id"]
    (fresh / "in").mkdir()
    (fresh / "in" / "a.txt").write_text("abc")
    said(do("artifacts", "log-artifact", "-l", "in/a.txt", "-r", run_id, "-a", "sub"))
    said(do("artifacts", "log-artifacts", "-l", "in", "-r", run_id))
    assert json.loads(said(do("artifacts", "list", "-r", run_id))) == [
        {"path": "a.txt", "is_dir": False, "file_size": 3},
        {"path": "sub", "is_dir": True},
    ]
    place = said(do("artifacts", "download", "-r", run_id, "-a", "sub", "-d", "out")).strip()
    assert (Path(place) / "a.txt").read_text() == "abc"
    place = said(do("artifacts", "download", "-u", f"runs:/{run_id}/a.txt", "-d", "out")).strip()
    assert Path(place).read_text() == "abc"


def test_runs_leave_as_csv(do: Do, fresh: Path) -> None:
    number = make(do, "one")
    with kipu.start_run(experiment_id=number, run_name="ünï, r"):
        kipu.log_metric("loss", 0.5)
        kipu.log_param("lr", 0.1)
    told = said(do("experiments", "csv", "-x", number, "-o", "runs.csv"))
    assert told == f"Experiment with ID {number} has been exported as a CSV to file: runs.csv.\n"
    text = (fresh / "runs.csv").read_text(encoding="utf-8")
    (row,) = csv.DictReader(text.splitlines())
    assert (row["metrics.loss"], row["params.lr"]) == ("0.5", "0.1")
    assert row["tags.mlflow.runName"] == "ünï, r"
    assert said(do("experiments", "csv", "-x", number)).splitlines() == text.splitlines()


def test_csv_on_standard_output_leaves_it_open(do: Do, fresh: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "kipu", "experiments", "csv", "-x", "0"],
        cwd=fresh, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.startswith("run_id,")
    assert done.stderr == ""


def test_db_upgrade_makes_migrates_and_leaves_alone(do: Do, fresh: Path) -> None:
    url = f"sqlite:///{fresh}/old.db"
    engine = sqlite_engine(str(fresh / "old.db"), durable=False)
    with engine.connect() as db:
        db.exec_driver_sql("BEGIN IMMEDIATE")
        upgrade(db, REVISIONS[0])
        db.commit()
    told = said(do("db", "upgrade", url))
    assert told == f"Upgraded the database from schema {REVISIONS[0]} to {REVISIONS[-1]}.\n"
    told = said(do("db", "upgrade", url))
    assert told == f"The database is up to date: it has schema {REVISIONS[-1]}.\n"
    told = said(do("db", "upgrade", "store"))
    assert told == f"Made a new database with schema {REVISIONS[-1]}.\n"
    assert (fresh / "store" / "kipu.db").exists()


def test_db_upgrade_leaves_what_is_not_ours_alone(do: Do, fresh: Path) -> None:
    with sqlite3.connect(fresh / "mlflow.db") as db:
        db.execute("CREATE TABLE experiments (experiment_id INTEGER)")
        db.execute("CREATE TABLE runs (run_uuid TEXT)")
    db.close()
    (fresh / "text.db").write_text("no database at all, but long enough to look at" * 50)
    before = (fresh / "mlflow.db").read_bytes()
    for url, told in (
        (f"sqlite:///{fresh}/mlflow.db", "kipu import"),
        (f"sqlite:///{fresh}/text.db", "is not a database"),
        ("http://127.0.0.1:1", "is a server"),
        ("postgresql://host/name", "cannot open yet"),
    ):
        result = do("db", "upgrade", url)
        assert result.exit_code == 1
        assert told in result.stderr
    assert (fresh / "mlflow.db").read_bytes() == before


def test_there_is_one_workspace_and_nothing_to_move(do: Do) -> None:
    told = said(do("db", "migrate-to-default-workspace", "sqlite:///any.db", "--yes"))
    assert told.startswith("No rows need to be moved")


def test_the_doctor_tells_all_but_secrets(
    do: Do, fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://ada:secret@127.0.0.1:1")
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "secret")
    monkeypatch.setenv("KIPU_EXIT_TIMEOUT", "17")
    told = said(do("doctor"))
    assert "secret" not in told
    assert f"Kipu version: {kipu.__version__}\n" in told
    assert "Tracking URI: http://127.0.0.1:1\n" in told
    assert "  KIPU_EXIT_TIMEOUT: 17\n" in told
    assert "  MLFLOW_TRACKING_PASSWORD: ***\n" in told
    assert "17" not in said(do("doctor", "--mask-envs")).split("Dependencies:")[0].split("Env")[1]
    assert not (fresh / "mlruns").exists()


def test_the_doctor_names_the_active_run(capsys: pytest.CaptureFixture[str], fresh: Path) -> None:
    with kipu.start_run() as run:
        kipu.doctor()
    assert f"Active run ID: {run.info.run_id}\n" in capsys.readouterr().out


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The settings that servers were started with, instead of serving."""
    from kipu.server import serve

    started: list[object] = []
    monkeypatch.setattr(serve, "serve", started.append)
    return started


@pytest.mark.parametrize(
    ("option", "why"),
    [
        (("--gunicorn-opts", "--timeout 60"), "--workers"),
        (("--waitress-opts", "--threads 4"), "--workers"),
        (("--uvicorn-opts", "--log-level debug"), "--workers"),
        (("--dev",), "development"),
        (("--expose-prometheus", "folder"), "Prometheus"),
        (("--read-replica-backend-store-uri", "sqlite:///b.db"), "one store"),
    ],
)
def test_a_server_says_which_options_have_no_effect(
    do: Do, served: list[object], option: tuple[str, ...], why: str
) -> None:
    result = do("server", *option)
    assert result.exit_code == 0
    assert result.stderr.startswith(f"{option[0]} has no effect: ")
    assert why in result.stderr
    assert len(served) == 1


def test_a_server_takes_what_asks_for_nothing_new(do: Do, served: list[object]) -> None:
    store = ("--backend-store-uri", "sqlite:///a.db", "--registry-store-uri", "sqlite:///a.db")
    assert said(do("server", *store, "--disable-workspaces")) == ""
    assert len(served) == 1


@pytest.mark.parametrize(
    ("option", "why"),
    [
        (("--app-name", "basic-auth"), "no logins"),
        (("--enable-workspaces",), "one workspace"),
        (("--workspace-store-uri", "sqlite:///w.db"), "one workspace"),
        (("--registry-store-uri", "sqlite:///r.db"), "--backend-store-uri"),
        (("--uvicorn-opts", "--ssl-keyfile key.pem"), "encrypt"),
        (("--gunicorn-opts", "--certfile cert.pem"), "encrypt"),
        (("--artifacts-only", "--backend-store-uri", "sqlite:///a.db"), "--artifacts-only"),
    ],
)
def test_a_server_refuses_what_users_would_rely_on(
    do: Do, served: list[object], option: tuple[str, ...], why: str
) -> None:
    result = do("server", *option)
    assert result.exit_code == 2
    assert why in result.stderr
    assert served == []
