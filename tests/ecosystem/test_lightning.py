"""Lightning's logger, as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.ecosystem


def train(logger: Any, folder: Path, checkpoints: bool = False) -> list[float]:
    """Fit a line for two epochs of eight steps; the loss of each step."""
    import lightning
    import torch

    losses = []

    class Line(lightning.LightningModule):
        def __init__(self, rate: float = 0.05) -> None:
            super().__init__()
            self.save_hyperparameters()
            self.layer = torch.nn.Linear(1, 1)

        def training_step(self, batch: Any, _: int) -> Any:
            x, y = batch
            loss = torch.nn.functional.mse_loss(self.layer(x), y)
            self.log("loss", loss)
            losses.append(loss.item())
            return loss

        def configure_optimizers(self) -> Any:
            return torch.optim.SGD(self.parameters(), lr=self.hparams["rate"])

    x = torch.linspace(-1, 1, 32).reshape(-1, 1)
    data = torch.utils.data.TensorDataset(x, 2 * x)
    lightning.Trainer(
        logger=logger, max_epochs=2, log_every_n_steps=1, accelerator="cpu", devices=1,
        default_root_dir=str(folder), enable_checkpointing=checkpoints,
        enable_progress_bar=False, enable_model_summary=False,
    ).fit(Line(), torch.utils.data.DataLoader(data, batch_size=4))  # fmt: skip
    return losses


def logger_class() -> Any:
    return pytest.importorskip("lightning.pytorch.loggers").MLFlowLogger


@pytest.mark.parametrize("synchronous", [None, False])
def test_a_training_is_logged(store: str, tmp_path: Path, synchronous: bool | None) -> None:
    kind = logger_class()
    import mlflow

    name = f"line {synchronous} in {store[:4]}"
    logger = kind(
        name, run_name="first", tracking_uri=store, tags={"team": "a"}, synchronous=synchronous
    )
    losses = train(logger, tmp_path)

    client = mlflow.MlflowClient(store)
    run = client.get_run(logger.run_id)
    assert (run.info.status, run.info.run_name) == ("FINISHED", "first")
    assert run.data.params == {"rate": "0.05"}
    assert run.data.tags["team"] == "a"
    points = client.get_metric_history(run.info.run_id, "loss")
    assert [(point.step, point.value) for point in points] == list(enumerate(losses))
    assert len(losses) == 16
    steps = client.get_metric_history(run.info.run_id, "epoch")
    assert {(point.step // 8, point.value) for point in steps} == {(0, 0.0), (1, 1.0)}


def test_checkpoints_become_artifacts(store: str, tmp_path: Path) -> None:
    kind = logger_class()
    import mlflow

    logger = kind(f"checkpoints in {store[:4]}", tracking_uri=store, log_model=True)
    train(logger, tmp_path, checkpoints=True)

    client = mlflow.MlflowClient(store)
    (folder,) = client.list_artifacts(logger.run_id)
    assert {entry.path for entry in client.list_artifacts(logger.run_id, folder.path)} == {
        f"{folder.path}/{name}" for name in (f"{folder.path}.ckpt", "metadata.yaml", "aliases.txt")
    }


def test_a_second_logger_goes_on_with_a_run(store: str, tmp_path: Path) -> None:
    kind = logger_class()
    import mlflow

    name = f"again in {store[:4]}"
    first = kind(name, tracking_uri=store)
    train(first, tmp_path)
    second = kind(name, tracking_uri=store, run_id=first.run_id)
    second.log_metrics({"later": 1.0}, step=99)
    second.finalize("success")

    client = mlflow.MlflowClient(store)
    assert second.run_id == first.run_id
    assert client.get_run(first.run_id).data.metrics["later"] == 1.0


def test_it_finds_the_versions_that_it_asks_for() -> None:
    pytest.importorskip("lightning")
    from lightning_utilities.core.imports import RequirementCache

    for requirement in ("mlflow>=1.0.0", "mlflow>=2.8.0", "mlflow>=3,<4"):
        assert RequirementCache(requirement, "mlflow")
