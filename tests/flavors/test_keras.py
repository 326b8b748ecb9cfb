"""Keras and TensorFlow: models, automatic logging and data sets beside MLflow's."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = [pytest.mark.flavors, pytest.mark.timeout(600)]

REGISTERED = {
    r"^registered/\d/1$": "a version's number is text, as the wire has it",
}


def test_models_are_saved_and_loaded_alike(both_ways: Any) -> None:
    both_ways("models_keras.py")


def test_training_with_keras_is_logged_alike(trained_alike: Any) -> None:
    ours = trained_alike("train_keras.py", REGISTERED)
    assert ours["runs"][0]["metrics"]["loss"][1][0] == 1


def test_training_with_tensorflow_is_logged_alike(trained_alike: Any) -> None:
    ours = trained_alike(
        "train_tensorflow.py",
        {r"/tensorboard_logs/(train|validation)/events": "named by time and process"},
    )
    assert "checkpoints/latest_checkpoint.h5" in ours["runs"][0]["artifacts"]
    assert ours["runs"][1]["metrics"]["restored_epoch"] == [[0, 0.0]]


def test_one_of_the_two_integrations_logs(trained_alike: Any) -> None:
    ours = trained_alike(
        "train_keras_first.py", {r"/tensorboard_logs/train/events": "named by time and process"}
    )
    told = [run["tags"]["mlflow.autologging"] for run in ours["runs"]]
    assert told == ["keras", "tensorflow", "keras", "tensorflow"]


def test_keras_on_pytorch_needs_no_tensorflow(trained: Any) -> None:
    ours = trained("train_keras_torch.py", KERAS_BACKEND="torch")
    first, second = ours["runs"]
    assert len(first["metrics"]["val_loss"]) == 2
    assert [one["name"] for one in first["inputs"]] == ["dataset"]
    assert second["params"]["batch_size"] == "10"
    assert [step for step, _ in second["metrics"]["loss"]] == [10]
    conf = ours["models"][0]["MLmodel"]["flavors"]["keras"]
    assert conf["keras_backend"] == "torch"
    assert "input_example.json" in ours["models"][0]["files"]
