"""Models of Spark's machine learning library."""

from kipu.flavors.spark.loading import _load_pyfunc, load_model
from kipu.flavors.spark.requirements import get_default_conda_env, get_default_pip_requirements
from kipu.flavors.spark.saving import FLAVOR_NAME, log_model, save_model

__all__ = [
    "FLAVOR_NAME",
    "_load_pyfunc",
    "get_default_conda_env",
    "get_default_pip_requirements",
    "load_model",
    "log_model",
    "save_model",
]
