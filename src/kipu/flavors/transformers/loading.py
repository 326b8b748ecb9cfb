"""Loading models of transformers."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from kipu.environment_variables import (
    MLFLOW_DEFAULT_PREDICTION_DEVICE,
    MLFLOW_HUGGINGFACE_DEVICE_MAP_STRATEGY,
    MLFLOW_HUGGINGFACE_DISABLE_ACCELERATE_FEATURES,
    MLFLOW_HUGGINGFACE_USE_DEVICE_MAP,
    MLFLOW_HUGGINGFACE_USE_LOW_CPU_MEM_USAGE,
)
from kipu.exceptions import InvalidParameter, MlflowException
from kipu.flavors.transformers import keys
from kipu.flavors.transformers.adapters import with_adapter
from kipu.flavors.transformers.conf import check_base
from kipu.flavors.transformers.dtypes import as_dtype, dtype_argument
from kipu.flavors.transformers.weights import read_parts
from kipu.models.folder import load_flavor

_log = logging.getLogger(__name__)

_CPU, _FIRST_GPU = -1, 0


def load_model(
    model_uri: str,
    dst_path: str | None = None,
    return_type: str = "pipeline",
    device: Any = None,
    base_model_path: str | None = None,
    **kwargs: Any,
) -> Any:
    """Load a model as it was saved.

    Args:
        model_uri: ``models:/<id>``, ``runs:/<run id>/<name>``, a folder, ...
        dst_path: Folder to download to; left out, a temporary one.
        return_type: ``pipeline``, or ``components`` for a dictionary with the model, its other
            parts, and what else ``transformers.pipeline`` is called with.
        device: Number of a GPU, -1 for the CPU, or what PyTorch calls it. Left out, the first GPU
            if there is one, or what ``MLFLOW_DEFAULT_PREDICTION_DEVICE`` says.
        base_model_path: Another folder with the weights below an adapter.
        **kwargs: For ``transformers.pipeline``, such as ``torch_dtype``.

    Raises:
        InvalidParameter: ``return_type`` or ``base_model_path`` is none of these, or ``device`` is
            given although a device map is used.
        MlflowException: It has a processor, which pipelines do not take.
        ResourceNotFound: There is no such model.

    Example:
        >>> classify = kipu.transformers.load_model("models:/sentiment/1")
        >>> classify("I like it")
    """
    if return_type not in ("pipeline", "components"):
        raise InvalidParameter(f"return_type is 'pipeline' or 'components', not {return_type!r}.")
    folder, conf = load_flavor(model_uri, keys.FLAVOR_NAME, dst_path)
    if return_type == "pipeline" and f"{keys.PROCESSOR}_type" in conf:
        raise MlflowException(
            "The model was saved with a processor, which pipelines do not take; load it with "
            "return_type='components'.",
            "BAD_REQUEST",
        )
    if base_model_path is not None:
        if keys.LOCAL_BASE not in conf:
            raise InvalidParameter(
                "base_model_path is for models that were saved with base_model_path; this one was "
                "not."
            )
        base_model_path = check_base(base_model_path)
    return load(folder, conf, return_type, device, base_model_path, **kwargs)


def load(
    folder: Path,
    conf: dict[str, Any],
    return_type: str = "pipeline",
    device: Any = None,
    base_path: str | None = None,
    **kwargs: Any,
) -> Any:
    """What ``load_model`` does, once the model's folder is here."""
    placement = _placement(device)
    given = [kwargs.pop(name, None) for name in ("dtype", "torch_dtype")]
    dtype = as_dtype(given[0] or given[1] or conf.get(keys.DTYPE))
    types = {dtype_argument(): dtype} if dtype is not None else {}
    parts = read_parts(folder, conf, types | _for_model(placement), base_path)
    if keys.ADAPTER in conf:
        parts[keys.MODEL] = with_adapter(parts[keys.MODEL], folder / conf[keys.ADAPTER])
    arguments = {keys.TASK: conf[keys.TASK], **_framework(conf), **placement, **types, **parts}
    if return_type == "components":
        return arguments
    import transformers

    return transformers.pipeline(**arguments | kwargs)


def _placement(device: Any) -> dict[str, Any]:
    """The argument that tells where a model lies: a device map, a device, or neither."""
    if MLFLOW_HUGGINGFACE_USE_DEVICE_MAP.get():
        if device is not None:
            raise InvalidParameter(
                f"MLFLOW_HUGGINGFACE_USE_DEVICE_MAP is set, so `device` cannot be {device!r} "
                "besides. Unset it, or give no device."
            )
        return {"device_map": MLFLOW_HUGGINGFACE_DEVICE_MAP_STRATEGY.get()}
    if device is None:
        device = _default_device()
    return {} if device is None else {"device": device}


def _default_device() -> int | None:
    if setting := MLFLOW_DEFAULT_PREDICTION_DEVICE.get():
        try:
            return int(setting)
        except ValueError:
            _log.warning(
                "MLFLOW_DEFAULT_PREDICTION_DEVICE is %r, which is no number: the CPU is used.",
                setting,
            )
            return _CPU
    return _FIRST_GPU if is_gpu_available() else None


def is_gpu_available() -> bool:
    """Whether PyTorch, or TensorFlow where that is missing, finds a GPU."""
    try:
        import torch
    except ImportError:
        pass
    else:
        return bool(torch.cuda.is_available())
    try:
        import tensorflow
    except ImportError:
        return False
    return bool(tensorflow.config.list_physical_devices("GPU"))


def _for_model(placement: dict[str, Any]) -> dict[str, Any]:
    """What accelerate is asked for; a single device is the pipeline's matter."""
    if MLFLOW_HUGGINGFACE_DISABLE_ACCELERATE_FEATURES.get():
        return {}
    wanted = {key: one for key, one in placement.items() if key == "device_map"}
    return wanted | {"low_cpu_mem_usage": MLFLOW_HUGGINGFACE_USE_LOW_CPU_MEM_USAGE.get()}


def _framework(conf: dict[str, Any]) -> dict[str, Any]:
    import transformers

    # Since version 5 a pipeline has no framework, and takes the argument for one of its model.
    is_old = int(transformers.__version__.partition(".")[0]) < 5
    return {keys.FRAMEWORK: conf[keys.FRAMEWORK]} if is_old and conf.get(keys.FRAMEWORK) else {}
