"""The background thread that takes a process's journal to the store.

It sleeps, asks how much was logged, and sends that; the time between is spent in C calls of NumPy
and of the store, so training goes on.
"""

from __future__ import annotations

import os
import threading
import time

from kipu.journal.file import UNWRITABLE
from kipu.journal.notices import info, warn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from kipu.journal.appender import Appender, Batch
    from kipu.journal.segment import Segment
    from kipu.journal.sender import Refusal, Sender

TICK_S = 0.25
EARLY_BYTES = 1 << 16
_GLANCE_S = 0.05
_COUNTED_BYTES = 1 << 22
_SYNC_S = 1.0
_FIRST_WAIT_S, _LONGEST_WAIT_S, _URGENT_WAIT_S = 0.25, 60.0, 2.0


class _StoppedError(Exception):
    """The journal was closed while the store was away."""


class Writer:
    """Sends segments in order. ``done`` is the logical offset before which all is settled.

    Args:
        appender: Gives the store; called once, on the writer's thread.
        target: The store's URI, for messages.
        moved: Tells that ``done`` grew; holds the journal's lock, which guards all that is shared.
        sync_always: Whether rounds must reach the disk before they are sent, as points do.
    """

    def __init__(
        self,
        appender: Callable[[], Appender],
        target: str,
        moved: threading.Condition,
        sync_always: bool,
    ) -> None:
        self._make_appender, self._target, self._sync_always = appender, target, sync_always
        self._appender: Appender | None = None
        self._appender_lock = threading.Lock()
        self._moved = moved
        self.segments: list[Segment] = []
        self.done = 0
        self._acknowledged = 0
        self._refusals: dict[str, Exception] = {}
        self._reported: set[str] = set()
        self._wake = threading.Event()
        self._urgent = 0
        self._stopping = False
        self._last_sync = time.monotonic()
        self.finished = False
        self._away = False
        self._sender: Sender | None = None
        self._round: tuple[list[Batch], int] | None = None
        self._thread: threading.Thread | None = None
        # Held while the thread is in the middle of something: who forks waits for it, since a
        # child inherits locks and half-loaded modules, but not the thread that would finish.
        self._busy = threading.Lock()

    # What the journal calls.

    def start(self) -> None:
        """Begin; where no thread can start (the interpreter is ending), ``wait`` does the work."""
        thread = threading.Thread(target=self._work, name="kipu-journal", daemon=True)
        self._busy.acquire()
        try:
            thread.start()
        except RuntimeError:
            self._busy.release()
            return
        self._thread = thread

    def add(self, segment: Segment) -> None:
        """Take over a new segment; the one before it is complete. The lock is held."""
        segment.base = sum(one.size for one in self.segments[-1:]) + (
            self.segments[-1].base if self.segments else self.done
        )
        if not self.segments:
            self.done = segment.base + segment.header.size
        self.segments.append(segment)

    @property
    def progress(self) -> int:
        """A number that grows while the store takes points."""
        return self.done + self._acknowledged

    @property
    def unsettled_bytes(self) -> int:
        """How much disk is taken by segments that still wait; the lock is held."""
        return sum(
            segment.size for segment in self.segments if self.done < segment.base + segment.logged
        )

    def take_refusals(self) -> dict[str, Exception]:
        """The first error of each run that had points refused since the last call."""
        with self._moved:
            taken, self._refusals = self._refusals, {}
            return taken

    def hurry(self) -> None:
        """Work now, not at the next tick."""
        self._wake.set()

    def wait(self, logged: int, timeout_s: float | None) -> bool:
        """Wait until everything before the logical offset ``logged`` is settled."""
        if self.done >= logged:
            return True
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        if self._thread is None:
            return self._work_here(logged, deadline)
        with self._moved:
            self._urgent += 1
            self._wake.set()
            try:
                while self.done < logged and not self.finished:
                    left = None if deadline is None else deadline - time.monotonic()
                    if left is not None and left <= 0:
                        return False
                    self._moved.wait(left)
            finally:
                self._urgent -= 1
            return self.done >= logged

    def pending(self) -> int:
        """How many points are not settled yet."""
        from kipu.journal.columns import Tables, find  # noqa: PLC0415 (NumPy: not at import)

        with self._moved:
            total = -self._acknowledged
            for segment in self.segments:
                begin = max(self.done - segment.base, segment.header.size)
                while begin < segment.logged:
                    end = min(begin + _COUNTED_BYTES, segment.logged)
                    found = find(segment.read(begin, end), Tables())
                    total += found.count
                    begin += found.end
            return total

    def stop(self, timeout_s: float) -> None:
        """End the thread, and let go of the files as soon as it has ended."""
        with self._moved:
            self._stopping = True
            self._wake.set()
        if self._thread is None:
            self._let_go()
        elif self._thread is not threading.current_thread():
            self._thread.join(max(timeout_s, 0.05))

    def pause(self, timeout_s: float) -> bool:
        """Let the thread finish what it does and begin nothing; False when it takes too long."""
        return self._busy.acquire(timeout=timeout_s)

    def resume(self) -> None:
        """Let the thread go on."""
        self._busy.release()

    def abandon(self) -> None:
        """In a forked child: forget the parent's files without a trace.

        They are closed, since an orphan is known by its lock, and the lock lives as long as any
        copy of the descriptor; they are not unlocked, since that would unlock the parent's too.
        """
        for segment in self.segments:
            segment.close()
        self.segments = []

    def get_appender(self) -> Appender:
        """The store, opened on first use."""
        with self._appender_lock:
            if self._appender is None:
                self._appender = self._make_appender()
            return self._appender

    # The thread.

    def _work(self) -> None:
        try:
            from kipu.journal import sender  # noqa: F401, PLC0415 (NumPy: on this thread, and now)
        finally:
            self._busy.release()
        try:
            self._loop()
        except _StoppedError:
            pass
        finally:
            self._let_go()

    def _loop(self) -> None:
        first_seen, pause = 0.0, TICK_S
        while True:
            asked = self._wake.wait(pause)
            self._wake.clear()
            now = time.monotonic()
            backlog = self._backlog()
            if backlog and not first_seen:
                first_seen = now - pause
            with self._busy:
                if backlog and (
                    asked or self._urgent or backlog >= EARLY_BYTES or now - first_seen >= TICK_S
                ):
                    self._drain()
                    first_seen = 0.0
                elif not backlog and not self._stopping:
                    self._mark_idle()
                self._sync_if_due()
            if self._stopping:
                return
            pause = _GLANCE_S if backlog else TICK_S

    def _work_here(self, logged: int, deadline: float | None) -> bool:
        with self._busy:
            while self.done < logged and not self.finished:
                try:
                    self._drain(deadline)
                except _StoppedError:
                    break
            return self.done >= logged

    def _backlog(self) -> int:
        with self._moved:
            return self.segments[-1].base + self.segments[-1].logged - self.done

    def _drain(self, deadline: float | None = None) -> None:
        """Send what was logged before this call."""
        with self._moved:
            goal = self.segments[-1].base + self.segments[-1].logged
        while self.done < goal:
            self._send_round(self.segments[0], deadline)

    def _send_round(self, segment: Segment, deadline: float | None) -> None:
        from kipu.journal.sender import CHUNK, Sender  # noqa: PLC0415 (NumPy)

        if self._sender is None or self._sender.file is not segment:
            self._sender = Sender(segment, lambda begin, end: self._mark(segment, begin, end))
        sender = self._sender
        if self._round is None:  # else it was interrupted, and must go on as it was begun
            with self._moved:
                logged = segment.logged
            size, end = CHUNK, sender.done
            self._round = [], end
            while end == sender.done < logged:  # a chunk smaller than one record is doubled
                data = segment.read(sender.done, min(sender.done + size, logged))
                self._round = _, end = sender.open_round(data)
                size *= 2
        batches, end = self._round
        self._deliver(sender, batches, deadline)
        self._round = None
        sender.done = end
        self._settle(segment, end)

    def _mark(self, segment: Segment, begin: int, end: int) -> None:
        with self._moved:
            segment.mark(begin, end)
            if self._sync_always:
                segment.sync()

    def _settle(self, segment: Segment, end: int) -> None:
        with self._moved:
            self.done, self._acknowledged = segment.base + end, 0
            is_over = end >= segment.logged and segment is not self.segments[-1]
            if is_over:
                self.segments.remove(segment)
                following = self.segments[0]
                self.done = max(self.done, following.base + following.header.size)
            self._moved.notify_all()
        if is_over:
            segment.remove()  # takes its time, so not under the lock

    def _deliver(self, sender: Sender, batches: list[Batch], deadline: float | None) -> None:
        """Send all batches of a round, over and over, until each is taken or refused."""
        tries = 0
        while batches:
            batch = batches[0]
            tries += 1
            try:
                refusal = sender.deliver(self.get_appender(), batch, tries)
            except Exception as error:
                # The next one goes first: a batch that a server chokes on does not hold up others.
                batches.append(batches.pop(0))
                self._back_off(error, tries, deadline)
                continue
            self._back()
            tries = 0
            batches.pop(0)
            with self._moved:
                self._acknowledged += len(batch.points)
                if refusal:
                    self._report(refusal)

    def _report(self, refusal: Refusal) -> None:
        # Without its traceback, which would keep the batch in memory.
        self._refusals.setdefault(refusal.run_id, refusal.error.with_traceback(None))
        if refusal.run_id not in self._reported:
            self._reported.add(refusal.run_id)
            warn(
                f"{self._target} refused {refusal.points:,} metric points of run {refusal.run_id}: "
                f"{refusal.error} They are kept in {refusal.path}."
            )

    def _back_off(self, error: Exception, tries: int, deadline: float | None) -> None:
        if not self._away:
            self._away = True
            warn(
                f"{self._target} does not take metric points now ({error}). They wait in "
                f"{self.segments[0].path.parent} and are sent as soon as it does."
            )
        longest = min(_FIRST_WAIT_S * 2 ** min(tries - 1, 10), _LONGEST_WAIT_S)
        until = time.monotonic() + longest * (0.5 + os.urandom(1)[0] / 512)
        if self._urgent:  # somebody waits: ask more often, and at once when they begin to
            until = min(until, time.monotonic() + _URGENT_WAIT_S)
        if deadline is not None:
            until = min(until, deadline)
        woken = self._stopping
        while not woken and (left := until - time.monotonic()) > 0:
            self._busy.release()
            woken = self._wake.wait(min(left, _SYNC_S))
            self._busy.acquire()
            self._sync_if_due()  # now more than ever: what waits is nowhere else
        self._wake.clear()
        if self._stopping or (deadline is not None and time.monotonic() >= deadline):
            raise _StoppedError

    def _back(self) -> None:
        if self._away:
            self._away = False
            info(f"{self._target} takes metric points again.")

    def _sync_if_due(self) -> None:
        now = time.monotonic()
        if now - self._last_sync < _SYNC_S:
            return
        self._last_sync = now
        with self._moved:
            segments = [one for one in self.segments if one.synced < one.size]
            sizes = [one.size for one in segments]
        for segment, size in zip(segments, sizes, strict=True):
            try:
                # Not under the lock: this is the one call here that may take long.
                os.fsync(segment.fd)
                segment.synced = size
            except OSError as error:
                if error.errno not in UNWRITABLE:
                    raise

    def _mark_idle(self) -> None:
        """Note once that nothing is left, so that a crash from here on repeats nothing."""
        if self._sender is not None and self._sender.in_doubt:
            self._sender.mark_done()

    def _let_go(self) -> None:
        """Remove what is settled, leave what waits; both are unlocked."""
        with self._moved:
            for segment in self.segments:
                if self.done >= segment.base + segment.logged:
                    segment.remove()
                else:
                    segment.close()
            self.finished = True
            self._moved.notify_all()
