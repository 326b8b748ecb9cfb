"""A Lightning module with seeded data, for either name of Lightning."""

from __future__ import annotations

import os
from typing import Any

import torch

if os.environ.get("LIGHTNING") == "lightning":
    import lightning.pytorch as pl
else:
    import pytorch_lightning as pl  # type: ignore[no-redef]


class Net(pl.LightningModule):
    """Learns a line; its validation loss rises from the third epoch on."""

    def __init__(self, lr: float = 0.05) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(3, 1)
        self.lr = lr

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        return self.layer(batch)

    def training_step(self, batch: Any, place: int) -> torch.Tensor:
        loss = torch.nn.functional.mse_loss(self(batch[0]), batch[1])
        self.log("loss", loss, on_step=True, on_epoch=True)
        self.log("of_step", loss * 2, on_step=True)
        return loss

    def validation_step(self, batch: Any, place: int) -> None:
        loss = torch.nn.functional.mse_loss(self(batch[0]), batch[1])
        self.log("val_loss", loss + max(0, self.current_epoch - 1) * 10.0)

    def test_step(self, batch: Any, place: int) -> None:
        self.log("test_loss", torch.nn.functional.mse_loss(self(batch[0]), batch[1]))

    def configure_optimizers(self) -> Any:
        return torch.optim.Adam(self.parameters(), lr=self.lr)


def loader() -> Any:
    pl.seed_everything(3)
    x = torch.rand(16, 3)
    return torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(x, x.sum(1, keepdim=True)), batch_size=4
    )


def trainer(**options: Any) -> Any:
    quiet = {"enable_progress_bar": False, "enable_model_summary": False, "logger": False}
    return pl.Trainer(accelerator="cpu", devices=1, **{**quiet, **options})
