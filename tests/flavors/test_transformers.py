"""Models of Hugging Face transformers beside MLflow's."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = [pytest.mark.flavors, pytest.mark.timeout(600)]


def test_models_are_saved_and_loaded_alike(both_ways: Any) -> None:
    both_ways("models_huggingface.py")


CLOCK = {r"metrics/\w+_(runtime|per_second)/": "time"}


def test_a_trainer_is_logged_alike(trained_alike: Any) -> None:
    own, callers, reported = trained_alike("train_transformers.py", CLOCK)["runs"]
    assert [run["status"] for run in (own, callers, reported)] == ["FINISHED"] * 3
    assert len(reported["metrics"]["loss"]) == 4
    assert own["params"]["hidden_size"] == "16"
    assert own["params"]["num_train_epochs"] == "2"
    assert [step for step, _ in own["metrics"]["loss"]] == [1, 2, 3, 4]
    assert [step for step, _ in own["metrics"]["eval_right ___"]] == [2, 4]
    assert callers["metrics"]["after"] == [[0, 1.0]]
