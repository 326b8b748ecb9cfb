"""Which variables of the environment code reads."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from kipu.environment_variables import MLFLOW_RECORD_ENV_VARS_IN_MODEL_LOGGING

_kind: Any = type(os.environ)
_getitem, _get = _kind.__getitem__, _kind.get
_watchers: list[set[str]] = []
_lock = threading.Lock()


@contextmanager
def watching(read: set[str]) -> Iterator[None]:
    """Note the names of the variables that are read in the block, and are set.

    What other threads read meanwhile is noted as well. MLFLOW_RECORD_ENV_VARS_IN_MODEL_LOGGING
    switches it off.
    """
    if not MLFLOW_RECORD_ENV_VARS_IN_MODEL_LOGGING.get():
        yield
        return
    with _lock:
        _watchers.append(read)
        _kind.__getitem__, _kind.get = _noted_getitem, _noted_get
    try:
        yield
    finally:
        with _lock:
            # By identity: two sets may be equal.
            _watchers[:] = [one for one in _watchers if one is not read]
            if not _watchers:
                _kind.__getitem__, _kind.get = _getitem, _get


def _noted_getitem(self: Mapping[str, str], key: str) -> Any:
    value = _getitem(self, key)
    _note(key)
    return value


def _noted_get(self: Mapping[str, str], key: str, default: Any = None) -> Any:
    if key in self:
        _note(key)
    return _get(self, key, default)


def _note(key: str | bytes) -> None:
    name = os.fsdecode(key)  # os.environb is of the same kind
    for read in _watchers:
        read.add(name)
