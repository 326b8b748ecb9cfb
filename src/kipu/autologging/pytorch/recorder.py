"""The callback that logs a Lightning training, in whichever of its processes leads."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from kipu.autologging.guards import guarded
from kipu.autologging.pytorch.callbacks import LightningCallback
from kipu.autologging.pytorch.library import PYTORCH
from kipu.autologging.pytorch.readings import Readings
from kipu.client import MlflowClient
from kipu.entities import Param


class Recorder(LightningCallback):
    """Logs metrics, the optimizer and the shapes that the model takes and gives."""

    def __init__(self) -> None:
        super().__init__()
        self._lets_go: Callable[[], None] | None = None
        self._is_training = False
        self._is_last = False

    def log_to(
        self,
        client: MlflowClient,
        run_id: str,
        model_id: str | None,
        every_n_epoch: int,
        every_n_step: int | None,
        shapes: Path | None,
    ) -> None:
        """Begin a training.

        Args:
            client: Of the store with the run.
            run_id: The run.
            model_id: The logged model that metrics belong to.
            every_n_epoch: Metrics of epochs are logged so often.
            every_n_step: Metrics of steps; None, not at all.
            shapes: File that gets the shapes of the first batch; None, not wanted.
        """
        self._client, self._run_id = client, run_id
        self._every_n_epoch, self._every_n_step = every_n_epoch, every_n_step
        self._shapes = shapes
        self._of_steps, self._of_epochs = set[str](), set[str]()
        self._optimizers = 1
        self._readings = Readings(self._write, model_id)
        self._is_training = self._is_last = True

    def end(self) -> None:
        """End the training: what the trainer fits later is logged only if it is begun anew.

        Its tests still belong to this one.
        """
        self.let_go()
        self._is_training = False

    @guarded(PYTORCH)
    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        """Log how long and with what it trains."""
        self._is_last = self._is_training
        if not self._logs(trainer):
            return
        self._client.set_tag(self._run_id, "Mode", "training")
        params = {"epochs": trainer.max_epochs}
        optimizers = getattr(trainer, "optimizers", None) or []
        if optimizers:
            # A trainer counts the steps of each optimizer.
            self._optimizers = len(optimizers)
            first = getattr(optimizers[0], "_optimizer", optimizers[0])
            params["optimizer_name"] = type(first).__name__
            params |= getattr(first, "defaults", {})
        given = [Param(key, str(value)) for key, value in params.items()]
        self._client.log_batch(self._run_id, params=given)
        if self._shapes is not None:
            self._watch_forward(trainer.strategy.lightning_module, self._shapes)

    def on_before_backward(self, trainer: Any, pl_module: Any, loss: Any) -> None:
        """Leave the model alone before anyone can copy it after its first step."""
        self.let_go()

    @guarded(PYTORCH)
    def on_train_batch_end(self, trainer: Any, pl_module: Any, *args: Any, **kwargs: Any) -> None:
        """Keep what was measured in this step, if that is asked for."""
        self.let_go()
        if not self._every_n_step or not self._logs(trainer):
            return
        metrics = trainer.callback_metrics
        # What is logged for both has three names, of which the plain one is the epoch's.
        found = {
            name: value
            for name, value in metrics.items()
            if name not in self._of_epochs and f"{name}_step" not in metrics
        }
        self._of_steps.update(found)
        step = trainer.global_step
        if (step // self._optimizers + 1) % self._every_n_step == 0:
            self._keep(trainer, found.items(), step)
            self._readings.write_if_due()

    @guarded(PYTORCH)
    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Log what was measured in this epoch, validation included."""
        if not self._logs(trainer):
            return
        found = {
            name: value
            for name, value in trainer.callback_metrics.items()
            if name not in self._of_steps
        }
        self._of_epochs.update(found)
        epoch = pl_module.current_epoch
        if (epoch + 1) % self._every_n_epoch == 0:
            self._keep(trainer, found.items(), epoch)
        self._readings.write()

    @guarded(PYTORCH)
    def on_train_end(self, trainer: Any, pl_module: Any) -> None:
        """Log what is left."""
        self._readings.write()

    @guarded(PYTORCH)
    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
        """Log what was measured before the training broke off."""
        self._readings.write()

    @guarded(PYTORCH)
    def on_test_end(self, trainer: Any, pl_module: Any) -> None:
        """Log what a test after the training measured."""
        if not self._is_last or not trainer.is_global_zero or PYTORCH.is_disabled:
            return
        self._client.set_tag(self._run_id, "Mode", "testing")
        for name, value in trainer.callback_metrics.items():
            self._readings.add(name, value, 0)
        self._readings.write()

    def let_go(self) -> None:
        """Leave the model as it was, should no batch have come through it."""
        if self._lets_go is not None:
            self._lets_go()
            self._lets_go = None

    def _logs(self, trainer: Any) -> bool:
        return bool(self._is_training and trainer.is_global_zero)

    def _keep(self, trainer: Any, found: Iterable[tuple[str, Any]], step: int) -> None:
        # Before it trains, Lightning tries a few validation steps.
        if not trainer.sanity_checking:
            for name, value in found:
                self._readings.add(name, value, step)

    def _write(self, points: list[Any]) -> None:
        self._client.log_batch(self._run_id, metrics=points)

    def _watch_forward(self, module: Any, file: Path) -> None:
        """Note the shapes of the first batch.

        The module's forward is called by the training itself, perhaps in another process, so it
        alone knows what of a batch the model is given.
        """
        had_own = "forward" in vars(module)
        forward = module.forward

        def watched(*args: Any, **kwargs: Any) -> Any:
            answer = forward(*args, **kwargs)
            self.let_go()
            _note_shapes(args, answer, file)
            return answer

        def lets_go() -> None:
            if vars(module).get("forward") is watched:
                if had_own:
                    module.forward = forward
                else:
                    del module.forward

        module.forward = watched
        self._lets_go = lets_go


@guarded(PYTORCH)
def _note_shapes(args: tuple[Any, ...], answer: Any, file: Path) -> None:
    import torch

    tensors = (*args, answer)
    # A signature knows models of one argument and one answer.
    if len(args) == 1 and all(isinstance(one, torch.Tensor) for one in tensors):
        told = [[_kind(one), list(one.shape)] for one in tensors]
        file.write_text(json.dumps(told), "utf-8")


def _kind(tensor: Any) -> str:
    """The type of a tensor's numbers as NumPy has it."""
    import torch

    # Mixed precision is a matter of training: the model that is loaded answers with full floats.
    kind = torch.float32 if tensor.dtype == torch.bfloat16 else tensor.dtype
    return str(torch.zeros(0, dtype=kind).numpy().dtype)
