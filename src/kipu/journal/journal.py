"""The journal of one process for one store: what ``log_metric`` calls."""

from __future__ import annotations

import os
import struct
import threading
import time
import zlib

from kipu.journal.notices import warn
from kipu.journal.records import POINT_BODY, POINT_MARK, POINT_SIZE, misfit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from kipu.environment_variables import Setting
    from kipu.journal.appender import Appender
    from kipu.journal.direct import DirectSender
    from kipu.journal.segment import Name, Segment
    from kipu.journal.writer import Writer

SEGMENT_BYTES = 16 << 20
_FULL_WAIT_S = 1.0
_REST_S = 2.0

_pack, _crc, _write = POINT_BODY.pack, zlib.crc32, os.write


def _chosen(setting: Setting[str], *choices: str) -> str:
    value = setting.get()
    if value not in choices:
        from kipu.exceptions import InvalidParameter  # noqa: PLC0415 (not at import)

        raise InvalidParameter(f"{setting.name} is {value!r}, not {' or '.join(choices)}.")
    return value


class _Unopened:
    """Stands where a segment will be: knows no name, so that the first call takes the slow way."""

    runs: dict[str, int] = {}  # noqa: RUF012 (never written)
    series: dict[Name, int] = {}  # noqa: RUF012
    shapes: dict[tuple[str, ...], object] = {}  # noqa: RUF012


_UNOPENED: Segment = _Unopened()  # type: ignore[assignment]


