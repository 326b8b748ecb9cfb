"""Automatic logging of Hugging Face transformers: ``Trainer.train``, and SetFit's."""

from __future__ import annotations

from typing import Any

from kipu.autologging.guards import guarded
from kipu.autologging.import_hooks import when_imported
from kipu.autologging.integration import Integration
from kipu.autologging.patching import Call, patch
from kipu.autologging.sessions import paused
from kipu.autologging.transformers.callback import callback_for

TRANSFORMERS = Integration("transformers", library="transformers", versions=("4.45.2", "5.24.0"))


@TRANSFORMERS.switch
def autolog(
    log_input_examples: bool = False,
    log_model_signatures: bool = False,
    log_models: bool = False,
    log_datasets: bool = False,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    extra_tags: dict[str, str] | None = None,
) -> None:
    """Log what ``transformers.Trainer`` trains, from here on, and trainers derived from it.

    Params are the training's arguments and the model's configuration; metrics are what the trainer
    logs. What other libraries train meanwhile, such as a scikit-learn model within a metric, is
    not logged.

    Args:
        log_input_examples: Accepted for MLflow's sake, as are the next and ``log_datasets``.
        log_model_signatures: See there.
        log_models: Whether to log the model after training. ``kipu.autolog()`` does not ask for
            that, whatever it says of models: MLflow logs none.
        log_datasets: See above.
        disable: Switch it off again.
        exclusive: Whether to leave runs alone that the caller started.
        disable_for_unsupported_versions: Whether to leave untested versions of transformers alone.
        silent: Whether to say nothing.
        extra_tags: Labels of every run that is started.

    Example:
        >>> kipu.transformers.autolog()
        >>> transformers.Trainer(model, arguments, train_dataset=rows).train()
    """
    # Who only uses tokenizers has not imported trainers, which takes seconds.
    when_imported("transformers.trainer", _patch_trainer)
    when_imported("setfit", _patch_setfit)


@guarded(TRANSFORMERS)
def _patch_trainer() -> None:
    from transformers.trainer import Trainer

    patch(TRANSFORMERS, Trainer, "train", _train)


@guarded(TRANSFORMERS)
def _patch_setfit() -> None:
    import setfit

    is_old = int(setfit.__version__.partition(".")[0]) < 1
    owner = setfit.SetFitTrainer if is_old else setfit.Trainer
    patch(TRANSFORMERS, owner, "train", _train_setfit)


def _train(call: Call, trainer: Any, *args: Any, **kwargs: Any) -> None:
    callback = callback_for(trainer, TRANSFORMERS)
    try:
        with paused():
            call.original(trainer, *args, **kwargs)
    except BaseException:
        if callback is not None:
            callback.close("FAILED")
        raise
    if callback is not None:
        callback.close("FINISHED")


def _train_setfit(call: Call, *args: Any, **kwargs: Any) -> None:
    # It trains a scikit-learn model, and has MLflow's callback of its own.
    with paused():
        call.original(*args, **kwargs)
