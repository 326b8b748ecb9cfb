"""The switch for logging PyTorch, and what it puts patches on."""

from __future__ import annotations

import sys
from functools import partial
from typing import Any

from kipu.autologging.import_hooks import when_imported
from kipu.autologging.patching import patch
from kipu.autologging.pytorch import fitting, losses, tensorboard
from kipu.autologging.pytorch.library import LIGHTNINGS, PYTORCH
from kipu.autologging.quiet import muted

_WRITER = "torch.utils.tensorboard.writer"


@PYTORCH.switch
def autolog(
    log_every_n_epoch: int = 1,
    log_every_n_step: int | None = None,
    log_models: bool = True,
    log_datasets: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    registered_model_name: str | None = None,
    extra_tags: dict[str, str] | None = None,
    checkpoint: bool = True,
    checkpoint_monitor: str | None = "val_loss",
    checkpoint_mode: str = "min",
    checkpoint_save_best_only: bool = True,
    checkpoint_save_weights_only: bool = False,
    checkpoint_save_freq: str | int = "epoch",
    log_model_signatures: bool = True,
    *,
    log_losses: bool = False,
) -> None:
    """Log what Lightning trains: params, metrics, checkpoints and the model.

    Without Lightning, what is given to a ``SummaryWriter`` is logged to the active run, too, and
    with ``log_losses`` the losses of a loop of your own.

    Args:
        log_every_n_epoch: Metrics of an epoch are logged every so many epochs.
        log_every_n_step: Metrics of a step, and a writer's scalars, every so many steps; left out,
            not at all.
        log_models: Whether to log the trained model, as ``model``.
        log_datasets: Accepted for MLflow's sake: data loaders are not described.
        disable: Switch it off again.
        exclusive: Whether to leave runs alone that the caller started.
        disable_for_unsupported_versions: Whether to leave untested versions of PyTorch alone.
        silent: Whether to say nothing.
        registered_model_name: Registers each trained model under this name.
        extra_tags: Labels of every run that is started.
        checkpoint: Whether to keep checkpoints among the run's artifacts.
        checkpoint_monitor: The metric by which a checkpoint is better than the one before.
        checkpoint_mode: ``"min"`` or ``"max"``: whether less or more of it is better.
        checkpoint_save_best_only: Whether to keep the best one alone; else one for each time.
        checkpoint_save_weights_only: Whether to leave out the state of optimizers and schedulers.
        checkpoint_save_freq: ``"epoch"``, or the number of steps after which one is kept.
        log_model_signatures: Whether to log what the model takes and gives.
        log_losses: Whether to log, for a training loop of your own, the value of each ``loss`` on
            which ``loss.backward()`` is called and the learning rates at each
            ``optimizer.step()``. Numbers are read off the device in batches, never at each step.

    Example:
        >>> kipu.pytorch.autolog()
        >>> trainer.fit(model, loader)
    """
    options = PYTORCH.options
    for name in LIGHTNINGS:
        # Whoever imports Lightning imports PyTorch first, so this comes in time.
        when_imported(f"{name}.trainer.trainer", partial(_patch_trainer, name, options))
    when_imported(_WRITER, partial(_patch_writer, options))
    if log_losses:
        losses.watch()


def _patch_trainer(name: str, options: dict[str, Any]) -> None:
    if PYTORCH.options is not options:  # switched again before Lightning was imported
        return
    with muted():
        trainer = sys.modules[f"{name}.trainer.trainer"].Trainer
        patch(
            PYTORCH, trainer, "fit", partial(fitting.fit, name),
            manages_run=True, unless=fitting.is_led_by_another,
        )  # fmt: skip


def _patch_writer(options: dict[str, Any]) -> None:
    if PYTORCH.options is not options:
        return
    module = sys.modules[_WRITER]
    patch(PYTORCH, module.FileWriter, "add_event", tensorboard.add_event)
    patch(PYTORCH, module.SummaryWriter, "add_hparams", tensorboard.add_hparams)