class Journal:
    """Takes points from any thread, and sees to it that the store gets each exactly once.

    Nothing is opened before the first point.

    Args:
        folder: Where the files lie; shared with other processes and other journals.
        appender: Gives the store; called on the writer's thread.
        target: The store's URI, for messages and for ``kipu sync``.
    """

    def __init__(self, folder: Path, appender: Callable[[], Appender], target: str) -> None:
        self.folder, self.target = folder.absolute(), target
        self._appender = appender
        self._reset()

    def _reset(self) -> None:
        # Reentrant: a signal handler may log while the main thread is in the middle of ``log``.
        self._lock = threading.RLock()
        self._moved = threading.Condition(self._lock)
        self._segment = _UNOPENED
        self._writer: Writer | None = None
        self._paused: Writer | None = None
        self._direct: DirectSender | None = None
        self._told_limit = False
        self._refused: dict[str, Exception] = {}

    def log(self, run_id: str, key: str, value: float, step: int, timestamp: int) -> None:
        """Log one point; on return it survives the process.

        Raises:
            InvalidParameter: A number does not fit.
            MlflowException: The journal is full and KIPU_JOURNAL_FULL is ``raise``.
        """
        try:
            with self._lock:
                segment = self._segment
                body = _pack(
                    POINT_MARK, segment.runs[run_id], segment.series[key], step, timestamp, value
                )
                if segment.size < segment.quick_until:
                    record = _crc(body).to_bytes(4, "little") + body
                    if _write(segment.fd, record) == POINT_SIZE:
                        segment.size = segment.logged = segment.size + POINT_SIZE
                        return
                    segment.cut()
        except (KeyError, TypeError, OverflowError, struct.error, OSError):
            pass  # a new name, a misfit, a full disk: the slow way finds out which
        self._log_slowly(run_id, (key,), (value,), step, timestamp)

    def log_row(self, run_id: str, metrics: Mapping[str, float], step: int, timestamp: int) -> None:
        """Log one step of many keys, in one write; raises like ``log``."""
        if len(metrics) == 1:
            ((key, value),) = metrics.items()
            self.log(run_id, key, value, step, timestamp)
            return
        keys = tuple(metrics)
        try:
            with self._lock:
                segment = self._segment
                shape = segment.shapes[keys]
                run = segment.runs[run_id]
                body = shape.pack(shape.mark, run, shape.number, step, timestamp, *metrics.values())
                if segment.size < segment.quick_until:
                    record = _crc(body).to_bytes(4, "little") + body
                    if _write(segment.fd, record) == len(record):
                        segment.size = segment.logged = segment.size + len(record)
                        return
                    segment.cut()
        except (KeyError, TypeError, OverflowError, struct.error, OSError):
            pass
        self._log_slowly(run_id, keys, tuple(metrics.values()), step, timestamp)

    def log_point(
        self,
        run_id: str,
        key: str,
        value: float,
        step: int,
        timestamp: int,
        model_id: str | None = None,
        dataset_name: str | None = None,
        dataset_digest: str | None = None,
    ) -> None:
        """Log one point that belongs to a model or a data set; raises like ``log``."""
        if model_id is None and dataset_name is None and dataset_digest is None:
            self.log(run_id, key, value, step, timestamp)
            return
        name = (key, model_id, dataset_name, dataset_digest)
        self._log_slowly(run_id, (name,), (value,), step, timestamp)

    def _log_slowly(
        self, run_id: str, names: Sequence[Name], values: Sequence[float], step: int, time_ms: int
    ) -> None:
        if not names:
            return
        fault = misfit(values, step, time_ms)
        if fault:
            from kipu.exceptions import InvalidParameter  # noqa: PLC0415 (not at import)

            raise InvalidParameter(fault)
        try:
            with self._lock:
                segment = self._ready()
                if len(names) == 1:
                    segment.add_points(run_id, names, values, step, time_ms)
                else:
                    segment.add_row(run_id, tuple(map(str, names)), values, step, time_ms)
                if self._sync_always:
                    segment.sync()
        except OSError as error:
            from kipu.journal.file import UNWRITABLE  # noqa: PLC0415 (not at import)

            if error.errno not in UNWRITABLE:
                raise
            self._send_directly(error, run_id, names, values, step, time_ms)

    def _ready(self) -> Segment:
        """The segment with room for more; opens the first or the next. The lock is held."""
        if self._writer is not None and self._writer.finished:
            self._forget()
        if self._writer is None:
            self._open()
        segment = self._segment
        while segment.size >= segment.full_at:
            self._next_segment()
            segment = self._segment
        return segment

    def _open(self) -> None:
        from kipu import environment_variables as settings  # noqa: PLC0415 (not at import)
        from kipu.journal import lifecycle  # noqa: PLC0415
        from kipu.journal.writer import Writer  # noqa: PLC0415

        self._limit = settings.KIPU_JOURNAL_LIMIT_BYTES.get()
        self._raise_when_full = _chosen(settings.KIPU_JOURNAL_FULL, "wait", "raise") == "raise"
        self._sync_always = _chosen(settings.KIPU_JOURNAL_SYNC, "second", "always") == "always"
        segment = self._make_segment()
        self._writer = Writer(self._appender, self.target, self._moved, self._sync_always)
        self._add(segment, self._limit)
        lifecycle.opened(self)
        self._writer.start()

    def _make_segment(self) -> Segment:
        from kipu.journal.segment import Segment  # noqa: PLC0415

        return Segment.create(self.folder, self.target)

    def _add(self, segment: Segment, room: int) -> None:
        assert self._writer is not None
        segment.full_at = min(room, SEGMENT_BYTES)
        segment.quick_until = 0 if self._sync_always else segment.full_at
        self._writer.add(segment)
        self._segment = segment

    def _next_segment(self) -> None:
        """Begin another file when all of them may grow; else wait or raise. The lock is held."""
        writer = self._writer
        assert writer is not None
        room = self._limit - writer.unsettled_bytes
        if room > 0:
            self._add(self._make_segment(), room)
            writer.hurry()
            return
        text = (
            f"{writer.unsettled_bytes:,} bytes of metric points wait in {self.folder} since "
            f"{self.target} does not take them, which is what KIPU_JOURNAL_LIMIT_BYTES allows."
        )
        if self._raise_when_full:
            from kipu.exceptions import MlflowException  # noqa: PLC0415

            raise MlflowException(text, "RESOURCE_EXHAUSTED")
        if not self._told_limit:
            self._told_limit = True
            warn(f"{text} Logging goes on when it does.")
        writer.hurry()
        self._moved.wait(_FULL_WAIT_S)
        if writer.finished:
            self._ready()

    def _send_directly(
        self,
        error: OSError,
        run_id: str,
        names: Sequence[Name],
        values: Sequence[float],
        step: int,
        time_ms: int,
    ) -> None:
        """Give points to the store at once, since the disk does not take them."""
        with self._lock:
            if self._direct is None:
                from kipu.journal.direct import DirectSender  # noqa: PLC0415 (NumPy)

                warn(
                    f"The journal in {self.folder} cannot be written ({error.strerror}). Until it "
                    f"can, each metric point goes to {self.target} at once, which is slower."
                )
                writer = self._writer
                self._direct = DirectSender(writer.get_appender() if writer else self._appender())
            direct = self._direct
        direct.send(run_id, names, values, step, time_ms)

    def flush(self, timeout_s: float | None = None, run_id: str | None = None) -> bool:
        """Wait until all that was logged before this call is in the store, or set aside.

        Args:
            timeout_s: How long to wait; without end if None.
            run_id: Wait for the points of this run only. Files are sent in order, so today this
                waits for what other runs logged before them too.

        Returns:
            False when the time is over.
        """
        with self._lock:
            writer, segment = self._writer, self._segment
            if writer is None:
                return True
            logged = segment.base + segment.logged
        return writer.wait(logged, timeout_s)

    @property
    def pending(self) -> int:
        """How many points neither are in the store nor were set aside."""
        writer = self._writer
        return 0 if writer is None else writer.pending()

    def raise_rejected(self, run_id: str) -> None:
        """Raise, once, what the store said when it refused points of this run.

        Raises:
            MlflowException: The store's error, if there is one.
        """
        with self._lock:
            if self._writer is not None:
                self._collect(self._writer)
            error = self._refused.pop(run_id, None)
        if error is not None:
            raise error

    def _collect(self, writer: Writer) -> None:
        self._refused = writer.take_refusals() | self._refused

    def close(self, timeout_s: float) -> int:
        """Flush, and let go of the files; a later call of ``log`` opens new ones.

        Returns:
            How many points still wait in the files, for the next process or ``kipu sync``.
        """
        until = time.monotonic() + timeout_s
        self.flush(timeout_s)
        with self._lock:
            writer = self._writer
            if writer is None:
                return 0
            waiting = writer.pending()
            self._forget()
        writer.stop(until - time.monotonic())
        return waiting

    def _forget(self) -> None:
        from kipu.journal import lifecycle  # noqa: PLC0415

        if self._writer is not None:
            self._collect(self._writer)
        self._writer, self._segment = None, _UNOPENED
        lifecycle.closed(self)

    @property
    def progress(self) -> int:
        """A number that grows while the store takes points: tells slow from unreachable."""
        return 0 if self._writer is None else self._writer.progress

    def before_fork(self) -> None:
        """In a parent: let the writer's thread come to rest, for a moment."""
        writer = self._writer
        self._paused = writer if writer is not None and writer.pause(_REST_S) else None

    def after_fork_in_parent(self) -> None:
        """In a parent: let the writer's thread go on."""
        writer, self._paused = self._paused, None
        if writer is not None:
            writer.resume()

    def after_fork_in_child(self) -> None:
        """In a child: leave the parent's files to the parent, and begin anew at the next point."""
        writer = self._writer
        self._reset()
        if writer is not None:
            writer.abandon()
