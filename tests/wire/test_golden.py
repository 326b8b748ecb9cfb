"""Answers are those of a real MLflow server (``record.py``), ids and times aside."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from steps import STEPS, play  # noqa: E402

GOLDEN = json.loads((HERE / "golden.json").read_text())


@pytest.fixture
def answers(server: TestClient) -> dict[str, Any]:
    def send(method: str, path: str, given: dict[str, Any]) -> tuple[int, Any]:
        how = {"params": given} if method == "GET" else {"json": given}
        got = server.request(method, path, **how)
        return got.status_code, got.json()

    return play(send)


def test_every_step_is_recorded() -> None:
    assert sorted(GOLDEN) == sorted(step.name for step in STEPS)


def test_answers_are_those_of_mlflow(answers: dict[str, Any]) -> None:
    different = {
        name: {"ours": answers[name], "MLflow's": golden}
        for name, golden in GOLDEN.items()
        if answers[name] != golden
    }
    assert not different, json.dumps(different, indent=1)
