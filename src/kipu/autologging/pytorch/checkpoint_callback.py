"""The callback that keeps checkpoints of a Lightning training among its run's artifacts."""

from __future__ import annotations

from typing import Any

from kipu.autologging.checkpoints import Checkpoints
from kipu.autologging.guards import guarded
from kipu.autologging.pytorch.callbacks import LightningCallback
from kipu.autologging.pytorch.library import PYTORCH
from kipu.client import MlflowClient


class MlflowModelCheckpointCallback(LightningCallback):
    """Keeps checkpoints as artifacts of the run, for ``kipu.pytorch.load_checkpoint``.

    Autologging makes one by itself. Given to a trainer, it works without autologging, too, and
    logs to the active run.

    Args:
        monitor: The metric by which a checkpoint is better than the one before.
        mode: ``"min"`` or ``"max"``: whether less or more of it is better.
        save_best_only: Whether to keep the best one alone; else one for each time.
        save_weights_only: Whether to leave out the state of optimizers and schedulers.
        save_freq: ``"epoch"``, or the number of steps after which one is kept. A metric in the
            midst of an epoch may be of few batches only.

    Raises:
        InvalidParameter: The best is asked for without a metric, or the mode is another.
        ModuleNotFoundError: No Lightning is installed.

    Example:
        >>> keeping = kipu.pytorch.MlflowModelCheckpointCallback(monitor="val_acc", mode="max")
        >>> Trainer(callbacks=[keeping])
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        mode: str = "min",
        save_best_only: bool = True,
        save_weights_only: bool = False,
        save_freq: str | int = "epoch",
    ) -> None:
        super().__init__()
        self.monitor = monitor
        self.mode = mode
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = save_freq
        self._run: tuple[MlflowClient, str] | None = None
        self._start_anew()

    def log_to(self, client: MlflowClient, run_id: str) -> None:
        """Begin anew with this run, instead of the active one."""
        self._run = client, run_id
        self._start_anew()

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Begin anew in a process that trains along."""
        vars(self).update(state)
        self._start_anew()

    def __getstate__(self) -> dict[str, Any]:
        """The settings and the run."""
        return {name: value for name, value in vars(self).items() if name != "_kept"}

    @guarded(PYTORCH)
    def on_train_batch_end(self, trainer: Any, pl_module: Any, *args: Any, **kwargs: Any) -> None:
        """Keep a checkpoint, if it is time after this step."""
        step = trainer.global_step
        if isinstance(self.save_freq, int) and step > 0 and step % self.save_freq == 0:
            self._keep(trainer)

    @guarded(PYTORCH)
    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Keep a checkpoint, if they are kept after epochs."""
        if self.save_freq == "epoch":
            self._keep(trainer)

    def _start_anew(self) -> None:
        self._kept = Checkpoints(
            PYTORCH, ".pth", self.monitor, self.mode, self.save_best_only,
            self.save_weights_only, self.save_freq,
        )  # fmt: skip

    def _keep(self, trainer: Any) -> None:
        if not trainer.is_global_zero:
            return
        metrics = {key: float(value) for key, value in trainer.callback_metrics.items()}
        self._kept.offer(
            trainer.current_epoch, trainer.global_step, metrics,
            lambda path: _save(trainer, path, self.save_weights_only), self._run,
        )  # fmt: skip


def _save(trainer: Any, path: str, weights_only: bool) -> None:
    # Trainer.save_checkpoint waits for all processes, of which only this one is here.
    checkpoint = trainer._checkpoint_connector.dump_checkpoint(weights_only)
    trainer.strategy.save_checkpoint(checkpoint, path)
