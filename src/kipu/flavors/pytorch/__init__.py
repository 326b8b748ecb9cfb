"""PyTorch: modules, scripted modules, exported programs and state dictionaries."""

from kipu.flavors.pytorch.checkpoints import load_checkpoint
from kipu.flavors.pytorch.environment import (
    FLAVOR_NAME,
    get_default_conda_env,
    get_default_pip_requirements,
)
from kipu.flavors.pytorch.loading import load_model
from kipu.flavors.pytorch.saving import log_model, save_model
from kipu.flavors.pytorch.state_dicts import load_state_dict, log_state_dict, save_state_dict
from kipu.flavors.pytorch.wrapper import _load_pyfunc

__all__ = [
    "FLAVOR_NAME",
    "_load_pyfunc",
    "get_default_conda_env",
    "get_default_pip_requirements",
    "load_checkpoint",
    "load_model",
    "load_state_dict",
    "log_model",
    "log_state_dict",
    "save_model",
    "save_state_dict",
]
