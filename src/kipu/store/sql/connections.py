"""Open connections, each lent to one thread at a time, and none open while the process forks."""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections import Counter
from collections.abc import Callable
from typing import Protocol

import sqlalchemy as sa

_KEPT = 8
"""Idle connections that stay open."""

_FORK_PATIENCE_S = 5.0
"""How long a fork waits for transactions of other threads."""


class Forkable(Protocol):
    """What must be quiet while the process forks."""

    def before_fork(self) -> None: ...  # noqa: D102
    def after_fork(self, in_child: bool) -> None: ...  # noqa: D102


class Connections:
    """The connections of one store, opened on demand and kept for the next borrower.

    SQLite remembers the locks of a process in that process's memory. A child that inherited an open
    connection would believe that it holds its parent's locks, and could lose what it writes. So a
    fork waits for running transactions, closes every connection, and both sides open new ones.
    """

    def __init__(self, connect: Callable[[], sa.Connection]) -> None:
        self._connect = connect
        self._closed = False
        self._reset()
        quiet_on_fork(self)

    def _reset(self) -> None:
        self._changed = threading.Condition()
        self._idle: list[sa.Connection] = []
        self._lent: Counter[int] = Counter()
        self._forking = False

    def borrow(self) -> sa.Connection:
        """A connection outside of any transaction; the thread that took it gives it back."""
        with self._changed:
            while self._forking:
                self._changed.wait()
            self._lent[threading.get_ident()] += 1
            if self._idle:
                return self._idle.pop()
        try:
            return self._connect()
        except BaseException:
            self._settle(None)
            raise

    def give_back(self, db: sa.Connection, *, broken: bool = False) -> None:
        """Return what ``borrow`` gave; a broken connection is closed."""
        if broken or self._closed:
            db.close()
            self._settle(None)
        else:
            self._settle(db)

    def _settle(self, db: sa.Connection | None) -> None:
        with self._changed:
            me = threading.get_ident()
            self._lent[me] -= 1
            if not self._lent[me]:
                del self._lent[me]
            if db is not None and len(self._idle) < _KEPT:
                self._idle.append(db)
                db = None
            if self._forking:
                self._changed.notify_all()
        if db is not None:
            db.close()

    def close(self) -> None:
        """Close what is idle now, and the rest as it comes back."""
        self._closed = True
        self._close_idle()

    def _close_idle(self) -> None:
        with self._changed:
            idle, self._idle = self._idle, []
        for db in idle:
            db.close()

    def before_fork(self) -> None:
        """Lend nothing more, wait for what other threads hold, and close everything."""
        me, deadline = threading.get_ident(), time.monotonic() + _FORK_PATIENCE_S
        with self._changed:
            self._forking = True
            while any(count for thread, count in self._lent.items() if thread != me):
                if not self._changed.wait(max(0.0, deadline - time.monotonic())):
                    break
        self._close_idle()

    def after_fork(self, in_child: bool) -> None:
        """Lend again; the child begins with nothing."""
        if in_child:
            self._reset()
            return
        with self._changed:
            self._forking = False
            self._changed.notify_all()


_forkable: weakref.WeakSet[Forkable] = weakref.WeakSet()


def quiet_on_fork(thing: Forkable) -> None:
    """Have ``before_fork`` and ``after_fork`` of this object called, as long as it lives."""
    _forkable.add(thing)


def _before() -> None:
    for thing in list(_forkable):
        thing.before_fork()


def _after(in_child: bool) -> None:
    for thing in list(_forkable):
        thing.after_fork(in_child)


os.register_at_fork(
    before=_before,
    after_in_parent=lambda: _after(in_child=False),
    after_in_child=lambda: _after(in_child=True),
)
