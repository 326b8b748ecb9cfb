"""Automatic logging of Keras as TensorFlow brings it, ``tf.keras``."""

from __future__ import annotations

import os
import sys
from typing import Any

from kipu.autologging.guards import guarded
from kipu.autologging.import_hooks import when_imported
from kipu.autologging.keras.data import is_streamed, log_datasets, sample
from kipu.autologging.keras.early_stopping import EarlyStop
from kipu.autologging.keras.integrations import KERAS, TENSORFLOW
from kipu.autologging.keras.signature import predicted_signature
from kipu.autologging.keras.tensorboard_logs import TensorBoardLogs
from kipu.autologging.keras.training import Fit, new_model, store_model
from kipu.autologging.patching import Call, patch
from kipu.autologging.samples import example_and_signature
from kipu.flavors import tensorflow as flavor

_CHECKPOINT = "checkpoint_"


@TENSORFLOW.switch
def autolog(
    log_models: bool = True,
    log_datasets: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    registered_model_name: str | None = None,
    log_input_examples: bool = False,
    log_model_signatures: bool = True,
    saved_model_kwargs: dict[str, Any] | None = None,
    keras_model_kwargs: dict[str, Any] | None = None,
    extra_tags: dict[str, str] | None = None,
    log_every_epoch: bool = True,
    log_every_n_steps: int | None = None,
    checkpoint: bool = True,
    checkpoint_monitor: str = "val_loss",
    checkpoint_mode: str = "min",
    checkpoint_save_best_only: bool = True,
    checkpoint_save_weights_only: bool = False,
    checkpoint_save_freq: str | int = "epoch",
) -> None:
    """Log what ``tf.keras.Model.fit`` trains, from here on.

    Params of the training, the optimizer and early stopping, a summary of the model, metrics,
    checkpoints, TensorBoard's files, data sets, and the model.

    Args:
        log_models: Whether to log the model.
        log_datasets: Whether to log the data sets that were trained and validated on.
        disable: Switch it off again.
        exclusive: Whether to leave runs alone that the caller started.
        disable_for_unsupported_versions: Whether to leave versions of TensorFlow alone that this
            was not tested with.
        silent: Whether to say nothing.
        registered_model_name: Register each model as a version of this one.
        log_input_examples: Whether to log a sample of the training data with the model.
        log_model_signatures: Whether to log what the model takes and gives.
        saved_model_kwargs: Arguments of ``tensorflow.saved_model.save``.
        keras_model_kwargs: Arguments of the Keras model's ``save``.
        extra_tags: Labels of every run that is started.
        log_every_epoch: Whether to log metrics after each epoch.
        log_every_n_steps: Log them after so many steps; ``log_every_epoch`` is to be False then.
        checkpoint: Whether to keep checkpoints.
        checkpoint_monitor: The metric by which the best is told.
        checkpoint_mode: ``min`` or ``max``: whether it has the lowest or the highest value.
        checkpoint_save_best_only: Whether to keep the best only, instead of all.
        checkpoint_save_weights_only: Whether to keep weights, without optimizer and architecture.
        checkpoint_save_freq: ``epoch``, or after how many steps.

    Example:
        >>> kipu.tensorflow.autolog(checkpoint_monitor="loss")
        >>> network.fit(features, targets, epochs=10)
    """
    if os.environ.get("TF_USE_LEGACY_KERAS", "").lower() in ("1", "true"):
        TENSORFLOW.warn("Training with tf_keras, the Keras 2 of old, is not logged.")
        return
    keras = sys.modules.get("keras")
    # With TensorFlow as its backend, importing Keras imports TensorFlow on the way.
    is_on_the_way = keras is not None and getattr(keras.__spec__, "_initializing", False)
    when_imported("keras", lambda: guarded(TENSORFLOW)(_patch)(is_on_the_way))


def _patch(keras_came_first: bool) -> None:
    if TENSORFLOW.is_disabled:
        return
    if keras_came_first and TENSORFLOW.is_configured_globally and not KERAS.is_disabled:
        # With kipu.autolog(), and MLflow's, it is the library that the program names that counts.
        return
    import keras

    patch(TENSORFLOW, keras.Model, "fit", _fit, manages_run=True)


def _fit(call: Call, model: Any, *args: Any, **kwargs: Any) -> None:
    fit = Fit(call, model, args, kwargs)
    fit.log_params(reads_sequences=True)
    stop = EarlyStop(fit)
    guarded(TENSORFLOW)(stop.log_params)()
    with new_model(call) as model_id, TensorBoardLogs(fit) as board:
        reads_later = call.option("log_datasets", True)
        if reads_later and not is_streamed(fit):
            log_datasets(fit, model_id)
            reads_later = False
        try:
            added = guarded(TENSORFLOW)(_callbacks)(fit) or []
            history = fit.train([*board.callbacks, *added])
        finally:
            if reads_later:
                log_datasets(fit, model_id)
        if model_id is not None:
            store_model(call, model_id, lambda: _log_model(fit, model_id))
        guarded(TENSORFLOW)(stop.log_metrics)(history, model_id)
        guarded(TENSORFLOW)(board.log)()


def _callbacks(fit: Fit) -> list[Any]:
    from kipu.autologging.keras.callbacks import (
        MlflowModelCheckpointCallback,
        logs_metrics,
        metrics_callback,
    )

    call, theirs = fit.call, fit.callbacks()
    added = []
    if any(logs_metrics(one) for one in theirs):
        TENSORFLOW.inform("Metrics are left to the MlflowCallback among the callbacks.")
    else:
        epochs, steps = call.option("log_every_epoch", True), call.option("log_every_n_steps")
        added.append(metrics_callback(TENSORFLOW, epochs, steps, None, call.run_id))
    keeps = any(isinstance(one, MlflowModelCheckpointCallback) for one in theirs)
    if call.option("checkpoint", True) and not keeps:
        names = ("monitor", "mode", "save_best_only", "save_weights_only", "save_freq")
        options = {name: call.option(f"{_CHECKPOINT}{name}") for name in names}
        checkpoints = guarded(TENSORFLOW)(MlflowModelCheckpointCallback)(**options)
        added += [] if checkpoints is None else [checkpoints]
    return added


def _log_model(fit: Fit, model_id: str) -> None:
    call = fit.call
    example, signature = example_and_signature(
        TENSORFLOW, lambda: sample(fit), lambda rows: predicted_signature(fit.model, rows)
    )
    flavor.log_model(
        fit.model,
        name="model",
        # None would have it inferred from the example, which was not wanted.
        signature=signature or False,
        input_example=example,
        registered_model_name=call.option("registered_model_name"),
        saved_model_kwargs=call.option("saved_model_kwargs"),
        keras_model_kwargs=call.option("keras_model_kwargs"),
        model_id=model_id,
    )
