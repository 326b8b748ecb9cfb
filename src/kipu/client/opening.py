"""The stores that this process has open, one ``Tracking`` for each."""

from __future__ import annotations

import os
import threading

from kipu.blobs.open import close_connections
from kipu.client.stores import absolute
from kipu.client.tracking import Tracking
from kipu.environment_variables import KIPU_EXIT_TIMEOUT
from kipu.journal.lifecycle import finish
from kipu.store.open import locate

_open: dict[str, Tracking] = {}
_known: dict[str, Tracking] = {}
_opening = threading.Lock()


def open_tracking(uri: str) -> Tracking:
    """The store of a URI, with its journal; one for each process.

    Raises:
        InvalidParameter: The URI names no store.
    """
    tracking = _known.get(uri)
    if tracking is None:
        place = locate(uri)
        with _opening:
            tracking = _open.get(absolute(place))
            if tracking is None:
                tracking = _open[absolute(place)] = Tracking(place)
            # A relative path means another place in another working directory.
            if place.kind == "http" or (place.kind == "folder" and "://" in uri):
                _known[uri] = tracking
    return tracking


def open_trackings() -> list[Tracking]:
    """All that this process opened."""
    return list(_open.values())


def close_all(timeout_s: float | None = None) -> None:
    """Finish what was accepted and let go of everything; it opens again with the next use.

    Args:
        timeout_s: How long a store may take nothing before its points are left in the journal;
            ``KIPU_EXIT_TIMEOUT`` if None.
    """
    for tracking in open_trackings():
        tracking.settle()
    finish(timeout_s)
    _known.clear()
    while _open:
        _, tracking = _open.popitem()
        tracking.close(KIPU_EXIT_TIMEOUT.get() if timeout_s is None else timeout_s)
    close_connections()


def _after_fork() -> None:
    global _opening
    _opening = threading.Lock()  # another thread of the parent may have held it
    for tracking in _open.values():
        tracking.after_fork()


os.register_at_fork(after_in_child=_after_fork)
