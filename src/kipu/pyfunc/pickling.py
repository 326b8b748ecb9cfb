"""Pickles of models that MLflow loads without Kipu, and Kipu without MLflow.

A pickle names the classes and functions that it needs by their modules. Where Kipu writes one, it
writes the names that they have in MLflow; where it reads one, it takes MLflow's names for its own.
"""

from __future__ import annotations

import bz2
import gzip
import importlib
import lzma
import pickle
from collections.abc import Callable
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any, NamedTuple

from kipu.exceptions import MlflowException
from kipu.models.loaders import our_module, their_module
from kipu.models.model_signature import ModelSignature
from kipu.types.type_hints import TypeHints

_HOMES = {
    "kipu.client.client": "mlflow",
    "kipu.models.code_model": "mlflow.models",
    "kipu.models.model_signature": "mlflow.models.signature",
    "kipu.pyfunc.hints": "mlflow.pyfunc.utils.data_validation",
    "kipu.pyfunc.loaded": "mlflow.pyfunc",
    "kipu.types.columns": "mlflow.types.schema",
    "kipu.types.datatype": "mlflow.types.schema",
    "kipu.types.nested": "mlflow.types.schema",
    "kipu.types.params": "mlflow.types.schema",
}
_NAMES = {
    TypeHints: ("mlflow.models.signature", "_TypeHints"),
}
_WRAP = ("mlflow.pyfunc.utils.data_validation", "_wrap_predict_with_pyfunc")
_SUBIMPORT = ("cloudpickle.cloudpickle", "subimport")


class _Compression(NamedTuple):
    ending: str
    open: Callable[..., Any]


COMPRESSIONS = {
    "lzma": _Compression(".xz", lzma.open),
    "bzip2": _Compression(".bz2", bz2.open),
    "gzip": _Compression(".gz", gzip.open),
}


def cloudpickle() -> Any:
    """The library that pickles models.

    Raises:
        ImportError: It is not installed.
    """
    try:
        import cloudpickle as library  # noqa: PLC0415 - an optional package
    except ImportError as error:
        raise ImportError(
            "Models that are Python objects are pickled with cloudpickle; install it with: "
            "pip install 'kipu[models]'. A model from code, python_model='model.py', needs none."
        ) from error
    return library


def pickler() -> Any:
    """The class that pickles with MLflow's names, such as ``pickler()(file).dump(model)``.

    Raises:
        ImportError: cloudpickle is not installed.
    """
    library = cloudpickle()

    class Pickler(library.Pickler):  # type: ignore[misc,name-defined]
        def reducer_override(self, obj: Any) -> Any:
            reduced = _as_theirs(obj)
            return super().reducer_override(obj) if reduced is NotImplemented else reduced

    return Pickler


def dump(model: Any, path: Path, compression: str | None = None) -> None:
    """Pickle a model into a file.

    Raises:
        ImportError: cloudpickle is not installed.
        MlflowException: Something in it cannot be pickled.
    """
    make = pickler()
    open_ = COMPRESSIONS[compression].open if compression else open
    try:
        with open_(path, "wb") as file:
            make(file).dump(model)
    except Exception as error:
        raise MlflowException(
            f"The model cannot be pickled: {error}. Write it into a Python file, and log that: "
            "python_model='model.py'.",
            "INVALID_PARAMETER_VALUE",
            error_class="MODEL_SERIALIZATION_FAILED",
        ) from error


def load(path: Path, compression: str | None = None) -> Any:
    """The model in a file, whoever pickled it.

    Raises:
        ImportError: cloudpickle is not installed, or something that the model needs.
        MlflowException: It needs something of MLflow that Kipu does not have.
    """
    cloudpickle()
    open_ = COMPRESSIONS[compression].open if compression in COMPRESSIONS else open
    with open_(path, "rb") as file:
        return Unpickler(file).load()


class Unpickler(pickle.Unpickler):
    """Reads pickles of either side's."""

    def find_class(self, module: str, name: str) -> Any:
        """A class or function by name, MLflow's found in Kipu."""
        if (module, name) == _SUBIMPORT:
            return _imported
        if not _is_of(module, "mlflow"):
            return super().find_class(module, name)
        try:
            found: Any = _imported(module)
            for part in name.split("."):
                found = getattr(found, part)
            return found
        except (ImportError, AttributeError) as error:
            try:
                return super().find_class(module, name)
            except ImportError:
                raise MlflowException(
                    f"The model needs {module}.{name}, which Kipu does not have."
                ) from error


def _imported(module: str) -> ModuleType:
    """What cloudpickle's own function for modules does, with MLflow's modules taken for ours."""
    if _is_of(module, "mlflow"):
        try:
            return importlib.import_module(our_module(module))
        except ModuleNotFoundError:
            pass
    return importlib.import_module(module)


class _Module:
    """Stands in a pickle for a module of MLflow's, which need not be here."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __reduce__(self) -> tuple[Any, ...]:
        return cloudpickle().cloudpickle.subimport, (self.name,)


class _Attribute:
    """Stands in a pickle for something in a module of MLflow's."""

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name

    def __reduce__(self) -> tuple[Any, ...]:
        return _named(self.module, self.name)


def _as_theirs(obj: Any) -> Any:
    """How something of Kipu's is written by its name in MLflow; NotImplemented for all else."""
    if isinstance(obj, ModuleType):
        if _is_of(obj.__name__, "kipu"):
            return _Module(their_module(obj.__name__)).__reduce__()
        return NotImplemented
    if isinstance(obj, FunctionType) and "_checked" in vars(obj):
        # MLflow wraps the function anew, with its own checks.
        function, info = vars(obj)["_checked"]
        return _Call(*_WRAP), (function, info)
    if isinstance(obj, ModelSignature):
        return _Call("mlflow.models.signature", "ModelSignature.from_dict"), (obj.to_dict(),)
    if isinstance(obj, (type, FunctionType, BuiltinFunctionType)):
        module = getattr(obj, "__module__", None)
        if isinstance(module, str) and _is_of(module, "kipu") and "<" not in obj.__qualname__:
            return _named(*_home(obj, module))
    return NotImplemented


class _Call(_Attribute):
    """One that is called; pickle asks whether it can be."""

    def __call__(self, *args: Any) -> Any:
        raise TypeError("This only stands for a function in a pickle.")


def _named(module: str, name: str) -> tuple[Any, ...]:
    holder, _, last = name.rpartition(".")
    return getattr, (_Attribute(module, holder) if holder else _Module(module), last)


def _home(obj: Any, module: str) -> tuple[str, str]:
    if isinstance(obj, type) and obj in _NAMES:
        return _NAMES[obj]
    if _is_of(module, "kipu.fluent"):
        return "mlflow", obj.__qualname__
    return _HOMES.get(module, their_module(module)), obj.__qualname__


def _is_of(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")
