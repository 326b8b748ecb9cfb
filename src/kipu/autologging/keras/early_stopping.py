"""What Keras' ``EarlyStopping`` was told, and what came of it."""

from __future__ import annotations

from typing import Any

from kipu.autologging.keras.training import Fit
from kipu.fluent.logging import log_metrics, log_params

_PARAMS = ("monitor", "min_delta", "patience", "baseline", "restore_best_weights")


class EarlyStop:
    """The first callback among a training's that may stop it early, if there is one."""

    def __init__(self, fit: Fit) -> None:
        import keras

        kind = keras.callbacks.EarlyStopping
        self._callback = next((one for one in fit.callbacks() if isinstance(one, kind)), None)

    def log_params(self) -> None:
        """Log what it was told."""
        if self._callback is not None:
            log_params({name: getattr(self._callback, name) for name in _PARAMS})

    def log_metrics(self, history: Any, model_id: str | None) -> None:
        """Log where it stopped the training, and the metrics of the weights that it restored."""
        stop = self._callback
        if stop is None or not stop.model.stop_training:
            return
        log_metrics({"stopped_epoch": stop.stopped_epoch}, synchronous=False, model_id=model_id)
        watched = history.history.get(stop.monitor)
        if not stop.restore_best_weights or stop.best_weights is None or not watched:
            return
        place = watched.index(stop.best)
        restored = history.epoch[0] + place
        log_metrics({"restored_epoch": restored}, synchronous=False, model_id=model_id)
        metrics = {key: values[place] for key, values in history.history.items()}
        log_metrics(metrics, step=stop.stopped_epoch + 1, synchronous=False, model_id=model_id)
