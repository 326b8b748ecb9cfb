"""Lightning and loops of one's own: what of their training is logged, beside MLflow."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest

pytestmark = [pytest.mark.flavors, pytest.mark.timeout(300)]


def test_lightning_is_logged_alike(trained_alike: Any) -> None:
    text = {r"^registered/0/1$": "a version's number is text, as the wire has it"}
    ours = trained_alike("train_lightning.py", text)
    first = ours["runs"][0]
    assert first["metrics"]["stopped_epoch"] == [[0, 2.0]]
    assert [step for step, _ in first["metrics"]["val_loss"]] == [0, 1, 2]
    assert first["metrics"]["test_loss"]
    assert first["tags"]["Mode"] == "testing"


def test_what_mlflow_does_not_do_with_lightning(trained: Any) -> None:
    told = trained("train_lightning_own.py", LIGHTNING="lightning")
    stopped, again, failed, each, by_hand, both = told["runs"]
    # A second fit of a trainer has a run of its own.
    assert stopped["metrics"]["stopped_epoch"] == [[0, 2.0]]
    assert (stopped["params"]["epochs"], again["params"]["epochs"]) == ("5", "6")
    assert [one["outputs"] for one in (stopped, again)] == [[["0 model", 0]], [["1 model", 0]]]
    # The training's own error is the user's, and what was measured before is there.
    assert failed["status"] == "FAILED"
    assert failed["artifacts"]["raised.txt"] == "KeyError('of the training')"
    assert [step for step, _ in failed["metrics"]["val_loss"]] == [0, 1]
    assert [one["status"] for one in told["models"]] == ["READY", "READY", "FAILED", "READY"]
    # Checkpoints of each epoch are loaded again.
    assert "checkpoints/epoch_0/checkpoint.pth" in each["artifacts"]
    assert each["artifacts"]["refused.txt"] == "INTERNAL_ERROR"
    # The callback works without autologging.
    assert by_hand["params"] == {}
    assert "checkpoints/latest_checkpoint.weights.pth" in by_hand["artifacts"]
    # Of two processes one logs, steps and shapes among them.
    assert [step for step, _ in both["metrics"]["loss_step"]] == [1, 2]
    assert told["models"][3]["MLmodel"]["signature"]["inputs"][0]["tensor-spec"]["shape"] == [-1, 3]


def test_losses_of_a_loop_are_logged_if_asked_for(trained: Any) -> None:
    unasked, asked, without, off = trained("train_torch_loop.py")["runs"]
    assert unasked["metrics"] == off["metrics"] == {}
    losses = asked["artifacts"]["losses.json"]
    # The last is that of a scaler, told as it was before.
    assert asked["metrics"]["loss"] == [[step, loss] for step, loss in enumerate([*losses, 1.0])]
    assert asked["metrics"]["learning_rate"] == [
        [0, 0.1], [1, 0.1], [2, 0.05], [3, 0.05], [4, 0.025],
    ]  # fmt: skip
    assert asked["metrics"]["learning_rate_1"][4] == [4, 0.125]
    assert without["tags"] == {"mlflow.autologging": "pytorch", "colour": "red"}
    assert [value for _, value in without["metrics"]["loss"]] == losses[:3]


@pytest.mark.skipif(
    importlib.util.find_spec("tensorboard") is None, reason="tensorboard is not installed"
)
def test_what_a_writer_gets_is_logged_alike(trained_alike: Any) -> None:
    trained_alike("train_tensorboard.py")
