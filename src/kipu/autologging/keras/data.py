"""The data that Keras is trained with: as data sets of the run, and a sample of it."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from kipu.autologging.guards import guarded
from kipu.autologging.keras.training import Fit
from kipu.autologging.samples import ROWS
from kipu.data.dataset import Dataset
from kipu.data.dataset_source_registry import running_code
from kipu.data.numpy_dataset import from_numpy
from kipu.data.tensorflow_dataset import from_tensorflow
from kipu.entities import LoggedModelInput
from kipu.exceptions import InvalidParameter
from kipu.fluent.inputs import log_input


def is_streamed(fit: Fit) -> bool:
    """Whether data comes from a ``tf.data.Dataset``.

    Reading one moves its random numbers on, and those of a generator are gone then: it is read
    once the training has been.
    """
    return any(_is_stream(fit.argument(name)) for name in ("x", "validation_data"))


def log_datasets(fit: Fit, model_id: str | None) -> None:
    """Log what was trained and validated on, each where it can be described."""
    log = guarded(fit.call.integration)(_log)
    log(fit, "train", fit.argument("x"), fit.argument("y"), model_id)
    validation = fit.argument("validation_data")
    if isinstance(validation, (tuple, list)) and len(validation) > 1:
        log(fit, "eval", validation[0], validation[1], model_id)
    elif validation is not None:
        log(fit, "eval", validation, None, model_id)


def sample(fit: Fit) -> Any:
    """The first rows of what was trained on, as an array or a dictionary of arrays.

    Raises:
        InvalidParameter: It is of no kind that can be sampled.
    """
    import keras

    data = fit.argument("x")
    if isinstance(data, keras.utils.Sequence):
        data = data[0][0]
    elif _is_stream(data):
        batch = next(iter(data.take(1)))
        data = batch[0] if isinstance(batch, tuple) else batch
    names = [one.name for one in getattr(fit.model, "inputs", None) or ()]
    if isinstance(data, (tuple, list)) and len(data) == len(names):
        data = dict(zip(names, data, strict=True))
    if isinstance(data, dict):
        return {name: _head(one) for name, one in data.items()}
    return _head(data)


def _log(fit: Fit, context: str, data: Any, targets: Any, model_id: str | None) -> None:
    described = _described(fit, data, targets)
    if described is None:
        fit.call.integration.inform(
            "The data set for %s is not logged: it is of the kind %s.",
            context,
            type(data).__name__,
        )
        return
    model = None if model_id is None else LoggedModelInput(model_id)
    log_input(described, context, model=model)


def _described(fit: Fit, data: Any, targets: Any) -> Dataset | None:
    source = running_code()
    if _is_stream(data):
        return from_tensorflow(_bounded(fit, data), source=source)
    if _is_tensor(data):
        if targets is None or _is_tensor(targets):
            return from_tensorflow(data, source=source, targets=targets)
        data = data.numpy()
    elif _is_tensor(targets):
        targets = targets.numpy()
    if isinstance(data, (np.ndarray, dict)):
        return from_numpy(data, source=source, targets=targets)
    return None


def _bounded(fit: Fit, data: Any) -> Any:
    """As much of data that may never end as one epoch takes."""
    steps = fit.argument("steps_per_epoch")
    is_known = int(data.cardinality()) >= 0
    return data if is_known or steps is None else data.take(steps)


def _head(data: Any) -> Any:
    if _is_tensor(data):
        return data[:ROWS].numpy()
    if isinstance(data, np.ndarray):
        return data[:ROWS]
    if hasattr(data, "__array__"):  # a frame of pandas, a tensor of PyTorch or JAX
        return np.asarray(data[:ROWS])
    raise InvalidParameter(
        "Samples are taken of arrays, tensors, dictionaries of them, keras.utils.Sequence and "
        f"tf.data.Dataset, not of a {type(data).__name__}."
    )


def _is_stream(data: Any) -> bool:
    tensorflow = sys.modules.get("tensorflow")
    return tensorflow is not None and isinstance(data, tensorflow.data.Dataset)


def _is_tensor(data: Any) -> bool:
    tensorflow = sys.modules.get("tensorflow")
    return tensorflow is not None and isinstance(data, tensorflow.Tensor)
