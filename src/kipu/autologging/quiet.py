"""Keeps warnings of libraries away from users where autologging, not the training, caused them."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

_log = logging.getLogger(__name__)


class _Muted(threading.local):
    depth = 0


_muted = _Muted()


def _shown_unless_muted(shown: Callable[..., Any]) -> Callable[..., Any]:
    """What shows warnings as before, but not those of a thread that is muted.

    Each has the one before it for good. Programs put back what they found, as ``catch_warnings``
    and ``logging.captureWarnings`` do, and it is to show warnings as it did then.
    """

    def show(message: Warning | str, category: type[Warning], *rest: Any, **more: Any) -> None:
        if _muted.depth > 0:
            _log.debug("%s: %s", category.__name__, message)
        else:
            shown(message, category, *rest, **more)

    show._is_kipu = True  # type: ignore[attr-defined]
    return show


@contextmanager
def muted() -> Iterator[None]:
    """Send this thread's warnings to the debug log; other threads' are shown as ever.

    ``warnings.catch_warnings`` would silence all threads, the training's among them.
    """
    if not hasattr(warnings.showwarning, "_is_kipu"):
        warnings.showwarning = _shown_unless_muted(warnings.showwarning)
    _muted.depth += 1
    try:
        yield
    finally:
        _muted.depth -= 1


@contextmanager
def unmuted() -> Iterator[None]:
    """Show this thread's warnings again, while the training itself runs."""
    depth, _muted.depth = _muted.depth, 0
    try:
        yield
    finally:
        _muted.depth = depth
