"""What models of transformers require."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

from kipu.flavors.transformers.adapters import base_of, is_adapted
from kipu.models.distributions import requirements_of_modules
from kipu.models.environment import default_conda_environment
from kipu.models.imports import top_level_modules
from kipu.models.requirements import pinned

_ENGINES = {"TFPreTrainedModel": "tensorflow", "PreTrainedModel": "torch"}
_ENGINES |= {"FlaxPreTrainedModel": "flax"}


def get_default_pip_requirements(model: Any) -> list[str]:
    """What a model requires at least.

    Args:
        model: The model itself, not its pipeline.

    Returns:
        Such as ``["transformers==5.0.0", "torch==2.9.0", "accelerate==1.1.0"]``. Unlike with
        MLflow, torchvision is among them only if it is installed.
    """
    names = ["transformers", _engine_of(model)]
    if names[1] == "torch":
        names += [one for one in ("torchvision", "accelerate") if _is_installed(one)]
    if is_adapted(model):
        names.append("peft")
    return [pinned(one) for one in names]


def get_default_conda_env(model: Any) -> dict[str, Any]:
    """The same as conda environment.

    Args:
        model: The model itself, not its pipeline.
    """
    return default_conda_environment(get_default_pip_requirements(model))


def requirements_of(parts: list[Any]) -> list[str]:
    """What the modules require in which a pipeline's parts are defined.

    Weights need not be loaded a second time to learn that.
    """
    modules = {type(part).__module__ for part in parts if part is not None}
    return requirements_of_modules(top_level_modules(modules))


def _engine_of(model: Any) -> str:
    names = (one.__name__ for one in type(base_of(model)).__mro__)
    return next((_ENGINES[name] for name in names if name in _ENGINES), "torch")


def _is_installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True
