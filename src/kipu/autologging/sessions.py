"""Which patched calls are open in this thread, and whether the thread works for one elsewhere."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Protocol


class OpenCall(Protocol):
    """A patched call that has begun; ``patching.Call`` is one."""

    has_complained: bool


class _Open(threading.local):
    def __init__(self) -> None:
        self.calls: list[OpenCall] = []
        self.paused = 0


_open = _Open()
_lock = threading.Lock()
_GIVERS = ("joblib.", "pyspark.ml.")
_count = 0


def innermost() -> OpenCall | None:
    """The call of this thread that began last, or None."""
    return _open.calls[-1] if _open.calls else None


@contextmanager
def session(call: OpenCall) -> Iterator[None]:
    """Count a call among the open ones."""
    global _count
    _open.calls.append(call)
    with _lock:
        _count += 1
    try:
        yield
    finally:
        _open.calls.pop()
        with _lock:
            _count -= 1


@contextmanager
def paused() -> Iterator[None]:
    """Log nothing of what this thread trains meanwhile."""
    _open.paused += 1
    try:
        yield
    finally:
        _open.paused -= 1


def is_paused() -> bool:
    """Whether this thread is within ``paused``."""
    return _open.paused > 0


def works_for_another() -> bool:
    """Whether this thread was given its work by a training that is open in another thread.

    Threads of joblib and of Spark's searches are told by what is on their stack: there is no other
    trace of who gave them their work, and a thread pool of the user's own may train in parallel.
    """
    if not _count or _open.calls:
        return False
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        if frame.f_globals.get("__name__", "").startswith(_GIVERS):
            return True
        frame = frame.f_back
    return False
