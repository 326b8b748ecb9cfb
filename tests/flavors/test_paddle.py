"""PaddlePaddle beside MLflow."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = [pytest.mark.flavors, pytest.mark.timeout(300)]


def test_models_are_saved_and_loaded_alike(both_ways: Any) -> None:
    both_ways("models_paddle.py")


def test_training_is_logged_alike(trained_alike: Any) -> None:
    trained_alike("train_paddle.py")


def test_the_setting_that_forbids_pickles_forbids_these_models(trained: Any) -> None:
    # In a process of its own: PaddlePaddle crashes one that has loaded TensorFlow.
    told = trained("train_paddle_refused.py")["runs"][0]["params"]
    assert told == dict.fromkeys(("used", "trained", "generic"), "{'raised': 'INTERNAL_ERROR'}")
