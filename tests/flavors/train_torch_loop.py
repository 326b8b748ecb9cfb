"""Loops without a trainer: losses and learning rates, in a run of the user's and in none."""

from contextlib import contextmanager
from typing import Any

import mlflow
import mlflow.pytorch
import torch


@contextmanager
def no_reading() -> Any:
    """Refuse to read numbers off a tensor, as a training loop on a GPU must not."""
    names = ("item", "tolist", "cpu", "numpy", "__float__")
    own = {name: getattr(torch.Tensor, name) for name in names}

    def refuse(*args: Any) -> Any:
        raise AssertionError("a number was read at a step")

    for name in names:
        setattr(torch.Tensor, name, refuse)
    try:
        yield
    finally:
        for name, function in own.items():
            setattr(torch.Tensor, name, function)


def steps(count: int) -> list[float]:
    torch.manual_seed(0)
    net = torch.nn.Linear(3, 1)
    optimizer = torch.optim.SGD(
        [{"params": [net.weight]}, {"params": [net.bias], "lr": 0.5}], lr=0.1
    )
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 2, 0.5)
    batch = torch.rand(4, 3)
    losses = []
    for _ in range(count):
        optimizer.zero_grad()
        loss = ((net(batch) - batch.sum(1, keepdim=True)) ** 2).mean()
        loss.backward()
        optimizer.step()
        schedule.step()
        losses.append(loss.detach().clone())
        loss.detach().zero_()
    return losses


backward = torch.Tensor.backward
mlflow.pytorch.autolog()
assert torch.Tensor.backward is backward, "losses are logged though nobody asked"
with mlflow.start_run():
    steps(2)

mlflow.pytorch.autolog(log_losses=True, extra_tags={"colour": "red"})
with mlflow.start_run() as run:
    with no_reading():
        losses = steps(5)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    weight = torch.ones(1, requires_grad=True)
    scaler.scale(weight.sum()).backward()
    torch.ones(2, requires_grad=True).mul(2).backward(torch.ones(2))
mlflow.log_dict([float(one) for one in losses], "losses.json", run_id=run.info.run_id)

steps(3)
assert mlflow.active_run() is not None
mlflow.end_run()

mlflow.pytorch.autolog(disable=True)
assert torch.Tensor.backward is backward
with mlflow.start_run():
    steps(2)
