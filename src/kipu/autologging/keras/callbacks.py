"""Callbacks of Keras that log: metrics of epochs or steps, and checkpoints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import keras

from kipu.autologging.checkpoints import Checkpoints
from kipu.autologging.guards import guarded
from kipu.autologging.integration import Integration
from kipu.autologging.keras.integrations import KERAS, TENSORFLOW
from kipu.fluent.artifacts import log_text
from kipu.fluent.logging import log_metrics, log_params

Logs = Mapping[str, Any] | None
_Callback: Any = keras.callbacks.Callback


def _ignore(batch: int, logs: Logs = None) -> None:
    """In the place of a hook that is not needed."""


# Keras does not wait for each step to be done where no callback wants to hear of it.
_ignore._is_default = True  # type: ignore[attr-defined]


class _Steps(_Callback):  # type: ignore[misc]
    """Counts the steps of a training, and hears of each only if it is asked to.

    Args:
        integration: Whose one warning is given when something fails.
        hears_steps: Whether to be called after each step.
    """

    def __init__(self, integration: Integration, hears_steps: bool) -> None:
        super().__init__()
        self._integration = integration
        self._at_begin = 0
        self._done = 0
        self._last_batch = -1
        kind = type(self)
        is_extended = (
            kind.on_batch_end is not _Callback.on_batch_end
            or kind.on_train_batch_end is not _Steps.on_train_batch_end
        )
        if not hears_steps and not is_extended:
            setattr(self, "on_train_batch_end", _ignore)  # noqa: B010 - for mypy a method stays

    def on_train_begin(self, logs: Logs = None) -> None:
        """Look at what the optimizer has done before."""
        self._done = 0
        self._safely(self._note_begin)

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Count batches anew."""
        self._last_batch = -1

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Count a step; Keras tells of several at once with ``steps_per_execution``."""
        self._done += batch - self._last_batch
        self._last_batch = batch
        self._safely(self._after_step, logs or {})
        super().on_train_batch_end(batch, logs)

    def _after_step(self, logs: Mapping[str, Any]) -> None:
        """Log, if it is the turn of this step."""

    def _note_begin(self) -> None:
        self._at_begin = self._updates()

    def _updates(self) -> int:
        """How often the optimizer has changed the model, in trainings before, too."""
        return int(keras.ops.convert_to_numpy(self.model.optimizer.iterations))

    def _safely(self, function: Callable[..., None], *args: Any) -> None:
        guarded(self._integration)(function)(*args)


class _Metrics(_Steps):
    """Logs params of the optimizer, a summary of the model, and metrics.

    Args:
        integration: Whose one warning is given when something fails.
        prefix: Of the optimizer's params.
        log_every_epoch: Whether to log metrics after each epoch.
        log_every_n_steps: Or after so many steps, or None.
        model_id: The logged model that the metrics are about.
        run_id: The run; left out, the active one.
    """

    def __init__(
        self,
        integration: Integration,
        prefix: str,
        log_every_epoch: bool,
        log_every_n_steps: int | None,
        model_id: str | None = None,
        run_id: str | None = None,
    ) -> None:
        super().__init__(integration, hears_steps=log_every_n_steps is not None)
        self.log_every_epoch = log_every_epoch
        self.log_every_n_steps = log_every_n_steps
        self.model_id = model_id
        self._prefix = prefix
        self._run_id = run_id

    def on_train_begin(self, logs: Logs = None) -> None:
        """Log what the model and its optimizer are."""
        super().on_train_begin(logs)
        self._safely(self._log_optimizer)
        self._safely(self._log_summary)

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Log an epoch's metrics."""
        if self.log_every_epoch and logs:
            self._safely(self._log, logs, epoch)

    def on_test_end(self, logs: Logs = None) -> None:
        """Log what an evaluation found, without a step, as MLflow does."""
        if logs:
            self._safely(self._log, {f"validation_{key}": one for key, one in logs.items()}, None)

    def _after_step(self, logs: Mapping[str, Any]) -> None:
        if self.log_every_n_steps is None or not logs:
            return
        batches = getattr(self.model.optimizer, "gradient_accumulation_steps", None) or 1
        step = self._at_begin + self._done // batches
        if step % self.log_every_n_steps == 0:
            self._log(logs, step)

    def _log_optimizer(self) -> None:
        config = self.model.optimizer.get_config()
        params = {f"{self._prefix}{name}": value for name, value in config.items()}
        log_params(params, run_id=self._run_id)

    def _log_summary(self) -> None:
        lines: list[str] = []
        self.model.summary(print_fn=lambda line, *_, **__: lines.append(line))
        log_text("\n".join(lines), "model_summary.txt", run_id=self._run_id)

    def _log(self, metrics: Mapping[str, Any], step: int | None) -> None:
        log_metrics(
            metrics, step=step, synchronous=False, run_id=self._run_id, model_id=self.model_id
        )


