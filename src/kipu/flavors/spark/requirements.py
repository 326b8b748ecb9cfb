"""What a Spark model requires."""

from __future__ import annotations

import importlib.util
from typing import Any

from kipu.flavors.spark.session import is_connect_model
from kipu.models.distributions import requirements_of_modules
from kipu.models.environment import default_conda_environment
from kipu.models.requirements import pinned

# The generic flavor makes frames of Spark from frames of pandas, and back.
_PREDICTING = ("numpy", "pandas", "pyarrow")
_CONNECT = {"torch": "torch", "scikit-learn": "sklearn", "torcheval": "torcheval"}


def get_default_pip_requirements(is_spark_connect_model: bool = False) -> list[str]:
    """What every model of this flavor requires.

    Args:
        is_spark_connect_model: Whether it is one of ``pyspark.ml.connect``, which uses more.

    Returns:
        Such as ``["pyspark==4.0.0"]``, with the versions installed.
    """
    spark = pinned("pyspark").partition(".dev")[0]
    if not is_spark_connect_model:
        return [spark]
    more = [name for name, module in _CONNECT.items() if importlib.util.find_spec(module)]
    return [spark.replace("pyspark", "pyspark[connect]", 1), *map(pinned, more)]


def get_default_conda_env(is_spark_connect_model: bool = False) -> dict[str, Any]:
    """The conda environment of such a model that requires nothing else."""
    return default_conda_environment(get_default_pip_requirements(is_spark_connect_model))


def requirements_of(model: Any) -> list[str]:
    """What a model requires: Spark, what predicting needs, and what its stages come from.

    Nothing is loaded for it, since that would run jobs of Spark.
    """
    modules = {type(stage).__module__.partition(".")[0] for stage in _stages(model)}
    found = requirements_of_modules({*modules, *_PREDICTING} - {"pyspark"})
    return [*get_default_pip_requirements(is_connect_model(model)), *found]


def _stages(model: Any) -> list[Any]:
    inner = getattr(model, "stages", None) or []
    return [model, *(found for stage in inner for found in _stages(stage))]
