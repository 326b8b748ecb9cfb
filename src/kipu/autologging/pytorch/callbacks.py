"""A callback of whichever Lightning is there."""

from __future__ import annotations

import importlib
import sys
from functools import cache
from typing import Any

from kipu.autologging.pytorch.library import LIGHTNINGS


class LightningCallback:
    """What derives from this is, once made, a callback of each Lightning that is loaded.

    Lightning refuses callbacks that do not derive from its own class, which must not be imported
    just because Kipu is. So the object gets a class of its own, with these as further bases.

    Raises:
        ModuleNotFoundError: No Lightning is installed.
    """

    _plain: type | None = None

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """An object of a class that has the bases."""
        if cls._plain is None:
            plain: Any = cls
            cls = _joined(plain, _loaded())
        return object.__new__(cls)

    def __reduce__(self) -> Any:
        # Processes that are started to train along get callbacks as pickles.
        return LightningCallback.__new__, (type(self)._plain,), self.__getstate__()


@cache
def _joined(plain: type, bases: tuple[type, ...]) -> type:
    own = {"__module__": plain.__module__, "__doc__": plain.__doc__, "_plain": plain}
    return type(plain.__name__, (plain, *bases), own)


def _loaded() -> tuple[type, ...]:
    found = [name for name in LIGHTNINGS if _is_complete(name)]
    for name in [] if found else LIGHTNINGS:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError:
            continue
        found.append(name)
        break
    if not found:
        raise ModuleNotFoundError(
            "Callbacks for Lightning need the package lightning, or pytorch-lightning.",
            name="lightning",
        )
    return tuple(sys.modules[name].Callback for name in found)


def _is_complete(name: str) -> bool:
    return hasattr(sys.modules.get(name), "Callback")
