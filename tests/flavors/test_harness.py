"""The harness itself: it sees what is the same, what differs, and what no longer does."""

from __future__ import annotations

from typing import Any

import pytest
from comparison import unexpected

pytestmark = [pytest.mark.flavors, pytest.mark.timeout(300)]


def test_a_function_is_saved_and_loaded_alike(both_ways: Any) -> None:
    both_ways("models_function.py")


def test_a_run_by_hand_is_told_alike(trained_alike: Any) -> None:
    ours = trained_alike("train_by_hand.py")
    parent, child = ours["runs"]
    assert parent["metrics"]["loss"] == [[0, 1.0], [1, 0.5], [2, 1 / 3]]
    assert parent["artifacts"] == {"notes/hello.txt": "hello"}
    assert [one["name"] for one in parent["inputs"]] == ["some"]
    assert child["parent"] == 0


def test_what_differs_must_be_meant_to() -> None:
    ours, theirs = {"a": [1.0, 2.0], "b": 1}, {"a": [1.0, 2.5], "b": 1}
    assert unexpected(ours, theirs, {r"^a/1$": "why"}) == []
    assert unexpected(ours, theirs, {}) == ["a/1: 2.0 with Kipu, 2.5 with MLflow"]
    assert unexpected(ours, ours, {r"^a/1$": "why"}) == ["no longer differs: ^a/1$"]
    assert unexpected({"a": 1.0}, {"a": 1.0 + 1e-9}, {}) == []
