"""Keeps warnings of libraries away from users where autologging, not the training, caused them."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_log = logging.getLogger(__name__)


class _Muted(threading.local):
    depth = 0


_muted = _Muted()


def _show(message: Warning | str, category: type[Warning], *rest: Any, **more: Any) -> None:
    if _muted.depth > 0:
        _log.debug("%s: %s", category.__name__, message)
    else:
        _shown(message, category, *rest, **more)


_shown = warnings.showwarning


@contextmanager
def muted() -> Iterator[None]:
    """Send this thread's warnings to the debug log; other threads' are shown as ever.

    ``warnings.catch_warnings`` would silence all threads, the training's among them.
    """
    global _shown
    if warnings.showwarning is not _show:
        _shown = warnings.showwarning
        warnings.showwarning = _show
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
