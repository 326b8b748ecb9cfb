"""Calls back once a library is imported, by whomever."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
import threading
from collections.abc import Callable, Sequence
from types import ModuleType

_lock = threading.RLock()
_waiting: dict[str, list[Callable[[], None]]] = {}


def when_imported(library: str, callback: Callable[[], None]) -> None:
    """Call back now if the module is loaded, else as soon as it is.

    The callback must not raise: it would break the import of a library.

    Args:
        library: Name of a module, such as ``sklearn`` or ``pyspark.ml``.
        callback: Called in the thread that imports.
    """
    with _lock:
        if not _is_loaded(library):
            if _finder not in sys.meta_path:
                sys.meta_path.insert(0, _finder)
            _waiting.setdefault(library, []).append(callback)
            return
    callback()


def _is_loaded(library: str) -> bool:
    module = sys.modules.get(library)
    if module is None:
        return False
    # One that is being imported has not got its functions yet.
    return not getattr(getattr(module, "__spec__", None), "_initializing", False)


class _Finder(importlib.abc.MetaPathFinder):
    """Leaves finding to the others, and wraps the loader that they come with."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in _waiting:
            return None
        for finder in sys.meta_path:
            find = None if finder is self else getattr(finder, "find_spec", None)
            spec = find(fullname, path, target) if find else None
            if spec is not None:
                if spec.loader is not None and hasattr(spec.loader, "exec_module"):
                    spec.loader = _Loader(spec.loader)
                return spec  # type: ignore[no-any-return]
        return None


class _Loader(importlib.abc.Loader):
    """Loads as the library's own loader does, and calls back."""

    def __init__(self, own: importlib.abc.Loader) -> None:
        self._own = own

    def __getattr__(self, name: str) -> object:
        return getattr(self._own, name)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return self._own.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        spec = module.__spec__
        assert spec is not None
        # Whoever looks at the module's loader from now on sees its own.
        spec.loader = self._own
        module.__loader__ = self._own
        self._own.exec_module(module)
        # One that is called may wait for more of the same library, which is not quite there yet.
        while callbacks := _taken(spec.name):
            for callback in callbacks:
                callback()


def _taken(library: str) -> list[Callable[[], None]]:
    with _lock:
        return _waiting.pop(library, [])


_finder = _Finder()
