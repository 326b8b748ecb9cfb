"""Names that the caller's code has for a value."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any


def name_of(value: Any, otherwise: str) -> str:
    """The name of a variable that holds a value where the call came from.

    Functions that were given it as an argument are passed over, so that the name is that of the
    outermost code.

    Args:
        value: Compared by identity.
        otherwise: The answer where there is none.
    """
    if value is None:
        return otherwise
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and _is_kipu(frame):
        frame = frame.f_back
    while frame is not None:
        names = frame.f_locals
        if not any(one is value for one in _arguments(frame, names)):
            return next((name for name, one in names.items() if one is value), otherwise)
        frame = frame.f_back
    return otherwise


def _is_kipu(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__", "")).startswith(("kipu.", "contextlib"))


def _arguments(frame: FrameType, values: dict[str, Any]) -> list[Any]:
    code = frame.f_code
    count = code.co_argcount + code.co_kwonlyargcount
    found = [values[name] for name in code.co_varnames[:count] if name in values]
    if code.co_flags & 4:
        found += values.get(code.co_varnames[count], ())
        count += 1
    if code.co_flags & 8:
        found += dict(values.get(code.co_varnames[count], {})).values()
    return found
