"""The flavor's names, its files and what any of its models requires."""

from __future__ import annotations

from typing import Any

from kipu.models.environment import default_conda_environment
from kipu.models.requirements import pinned

FLAVOR_NAME = "pytorch"

DATA_FOLDER = "data"
PICKLED_FILE = "model.pth"
EXPORTED_FILE = "model.pt2"
STATE_FILE = "state_dict.pth"
PICKLE_MODULE_FILE = "pickle_module_info.txt"

THEIR_PICKLE_MODULE = "mlflow.pytorch.pickle_module"
OUR_PICKLE_MODULE = "kipu.flavors.pytorch.pickle_module"


def get_default_pip_requirements() -> list[str]:
    """What any saved PyTorch model requires, such as ``torch==2.6.0``."""
    return [pinned("torch"), pinned("cloudpickle")]


def get_default_conda_env() -> dict[str, Any]:
    """The conda environment that a model has by default."""
    return default_conda_environment(get_default_pip_requirements())
