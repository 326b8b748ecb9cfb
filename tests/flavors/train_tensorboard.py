"""TensorBoard's writer, whose scalars and settings are logged, too."""

import mlflow
import mlflow.pytorch
from torch.utils.tensorboard import SummaryWriter

mlflow.pytorch.autolog(log_every_n_step=2)
with mlflow.start_run(), SummaryWriter("events") as writer:
    for step in range(5):
        writer.add_scalar("loss", 1 / (step + 1), step)
    writer.add_text("note", "no number", 2)
    writer.flush()
    mlflow.pytorch.autolog()
    writer.add_hparams({"lr": 0.1, "depth": 3}, {"accuracy": 0.5})