class MlflowCallback(_Metrics):
    """Logs the training of a Keras model to the active run, where ``autolog`` is off.

    Params of the optimizer, a summary of the model, and metrics of each epoch or of steps.

    Args:
        log_every_epoch: Whether to log metrics after each epoch.
        log_every_n_steps: Log them after so many steps; ``log_every_epoch`` is to be False then.
        model_id: The logged model that the metrics are about.

    Raises:
        ValueError: Both ways are asked for, or neither.

    Example:
        >>> with kipu.start_run():
        ...     network.fit(features, targets, callbacks=[kipu.keras.MlflowCallback()])
    """

    def __init__(
        self,
        log_every_epoch: bool = True,
        log_every_n_steps: int | None = None,
        model_id: str | None = None,
    ) -> None:
        _check_frequency(log_every_epoch, log_every_n_steps)
        super().__init__(KERAS, "optimizer_", log_every_epoch, log_every_n_steps, model_id)


class TensorFlowCallback(_Metrics):
    """The callback ``kipu.tensorflow.MlflowCallback``: as Keras', but for the names of params.

    Args:
        log_every_epoch: Whether to log metrics after each epoch.
        log_every_n_steps: Log them after so many steps; ``log_every_epoch`` is to be False then.

    Raises:
        ValueError: Both ways are asked for, or neither.
    """

    def __init__(self, log_every_epoch: bool = True, log_every_n_steps: int | None = None) -> None:
        _check_frequency(log_every_epoch, log_every_n_steps)
        super().__init__(TENSORFLOW, "opt_", log_every_epoch, log_every_n_steps)


class MlflowModelCheckpointCallback(_Steps):
    """Keeps checkpoints of a Keras model among the artifacts of the active run.

    Args:
        monitor: The metric by which the best is told.
        mode: ``min`` or ``max``: whether it has the lowest or the highest value.
        save_best_only: Whether to keep the best only, instead of all.
        save_weights_only: Whether to keep weights, without optimizer and architecture.
        save_freq: ``epoch``, or after how many steps.

    Raises:
        InvalidParameter: The best is asked for without a metric, or in an unknown mode.

    Example:
        >>> keep = kipu.tensorflow.MlflowModelCheckpointCallback(monitor="val_loss")
        >>> network.fit(features, targets, validation_split=0.2, callbacks=[keep])
        >>> kipu.tensorflow.load_checkpoint(run_id=run.info.run_id)
    """

    def __init__(
        self,
        monitor: str | None = "val_loss",
        mode: str = "min",
        save_best_only: bool = True,
        save_weights_only: bool = False,
        save_freq: str | int = "epoch",
    ) -> None:
        super().__init__(TENSORFLOW, hears_steps=isinstance(save_freq, int))
        self.monitor = monitor
        self.mode = mode
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = save_freq
        self.current_epoch = 0
        self._kept_at = 0
        self._checkpoints = Checkpoints(
            TENSORFLOW, ".h5", monitor, mode, save_best_only, save_weights_only, save_freq
        )

    def on_train_begin(self, logs: Logs = None) -> None:
        """Count from here."""
        super().on_train_begin(logs)
        self._kept_at = 0

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Note the epoch."""
        super().on_epoch_begin(epoch, logs)
        self.current_epoch = epoch

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Keep a checkpoint, if there is to be one for each epoch."""
        if self.save_freq == "epoch":
            self._safely(self._keep_epoch, logs or {})

    def save_checkpoint(self, filepath: str) -> None:
        """Write a checkpoint to a file."""
        save = self.model.save_weights if self.save_weights_only else self.model.save
        save(filepath, overwrite=True)

    def _after_step(self, logs: Mapping[str, Any]) -> None:
        if isinstance(self.save_freq, int) and self._done - self._kept_at >= self.save_freq:
            self._kept_at = self._done
            self._keep(logs, self._done)

    def _keep_epoch(self, logs: Mapping[str, Any]) -> None:
        self._keep(logs, self._updates() - self._at_begin)

    def _keep(self, logs: Mapping[str, Any], step: int) -> None:
        metrics = {key: float(value) for key, value in logs.items()}
        self._checkpoints.offer(self.current_epoch, step, metrics, self.save_checkpoint)


def metrics_callback(
    integration: Integration,
    log_every_epoch: bool,
    log_every_n_steps: int | None,
    model_id: str | None,
    run_id: str,
) -> Any:
    """What ``autolog`` adds to the callbacks of a training."""
    prefix = "optimizer_" if integration is KERAS else "opt_"
    return _Metrics(integration, prefix, log_every_epoch, log_every_n_steps, model_id, run_id)


def logs_metrics(callback: object) -> bool:
    """Whether a callback of the user's logs metrics already."""
    return isinstance(callback, _Metrics)


def tensorboard(folder: str) -> Any:
    """Keras' callback that writes TensorBoard's files, made so that it cannot harm training."""
    kind: Any = keras.callbacks.TensorBoard
    hooks = [name for name in dir(kind) if name.startswith("on_") or name == "set_model"]
    harmless = {name: guarded(TENSORFLOW)(getattr(kind, name)) for name in hooks}
    return type("TensorBoard", (kind,), harmless)(folder)


def _check_frequency(log_every_epoch: bool, log_every_n_steps: int | None) -> None:
    if log_every_epoch and log_every_n_steps is not None:
        raise ValueError("To log every some steps, log_every_epoch is to be False.")
    if not log_every_epoch and log_every_n_steps is None:
        raise ValueError("Say after how many steps to log, log_every_n_steps, or log epochs.")
