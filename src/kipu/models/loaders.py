"""From the module that an ``MLmodel`` file names to the model that it loads.

The file says ``mlflow.sklearn`` or ``mlflow.pyfunc.model``, so that MLflow loads it, too. Kipu has
modules at the same paths below its own name.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from types import ModuleType
from typing import Any

from kipu.exceptions import MlflowException, ResourceNotFound
from kipu.models.code_paths import add_code_to_path
from kipu.models.environment_reads import watching

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


class _Logged:
    """A model that is being logged: what was loaded of it, and what that read."""

    def __init__(self) -> None:
        self.loaded: dict[tuple[str, str, str], Any] = {}
        self.names_read: set[str] = set()


_logged: ContextVar[_Logged | None] = ContextVar("logged", default=None)


@contextmanager
def being_logged() -> Iterator[None]:
    """In the block, a model is saved to be logged, so that it is loaded, once, and tried."""
    token = _logged.set(_Logged())
    try:
        yield
    finally:
        _logged.reset(token)


def is_being_logged() -> bool:
    """Whether the model that this thread saves is for a store, not only for a folder."""
    return _logged.get() is not None


def names_read() -> set[str]:
    """The variables of the environment that the model which is being logged read when loaded."""
    logged = _logged.get()
    return set() if logged is None else logged.names_read


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
    logged = _logged.get()
    if logged is None:
        return load(data, config) if config else load(data)
    key = (data, conf["loader_module"], repr(config))
    if key not in logged.loaded:
        with watching(logged.names_read):
            logged.loaded[key] = load(data, config) if config else load(data)
    return logged.loaded[key]


def predict_with(predict: Any, data: Any, params: dict[str, Any] | None) -> Any:
    """Call a model's function, with the parameters if it takes any."""
    argument = inspect.signature(predict).parameters.get("params")
    if argument is not None and argument.kind is not inspect.Parameter.VAR_KEYWORD:
        return predict(data, params=params)
    return predict(data)
