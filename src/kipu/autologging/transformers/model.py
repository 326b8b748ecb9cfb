"""The model that a ``Trainer`` trained, logged as pipeline."""

from __future__ import annotations

from typing import Any

from kipu.exceptions import MlflowException
from kipu.flavors.transformers.keys import PARTS
from kipu.flavors.transformers.saving import log_model

# What a tokenizer or processor is as a part of a pipeline, by a method that it has.
_METHODS = {"convert_tokens_to_ids": "tokenizer", "preprocess": "image_processor"}


def log_trained(model: Any, processing: Any, step: int) -> None:
    """Log a trained model under the name ``model``, with what prepares its input.

    Args:
        model: The model.
        processing: Its tokenizer, image processor or feature extractor, or None.
        step: The training's last step.

    Raises:
        MlflowException: No pipeline is for such a model.
    """
    task = task_of(model)
    if task is None:
        raise MlflowException(
            f"No pipeline of transformers is for a {type(model).__name__}, so it is not logged."
        )
    is_training = model.training
    try:
        log_model({"model": model, **_parts_of(processing)}, name="model", task=task, step=step)
    finally:
        model.train(is_training)


def _parts_of(processing: Any) -> dict[str, Any]:
    """The parts of a pipeline that a tokenizer, or something like one, gives."""
    if processing is None:
        return {}
    if hasattr(processing, "tokenizer"):  # a processor, which has several
        return {name: getattr(processing, name) for name in PARTS if hasattr(processing, name)}
    kinds = (part for method, part in _METHODS.items() if hasattr(processing, method))
    return {next(kinds, "feature_extractor"): processing}


def task_of(model: Any) -> str | None:
    """The task of the first pipeline that is made for models of this class."""
    import transformers
    from transformers.pipelines import PIPELINE_REGISTRY

    config = type(model.config)
    for task, told in PIPELINE_REGISTRY.supported_tasks.items():
        for auto in told.get("pt", ()):
            kind = getattr(transformers, auto, None) if isinstance(auto, str) else auto
            found = kind._model_mapping.get(config, None) if kind is not None else None
            if found is not None and type(model) in (
                found if isinstance(found, tuple) else (found,)
            ):
                return str(task)
    return None
