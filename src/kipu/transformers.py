"""Models of Hugging Face transformers, under the path that MLflow's users know."""

from kipu.autologging.transformers import autolog
from kipu.flavors.transformers import (
    FLAVOR_NAME,
    _load_pyfunc,
    generate_signature_output,
    get_default_conda_env,
    get_default_pip_requirements,
    is_gpu_available,
    load_model,
    log_model,
    persist_pretrained_model,
    save_model,
)

__all__ = [
    "FLAVOR_NAME",
    "_load_pyfunc",
    "autolog",
    "generate_signature_output",
    "get_default_conda_env",
    "get_default_pip_requirements",
    "is_gpu_available",
    "load_model",
    "log_model",
    "persist_pretrained_model",
    "save_model",
]
