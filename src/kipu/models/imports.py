"""Which modules a piece of work needs: those it imports, and those that these are made of."""

from __future__ import annotations

import builtins
import importlib
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

# MLflow has these loaded before it looks, so what they import in turn does not count.
_OPAQUE = frozenset(
    ["keras", "kipu", "mlflow", "numpy", "pandas", "pydantic", "tensorflow", "yaml"]
)
_CALLABLES = (type, FunctionType, BuiltinFunctionType)
_lock = threading.RLock()  # a model may save another while it predicts


@contextmanager
def recorded_imports() -> Iterator[set[str]]:
    """Record the full names of what this thread imports in the block, loaded already or not.

    What Kipu's own modules import does not count.
    """
    names = set[str]()
    thread = threading.get_ident()

    def note(name: str, importer: Any) -> None:
        if threading.get_ident() == thread and not str(importer).startswith("kipu"):
            names.add(name)

    with _lock:
        import_, import_module = builtins.__import__, importlib.import_module

        def noting_import(
            name: str,
            globals: Any = None,
            locals: Any = None,
            fromlist: Any = (),
            level: int = 0,
        ) -> Any:
            if level == 0:
                note(name, (globals or {}).get("__name__"))
                module = import_(name, globals, locals, fromlist, level)
                for part in fromlist or ():
                    if f"{name}.{part}" in sys.modules:
                        note(f"{name}.{part}", (globals or {}).get("__name__"))
                return module
            return import_(name, globals, locals, fromlist, level)

        def noting_import_module(name: str, package: str | None = None) -> ModuleType:
            if not name.startswith("."):
                note(name, sys._getframe(1).f_globals.get("__name__"))
            return import_module(name, package)

        builtins.__import__ = noting_import
        importlib.import_module = noting_import_module
        try:
            yield names
        finally:
            builtins.__import__, importlib.import_module = import_, import_module


def top_level_modules(names: set[str]) -> set[str]:
    """The top-level modules of these, and of all that they were made with.

    A module that was loaded before is not run again, so what it imported is read off its names.
    """
    tops, seen = set[str](), set[str]()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        top = name.partition(".")[0]
        if name in seen or top.startswith("_") or top in sys.stdlib_module_names:
            continue
        seen.add(name)
        tops.add(top)
        module = sys.modules.get(name)
        if module is None or top in _OPAQUE:
            continue
        waiting += (other for other in _neighbours(module) if other not in seen)
    return tops


def _neighbours(module: ModuleType) -> set[str]:
    found = set[str]()
    for value in list(vars(module).values()):
        # By type alone: some objects warn when they are asked for their class, as torch's do.
        kind = type(value)
        if issubclass(kind, ModuleType):
            # A module that loads late may have no name yet, such as TensorFlow's keras.
            home = ModuleType.__getattribute__(value, "__dict__").get("__name__")
        elif issubclass(kind, _CALLABLES):
            home = getattr(value, "__module__", None)
        else:
            continue
        if isinstance(home, str):
            found.add(home)
    return found
