"""Lightning and loops of one's own: what of their training is logged, beside MLflow."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import kipu

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


def test_what_a_writer_gets_is_logged_alike(trained_alike: Any) -> None:
    trained_alike("train_tensorboard.py")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[None]:
    kipu.set_tracking_uri(f"sqlite:///{tmp_path}/store.db")
    yield
    kipu.pytorch.autolog(disable=True)
    kipu.set_tracking_uri(None)


def _network_and_trainer(*callbacks: Any) -> tuple[Any, Any, Any]:
    import torch
    from lightning.pytorch import LightningModule, Trainer

    class Network(LightningModule):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(2, 1)

        def forward(self, rows: Any) -> Any:
            return self.layer(rows)

        def training_step(self, batch: Any, number: int) -> Any:
            loss = self.layer(batch).sum()  # not by way of forward
            self.log("loss", loss)
            return loss

        def configure_optimizers(self) -> Any:
            return torch.optim.SGD(self.parameters(), lr=0.1)

    loader = torch.utils.data.DataLoader(torch.ones(4, 2), batch_size=2)
    trainer = Trainer(
        max_epochs=1, callbacks=list(callbacks), accelerator="cpu", logger=False,
        enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False,
    )  # fmt: skip
    return Network(), trainer, loader


def test_a_trainer_logs_nothing_once_logging_is_off(store: None) -> None:
    network, trainer, loader = _network_and_trainer()
    kipu.pytorch.autolog(checkpoint_monitor="loss", log_models=False)
    trainer.fit(network, loader)
    run = kipu.last_active_run()
    assert run is not None
    client = kipu.MlflowClient()
    first = client.get_metric_history(run.info.run_id, "loss")
    assert len(first) == 1
    checkpoint = kipu.artifacts.load_dict(
        f"runs:/{run.info.run_id}/checkpoints/latest_checkpoint_metrics.json"
    )
    for epochs, options in ((2, {"disable": True}), (3, {"exclusive": True})):
        kipu.pytorch.autolog(**options)
        trainer.fit_loop.max_epochs = epochs
        with kipu.start_run() as own:
            trainer.fit(network, loader)
        assert client.get_run(own.info.run_id).data.metrics == {}
        assert client.get_metric_history(run.info.run_id, "loss") == first
        assert checkpoint == kipu.artifacts.load_dict(
            f"runs:/{run.info.run_id}/checkpoints/latest_checkpoint_metrics.json"
        )


def test_copies_of_a_model_in_training_answer_for_themselves(store: None) -> None:
    import torch
    from lightning.pytorch import Callback

    copies = []

    class Copying(Callback):  # type: ignore[misc]
        def on_train_batch_end(self, trainer: Any, module: Any, *rest: Any) -> None:
            copies.append(copy.deepcopy(module))

    network, trainer, loader = _network_and_trainer(Copying())
    kipu.pytorch.autolog(checkpoint=False)
    trainer.fit(network, loader)
    rows = torch.ones(1, 2)
    assert len(copies) == 2
    for one in copies:
        assert torch.equal(one(rows), one.layer(rows))
        assert "forward" not in vars(one)
