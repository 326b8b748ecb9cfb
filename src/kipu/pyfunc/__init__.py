"""The generic model: anything that predicts, saved, logged and loaded in one way."""

from typing import Any

from kipu.models.environment import default_conda_environment
from kipu.models.pyfunc_conf import add_pyfunc as add_to_model
from kipu.pyfunc import context, loaders, utils
from kipu.pyfunc.loaded import PyFuncModel
from kipu.pyfunc.loading import get_model_dependencies, load_model, load_pyfunc
from kipu.pyfunc.model import PythonModel, PythonModelContext, get_default_pip_requirements
from kipu.pyfunc.saving import log_model, save_model
from kipu.pyfunc.spark.udf import spark_udf

FLAVOR_NAME = "python_function"
MAIN = "loader_module"
CODE = "code"
DATA = "data"
ENV = "env"
PY_VERSION = "python_version"

__all__ = [
    "CODE",
    "DATA",
    "ENV",
    "FLAVOR_NAME",
    "MAIN",
    "PY_VERSION",
    "PyFuncModel",
    "PythonModel",
    "PythonModelContext",
    "add_to_model",
    "context",
    "get_default_conda_env",
    "get_default_pip_requirements",
    "get_model_dependencies",
    "load_model",
    "load_pyfunc",
    "loaders",
    "log_model",
    "save_model",
    "spark_udf",
    "utils",
]


def get_default_conda_env() -> dict[str, Any]:
    """The conda environment of a Python model that imports nothing else."""
    return default_conda_environment(get_default_pip_requirements())
