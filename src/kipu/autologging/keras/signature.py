"""The signature of a Keras model: by its inputs and outputs, or by letting it predict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from kipu.flavors.tensor_signature import BATCH
from kipu.models.model_signature import ModelSignature
from kipu.models.signature import infer_signature
from kipu.types.columns import TensorSpec
from kipu.types.schema import Schema


def told_signature(model: Any) -> ModelSignature | None:
    """What a model takes and gives, if it is made of layers between known tensors."""
    if not getattr(model, "inputs", None) or not getattr(model, "outputs", None):
        return None
    return ModelSignature(
        _schema(getattr(model, "input", None), model.inputs),
        _schema(getattr(model, "output", None), model.outputs),
    )


def predicted_signature(model: Any, rows: Any) -> ModelSignature:
    """What a model takes and gives, by what it answers to a sample."""
    stops = model.stop_training
    try:
        return infer_signature(rows, model.predict(rows, verbose=0))
    finally:
        # Some versions of Keras take that back when they predict.
        model.stop_training = stops


def _schema(structure: Any, tensors: list[Any]) -> Schema:
    """A schema whose columns have names where there are several, or a dictionary of them."""
    names: list[Any] = [None]
    if isinstance(structure, Mapping):
        names = list(structure)
        tensors = list(structure.values())
    elif len(tensors) > 1:
        names = [one.name for one in tensors]
    return Schema(
        [
            TensorSpec(
                np.dtype(one.dtype), [BATCH if size is None else size for size in one.shape], name
            )
            for name, one in zip(names, tensors, strict=True)
        ]
    )
