"""Models are served, and predict on the command line, as with MLflow."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import kipu

pytestmark = [pytest.mark.compat, pytest.mark.timeout(600)]
Client = Callable[..., dict[str, Any]]

SPLIT = '{"dataframe_split": {"columns": ["a", "b"], "data": [[1, "x"]]}, "params": {"by": 3}}'
COMMANDS: dict[str, tuple[list[str], str]] = {
    "json and params": (["-m", "table"], SPLIT),
    "csv": (["-m", "table", "-t", "csv"], "a,b\n1.5,x\n2,y\n"),
    "bare": (["-m", "asked"], '{"messages": [{"role": "a"}], "heat": 0.7}'),
    "refused": (["-m", "table"], '{"dataframe_split": {"columns": ["a"], "data": [[1]]}}'),
    "failing": (["-m", "odd"], '{"inputs": [0]}'),
    "other content": (["-m", "table", "-t", "xml"], "x"),
    "other manager": (["-m", "table", "--env-manager", "other"], SPLIT),
    "overrides here": (["-m", "table", "-r", "x==1"], SPLIT),
    "variables here": (["-m", "table", "--env", "A=1"], SPLIT),
    "no pair": (["-m", "table", "--env", "A"], SPLIT),
    "no model": ([], ""),
}


def test_servers_of_models_answer_alike(
    official_client: Client, our_client: Client, tmp_path: Path
) -> None:
    ours = our_client("served_models.py", str(tmp_path / "ours"))
    theirs = official_client("served_models.py", str(tmp_path / "theirs"))
    asked = [(model, request) for model, answers in theirs.items() for request in answers]
    assert len(asked) > 600
    assert [
        (model, request, theirs[model][request], ours[model][request])
        for model, request in asked
        if ours[model][request] != theirs[model][request]
    ] == []


def test_models_predict_alike_on_the_command_line(
    official_client: Client, official_python: str, tmp_path: Path
) -> None:
    official_client("served_models.py", str(tmp_path))  # saves them

    def told(python: str, module: str, words: list[str], text: str) -> tuple[int, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "KIPU_"))}
        command = [python, "-m", module, "models", "predict", "--env-manager", "local", *words]
        done = subprocess.run(
            command, cwd=tmp_path, input=text, capture_output=True, text=True, timeout=100,
            env=kept | {"PYTHONPATH": str(Path(kipu.__file__).parents[1]), "DO_NOT_TRACK": "true"},
        )  # fmt: skip
        return done.returncode, done.stdout

    for name, (words, text) in COMMANDS.items():
        expected = told(official_python, "mlflow", words, text)
        assert told(sys.executable, "kipu", words, text) == expected, name
        assert (expected[0] == 0) == bool(expected[1] and json.loads(expected[1])), name
