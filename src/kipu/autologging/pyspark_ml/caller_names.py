"""The name that the caller's code has for a value."""

from __future__ import annotations

import inspect
import sys
from types import FrameType
from typing import Any


def name_of(value: Any, otherwise: str) -> str:
    """The variable that holds a value in the outermost code that hands it on.

    Args:
        value: Compared by identity.
        otherwise: The answer where no variable there holds it.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and str(frame.f_globals.get("__name__")).startswith(
        ("kipu.", "contextlib")
    ):
        frame = frame.f_back
    while frame is not None:
        given = inspect.getargvalues(frame)
        values = [given.locals.get(name) for name in given.args]
        values += given.locals.get(given.varargs, ()) if given.varargs else ()
        values += given.locals.get(given.keywords, {}).values() if given.keywords else ()
        if not any(one is value for one in values):
            return next((name for name, one in frame.f_locals.items() if one is value), otherwise)
        frame = frame.f_back
    return otherwise
