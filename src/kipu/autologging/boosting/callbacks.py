"""A callback more for a training, wherever the caller put his own."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any


def with_callback(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    callback: Any,
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments of a training, with a callback before those that it has.

    The caller's own list stays as it is.

    Args:
        function: Has an argument ``callbacks``.
        args: The positional arguments.
        kwargs: The others.
        callback: The first to be called after a round, since one that stops the training may
            keep those after it from being called.
    """
    place = list(inspect.signature(function).parameters).index("callbacks")
    if place < len(args):
        own = args[place]
        given = [callback, *(own or ())]
        return (*args[:place], given, *args[place + 1 :]), kwargs
    return args, kwargs | {"callbacks": [callback, *(kwargs.get("callbacks") or ())]}
