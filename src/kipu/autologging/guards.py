"""Keeps errors of autologging out of training, where a library calls it back."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from kipu.autologging.integration import Integration
from kipu.autologging.quiet import muted

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def guarded(
    integration: Integration,
) -> Callable[[Callable[Given, Answer]], Callable[Given, Answer | None]]:
    """Make functions and callback methods that never raise; an error becomes one warning."""

    def decorate(function: Callable[Given, Answer]) -> Callable[Given, Answer | None]:
        @functools.wraps(function)
        def guard(*args: Given.args, **kwargs: Given.kwargs) -> Answer | None:
            try:
                with muted():
                    return function(*args, **kwargs)
            except Exception as error:
                integration.complain(error)
                return None

        return guard

    return decorate
