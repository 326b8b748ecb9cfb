"""Group commit: writes that arrive together share one transaction."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from kipu.store.sql.connections import Connections, quiet_on_fork

T = TypeVar("T")
Work = Callable[[sa.Connection], T]

BUSY_TIMEOUT_S = 30
"""How long a write waits for the write of another process."""

_BATCH = 128
"""Most writes of one transaction."""

_APPOINTED = 0
"""In place of a thread's number: the next leader was woken, and is not here yet."""


def after_commit(db: sa.Connection, hook: Callable[[], object]) -> None:
    """Call ``hook`` once the write that runs on ``db`` is committed, and not if it is undone."""
    db.info.setdefault("after_commit", []).append(hook)


class _Job:
    __slots__ = ("_gate", "error", "result", "settled", "work")

    def __init__(self, work: Work[Any]) -> None:
        self.work = work
        self.result: Any = None
        self.error: BaseException | None = None
        self.settled = False
        self._gate = threading.Lock()
        self._gate.acquire()

    def wait(self) -> None:
        self._gate.acquire()

    def wake(self) -> None:
        self._gate.release()

    def settle(self, error: BaseException | None = None) -> None:
        self.error = self.error or error
        self.settled = True


class Writer:
    """Runs writes one transaction at a time, each for all that wait.

    There is no thread of its own: who finds nobody writing leads, and writes its own job at once;
    who comes meanwhile waits, and the first of them leads the next transaction with all the others
    in it. A lone writer so pays for no hop between threads, and many share one commit.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._reset()
        quiet_on_fork(self)

    def _reset(self) -> None:
        self._mutex = threading.Lock()
        self._queue: list[_Job] = []
        self._leader: int | None = None

    def run(self, work: Work[T]) -> T:
        """Run ``work`` in a transaction and return its result once it is committed.

        ``work`` may run on another thread, and may run again if the transaction was broken off.

        Raises:
            Whatever ``work`` raised; its changes are undone, those of others are not.
        """
        me = threading.get_ident()
        if self._leader == me:
            raise RuntimeError("A write must not start another write.")
        job = _Job(work)
        try:
            if not self._enter(job, me):
                job.wait()
            if not job.settled:
                self._lead(job, me)
        except BaseException:  # an interrupt, which must not take the lead along
            self._leave(job, me)
            raise
        if job.error is not None:
            raise job.error
        return cast(T, job.result)

    def _enter(self, job: _Job, me: int) -> bool:
        """Take the lead, or a place in the queue."""
        with self._mutex:
            if self._leader is None:
                self._leader = me
                return True
            self._queue.append(job)
            return False

    def _leave(self, job: _Job, me: int) -> None:
        with self._mutex:
            queued = job in self._queue
            if queued:
                self._queue.remove(job)
            appointed = self._leader == _APPOINTED and not queued and not job.settled
            leads = appointed or self._leader == me
        if leads:
            self._appoint()

    def _lead(self, job: _Job, me: int) -> None:
        with self._mutex:
            self._leader = me
            batch = [job, *self._queue[: _BATCH - 1]]
            del self._queue[: _BATCH - 1]
        try:
            self._transact(batch)
        finally:
            job.settled = True  # by its result, or by what is being raised
            others = [other for other in batch if other is not job]
            with self._mutex:
                # Broken off by an interrupt: nobody was answered, so the others try again.
                self._queue[:0] = [other for other in others if not other.settled]
            self._appoint()
            for other in others:
                if other.settled:
                    other.wake()

    def _appoint(self) -> None:
        """Hand the lead to the first that waits."""
        with self._mutex:
            heir = self._queue.pop(0) if self._queue else None
            # Not free while an heir is on its way, so that nobody overtakes it.
            self._leader = None if heir is None else _APPOINTED
        if heir is not None:
            heir.wake()

    def _transact(self, batch: list[_Job], patient: bool = True) -> None:
        db = self._connections.borrow()
        hooks: list[Callable[[], object]] = db.info.setdefault("after_commit", [])
        hooks.clear()
        healthy = False
        try:
            _begin(db, patient)
            if len(batch) == 1:
                batch[0].result = batch[0].work(db)
            else:
                for job in batch:
                    _attempt(db, job, hooks)
            db.commit()
            healthy = True
            for job in batch:
                job.settle()
            for hook in hooks:
                hook()
        except Exception as error:
            for job in batch:
                job.settle(error)
        finally:
            if not healthy:
                healthy = _undo(db)
            self._connections.give_back(db, broken=not healthy)

    def run_if_free(self, work: Work[None]) -> bool:
        """``run``, unless somebody else is writing, in this process or another; whether it ran."""
        with self._mutex:
            if self._leader is not None:
                return False
            self._leader = threading.get_ident()
        job = _Job(work)
        try:
            self._transact([job], patient=False)
        finally:
            self._appoint()
        return job.error is None

    def before_fork(self) -> None:
        """Nothing to do: ``Connections`` waits for the transaction that runs."""

    def after_fork(self, in_child: bool) -> None:
        """The child has none of the threads that wait here."""
        if in_child:
            self._reset()


def _begin(db: sa.Connection, patient: bool) -> None:
    """Begin to write; without patience, fail at once where another process writes."""
    if patient:
        db.exec_driver_sql("BEGIN IMMEDIATE")
        return
    connection: Any = db.connection.dbapi_connection
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        db.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1000}")


def _attempt(db: sa.Connection, job: _Job, hooks: list[Callable[[], object]]) -> None:
    """Run one of several jobs so that its failure leaves the others alone."""
    before = len(hooks)
    db.exec_driver_sql("SAVEPOINT job")
    try:
        job.result = job.work(db)
    except Exception as error:
        db.exec_driver_sql("ROLLBACK TO job")
        del hooks[before:]
        job.error = error
    db.exec_driver_sql("RELEASE job")


def _undo(db: sa.Connection) -> bool:
    """Roll back; whether the connection can be used again."""
    try:
        db.rollback()
    except sa.exc.SQLAlchemyError:
        return False
    return True
