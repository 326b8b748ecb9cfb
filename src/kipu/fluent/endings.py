"""What is still to be written when a run is about to end."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable

_log = logging.getLogger(__name__)
_waiting: dict[str, list[Callable[[], None]]] = {}

os.register_at_fork(after_in_child=_waiting.clear)


def when_run_ends(run_id: str, callback: Callable[[], None]) -> None:
    """Call back once, just before an active run of this process ends.

    Args:
        run_id: The run.
        callback: Writes what it has kept back; its errors are logged.
    """
    _waiting.setdefault(run_id, []).append(callback)


def tell_that_run_ends(run_id: str) -> None:
    """Call everybody back who waits for the end of a run."""
    for callback in _waiting.pop(run_id, ()):
        try:
            callback()
        except Exception as error:
            _log.warning("The last points of the run %s are lost: %s", run_id, error)
