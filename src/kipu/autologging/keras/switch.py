"""Automatic logging of Keras 3, with any of its backends."""

from __future__ import annotations

from typing import Any

from kipu.autologging.guards import guarded
from kipu.autologging.keras.data import is_streamed, log_datasets, sample
from kipu.autologging.keras.integrations import KERAS
from kipu.autologging.keras.signature import predicted_signature, told_signature
from kipu.autologging.keras.training import Fit, new_model, store_model
from kipu.autologging.patching import Call, patch
from kipu.autologging.samples import example_and_signature
from kipu.flavors import keras as flavor


@KERAS.switch
def autolog(
    log_every_epoch: bool = True,
    log_every_n_steps: int | None = None,
    log_models: bool = True,
    log_model_signatures: bool = True,
    save_exported_model: bool = False,
    log_datasets: bool = True,
    log_input_examples: bool = False,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    registered_model_name: str | None = None,
    save_model_kwargs: dict[str, Any] | None = None,
    extra_tags: dict[str, str] | None = None,
) -> None:
    """Log what ``keras.Model.fit`` trains, from here on.

    Params of the training and of the optimizer, a summary of the model, metrics, data sets, and
    the model.

    Args:
        log_every_epoch: Whether to log metrics after each epoch.
        log_every_n_steps: Log them after so many steps; ``log_every_epoch`` is to be False then.
        log_models: Whether to log the model.
        log_model_signatures: Whether to log what the model takes and gives.
        save_exported_model: Whether to save the compiled graph only, for which TensorFlow is
            needed.
        log_datasets: Whether to log the data sets that were trained and validated on.
        log_input_examples: Whether to log a sample of the training data with the model.
        disable: Switch it off again.
        exclusive: Whether to leave runs alone that the caller started.
        disable_for_unsupported_versions: Whether to leave versions of Keras alone that this was
            not tested with.
        silent: Whether to say nothing.
        registered_model_name: Register each model as a version of this one.
        save_model_kwargs: Arguments of ``keras.Model.save``.
        extra_tags: Labels of every run that is started.

    Example:
        >>> kipu.keras.autolog()
        >>> network.fit(features, targets, epochs=10)
    """
    import keras

    patch(KERAS, keras.Model, "fit", _fit, manages_run=True)


def _fit(call: Call, model: Any, *args: Any, **kwargs: Any) -> None:
    fit = Fit(call, model, args, kwargs)
    fit.log_params(reads_sequences=False)
    with new_model(call) as model_id:
        reads_later = call.option("log_datasets", True)
        if reads_later and not is_streamed(fit):
            log_datasets(fit, model_id)
            reads_later = False
        try:
            fit.train(guarded(KERAS)(_callbacks)(fit, model_id) or [])
        finally:
            if reads_later:
                log_datasets(fit, model_id)
        if model_id is not None:
            store_model(call, model_id, lambda: _log_model(fit, model_id))


def _callbacks(fit: Fit, model_id: str | None) -> list[Any]:
    from kipu.autologging.keras.callbacks import logs_metrics, metrics_callback

    if any(logs_metrics(one) for one in fit.callbacks()):
        KERAS.inform("Metrics are left to the MlflowCallback among the callbacks.")
        return []
    call = fit.call
    epochs, steps = call.option("log_every_epoch", True), call.option("log_every_n_steps")
    return [metrics_callback(KERAS, epochs, steps, model_id, call.run_id)]


def _log_model(fit: Fit, model_id: str) -> None:
    call = fit.call
    signature = guarded(KERAS)(told_signature)(fit.model)
    wants_signature = call.option("log_model_signatures", True)
    example, predicted = example_and_signature(
        KERAS,
        lambda: sample(fit),
        lambda rows: predicted_signature(fit.model, rows),
        log_signature=wants_signature and signature is None,
    )
    if signature is None or not wants_signature:
        signature = predicted
    flavor.log_model(
        fit.model,
        name="model",
        save_exported_model=call.option("save_exported_model", False),
        signature=signature,
        input_example=example,
        registered_model_name=call.option("registered_model_name"),
        save_model_kwargs=call.option("save_model_kwargs"),
        model_id=model_id,
    )
