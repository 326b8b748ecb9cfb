"""A package named ``mlflow`` that is Kipu: each module below it is Kipu's module of that name."""

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from types import CodeType, ModuleType

import kipu
from mlflow.version import VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from kipu import *  # noqa: F403

__version__ = VERSION
__all__ = [name for name in kipu.__all__ if name != "VERSION"]

_OWN = {"mlflow.version", "mlflow.__main__"}


class _Alias(importlib.abc.InspectLoader):
    """Hands out Kipu's module instead of making one."""

    def __init__(self, target: str, spec: importlib.machinery.ModuleSpec) -> None:
        self._target, self._spec = target, spec

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return importlib.import_module(self._target)

    def exec_module(self, module: ModuleType) -> None:
        # It ran when Kipu imported it; only its own spec was overwritten on the way here.
        module.__spec__ = self._spec

    def is_package(self, fullname: str) -> bool:
        return self._spec.submodule_search_locations is not None

    def get_code(self, fullname: str) -> CodeType | None:  # ``python -m mlflow.x``
        loader = self._spec.loader
        if isinstance(loader, importlib.abc.InspectLoader):
            return loader.get_code(self._target)
        return None

    def get_source(self, fullname: str) -> str | None:
        loader = self._spec.loader
        if isinstance(loader, importlib.abc.InspectLoader):
            return loader.get_source(self._target)
        return None


class _Finder(importlib.abc.MetaPathFinder):
    """Finds ``mlflow.x`` where ``kipu.x`` is."""

    def find_spec(
        self,
        fullname: str,
        path: "Sequence[str] | None" = None,
        target: ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        if not fullname.startswith("mlflow.") or fullname in _OWN:
            return None
        name = "kipu." + fullname.removeprefix("mlflow.")
        spec = importlib.util.find_spec(name)
        if spec is None:
            return None
        return importlib.util.spec_from_loader(fullname, _Alias(name, spec), origin=spec.origin)


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        try:
            value: object = getattr(kipu, name)
        except AttributeError:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
        globals()[name] = value
        return value


def __deepcopy__(memo: object) -> object:  # noqa: N807
    # A module cannot be copied, but what holds it may be.
    return sys.modules[__name__]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


sys.meta_path.insert(0, _Finder())
