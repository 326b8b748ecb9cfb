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

from model_steps import MODEL_STEPS  # noqa: E402
from registry_steps import REGISTRY_STEPS  # noqa: E402
from steps import STEPS, Step, play  # noqa: E402

STEPS_OF = {
    "golden.json": STEPS,
    "golden_models.json": MODEL_STEPS,
    "golden_registry.json": REGISTRY_STEPS,
}


@pytest.fixture(params=STEPS_OF)
def steps(request: pytest.FixtureRequest) -> tuple[list[Step], dict[str, Any]]:
    """Steps, and what MLflow answered to each."""
    return STEPS_OF[request.param], json.loads((HERE / request.param).read_text())


Recorded = tuple[list[Step], dict[str, Any]]


def test_every_step_is_recorded(steps: Recorded) -> None:
    asked, golden = steps
    assert sorted(golden) == sorted(step.name for step in asked)


def test_answers_are_those_of_mlflow(server: TestClient, steps: Recorded) -> None:
    def send(method: str, path: str, given: dict[str, Any]) -> tuple[int, Any]:
        how = {"params": given} if method == "GET" else {"json": given}
        got = server.request(method, path, **how)
        return got.status_code, got.json()

    asked, golden = steps
    answers = play(send, asked)
    different = {
        name: {"ours": answers[name], "MLflow's": recorded}
        for name, recorded in golden.items()
        if answers[name] != recorded
    }
    assert not different, json.dumps(different, indent=1)
