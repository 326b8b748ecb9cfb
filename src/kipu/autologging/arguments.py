"""What a function was called with, defaults included."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from typing import Any


def call_arguments(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    without: Collection[str] = (),
) -> dict[str, Any]:
    """Arguments by name, in the order of the signature, with defaults for those left out.

    Args:
        function: What was called; a bound method or a function, whose ``self`` is left out.
        args: The positional arguments, without ``self``.
        kwargs: The others; those that only ``**kwargs`` takes come last.
        without: Names to leave out.
    """
    parameters = [
        one for one in inspect.signature(function).parameters.values() if one.name != "self"
    ]
    positional = [one for one in parameters if one.kind is not one.VAR_KEYWORD]
    told: dict[str, Any] = {}
    for place, one in enumerate(positional):
        if one.kind is one.VAR_POSITIONAL:
            break
        if place < len(args):
            told[one.name] = args[place]
        elif one.name in kwargs:
            told[one.name] = kwargs[one.name]
        elif one.default is not one.empty:
            told[one.name] = one.default
    told |= {name: value for name, value in kwargs.items() if name not in told}
    return {name: value for name, value in told.items() if name not in without}


def argument(
    function: Callable[..., Any], name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> Any:
    """One argument, its default, or None."""
    return call_arguments(function, args, kwargs).get(name)
