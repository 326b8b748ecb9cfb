"""The command line lists what a filter lets through."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import kipu
from kipu.cli.main import main


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'kipu.db'}")
    client = kipu.MlflowClient(f"sqlite:///{tmp_path / 'kipu.db'}")
    for number in range(3):
        run = client.create_run("0", run_name=f"run-{number}")
        client.log_param(run.info.run_id, "lr", 0.1 * number)
    client.create_experiment("vision")


def kipu_cli(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def names(result: Result) -> list[str]:
    """The second column of the table."""
    assert result.exit_code == 0, result.output
    return [re.split(r"\s{2,}", line)[1] for line in result.output.splitlines()[2:]]


def test_runs_are_listed_as_filtered_and_ordered() -> None:
    runs = ("runs", "list", "--experiment-id", "0")
    assert len(names(kipu_cli(*runs))) == 3
    found = kipu_cli(
        *runs, "--filter", "params.lr > 0.05 OR run_name = 'none'", "--order-by", "params.lr DESC"
    )
    assert names(found) == ["run-2", "run-1"]
    assert names(kipu_cli(*runs, "--order-by", "params.lr", "--max-results", "1")) == ["run-0"]


def test_experiments_are_listed_as_filtered() -> None:
    assert names(kipu_cli("experiments", "search", "--filter", "NOT name = 'Default'")) == [
        "vision"
    ]
    assert names(kipu_cli("experiments", "search", "--order-by", "name DESC")) == [
        "vision",
        "Default",
    ]


def test_a_wrong_filter_is_shown_with_its_place() -> None:
    result = kipu_cli("runs", "list", "--experiment-id", "0", "--filter", "params.lr >")
    assert result.exit_code == 1
    assert result.output.splitlines()[-1] == " " * 13 + "^"
