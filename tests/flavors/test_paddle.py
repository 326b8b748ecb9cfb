"""PaddlePaddle beside MLflow."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = [pytest.mark.flavors, pytest.mark.timeout(300)]


def test_models_are_saved_and_loaded_alike(both_ways: Any) -> None:
    both_ways("models_paddle.py")


def test_training_is_logged_alike(trained_alike: Any) -> None:
    trained_alike("train_paddle.py")
