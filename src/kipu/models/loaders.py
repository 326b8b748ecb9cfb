"""From the module that an ``MLmodel`` file names to the model that it loads.

The file says ``mlflow.sklearn`` or ``mlflow.pyfunc.model``, so that MLflow loads it, too. Kipu has
modules at the same paths below its own name.
"""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from types import ModuleType
from typing import Any

from kipu.exceptions import MlflowException, ResourceNotFound
from kipu.models.code_paths import add_code_to_path

FLAVOR_NAME = "python_function"


def import_loader(name: str) -> ModuleType:
    """The module that loads a model, by the name that an ``MLmodel`` file has.

    Raises:
        MlflowException: There is none.
        ModuleNotFoundError: A library that it needs is not installed.
    """
    if name.partition(".")[0] != "mlflow":
        return importlib.import_module(name)
    ours = our_module(name)
    try:
        return importlib.import_module(ours)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{ours}.".startswith(f"{error.name}."):
            raise
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise MlflowException(
            f"The model is loaded by {name}, which Kipu does not have.", "BAD_REQUEST"
        ) from error


def our_module(name: str) -> str:
    """Kipu's name of a module of MLflow's; other names stay."""
    top, dot, rest = name.partition(".")
    return f"kipu{dot}{rest}" if top == "mlflow" else name


def their_module(name: str) -> str:
    """MLflow's name of a module of Kipu's; other names stay."""
    top, dot, rest = name.partition(".")
    return f"mlflow{dot}{rest}" if top == "kipu" else name


def pyfunc_conf(flavors: dict[str, Any]) -> dict[str, Any]:
    """What the generic flavor needs to load a model.

    Raises:
        ResourceNotFound: The model does not have this flavor.
    """
    conf = flavors.get(FLAVOR_NAME)
    if conf is None:
        raise ResourceNotFound(
            f"The model cannot be loaded as a generic one: it has no flavor {FLAVOR_NAME!r}, but "
            f"{sorted(flavors)}."
        )
    found: dict[str, Any] = conf
    return found


def load_implementation(
    folder: Path, conf: dict[str, Any], config: dict[str, Any] | None = None
) -> Any:
    """The object that predicts, from a model's folder.

    Args:
        folder: The model's.
        conf: What its generic flavor needs.
        config: The model's configuration.

    Raises:
        MlflowException: There is no such loader.
    """
    add_code_to_path(folder, conf)
    data = str(folder / conf["data"]) if "data" in conf else str(folder)
    load = import_loader(conf["loader_module"])._load_pyfunc
    return load(data, config) if config else load(data)


def predict_with(predict: Any, data: Any, params: dict[str, Any] | None) -> Any:
    """Call a model's function, with the parameters if it takes any."""
    argument = inspect.signature(predict).parameters.get("params")
    if argument is not None and argument.kind is not inspect.Parameter.VAR_KEYWORD:
        return predict(data, params=params)
    return predict(data)
