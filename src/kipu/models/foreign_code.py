"""Model code that was written for MLflow, run where MLflow is not installed."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType

from kipu.models.loaders import our_module


@contextmanager
def mlflow_is_kipu() -> Iterator[None]:
    """Let ``import mlflow`` find Kipu in the block, unless something of that name is installed.

    It ends with the block: other libraries look for MLflow, too, and would take Kipu for it.
    """
    if "mlflow" in sys.modules or find_spec("mlflow") is not None:
        yield
        return
    finder = _Finder()
    sys.meta_path.append(finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [one for one in sys.modules if one.partition(".")[0] == "mlflow"]:
            del sys.modules[name]


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """A stand-in for each module that Kipu has."""
        if fullname.partition(".")[0] != "mlflow":
            return None
        try:
            importlib.import_module(our_module(fullname))
        except ModuleNotFoundError:
            return None
        return ModuleSpec(fullname, _Loader(), is_package=True)


class _Loader(Loader):
    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """A module that has all that Kipu's has."""
        return _StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is run."""


class _StandIn(ModuleType):
    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(sys.modules[our_module(self.__name__)], name)
