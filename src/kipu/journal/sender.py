"""Sends one journal file round by round, exactly once; the argument is in ``kipu.journal``."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from kipu.exceptions import MlflowException
from kipu.journal import rejected
from kipu.journal.appender import Appender, Batch
from kipu.journal.columns import Tables, decode, find
from kipu.journal.file import JournalFile, random_writer
from kipu.series.points import Points

CHUNK = 1 << 19

# Statuses of the 400s that may pass: time-outs, conflicts, too many requests, cancelled calls.
_PASSING = frozenset({408, 409, 425, 429, 499})
_DEFECTS = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)
DEFECT_TRIES = 5


class Refusal(NamedTuple):
    """A batch that the store will never take, and where its points were put."""

    run_id: str
    error: Exception
    path: Path
    points: int


def never_succeeds(error: Exception, tries: int) -> bool:
    """Whether sending the same again is useless; ``tries`` is how often it was sent."""
    if isinstance(error, MlflowException):
        status = error.get_http_status_code()
        return 400 <= status < 500 and status not in _PASSING
    # A defect of ours may hit one batch for ever; it must not dam up all the others.
    return isinstance(error, _DEFECTS) and tries >= DEFECT_TRIES


class Sender:
    """Cuts a file into rounds and rounds into batches.

    ``done``: all before it is in the store. ``in_doubt``: the file does not say so yet.

    Args:
        file: The file.
        mark: Writes a round's begin and end into the file, safely against other writers.
    """

    def __init__(self, file: JournalFile, mark: Callable[[int, int], None]) -> None:
        self.file, self._mark = file, mark
        self.done = file.header.size
        self._tables = Tables()
        self._seqs: dict[tuple[str, int], int] = {}
        self._spare_writer = 0
        self.in_doubt = False

    def open_round(self, data: bytes, end: int | None = None) -> tuple[list[Batch], int]:
        """Write down that the points of ``data``, read at ``done``, go out now.

        Returns their batches and where they end; ``end`` says so where bytes were left out.
        """
        parts, size = decode(data, self._tables)
        end = self.done + size if end is None else end
        if not parts:
            return [], end
        writer = self.file.header.writer
        self.in_doubt = True
        try:
            self._mark(self.done, end)
        except OSError:
            # No space for 40 bytes. To wait for some would keep the file, and the disk, full. A
            # replay would cut the rounds elsewhere, so they go out under another writer id: then
            # a crash may repeat points (exact duplicates, which stores drop), but never lose one.
            writer = self._spare_writer = self._spare_writer or random_writer()
        return self._numbered(parts, writer), end

    def repeat_round(self, data: bytes) -> list[Batch]:
        """The batches of a round that the file says was begun."""
        return self._numbered(decode(data, self._tables)[0], self.file.header.writer)

    def learn(self, data: bytes) -> None:
        """Take in the names of bytes whose points were sent outside of a round."""
        find(data, self._tables)

    def _numbered(self, parts: Sequence[tuple[str, Points]], writer: int) -> list[Batch]:
        batches = []
        for run_id, points in parts:
            seq = self._seqs[run_id, writer] = self._seqs.get((run_id, writer), 0) + 1
            batches.append(Batch(run_id, writer, seq, points))
        return batches

    def mark_done(self) -> None:
        """Write down that all before ``done`` is in the store, so that nobody sends it again."""
        self.in_doubt = False
        with contextlib.suppress(OSError):  # then the last round is sent again and ignored
            self._mark(self.done, self.done)

    def deliver(
        self, appender: Appender, batch: Batch, tries: int, keep: bool = True
    ) -> Refusal | None:
        """Send a batch; one that can never succeed is set aside if it is to be kept.

        Raises:
            Exception: The batch may succeed later.
        """
        try:
            appender.append_points(*batch)
        except Exception as error:
            if not never_succeeds(error, tries):
                raise
            path = rejected.set_aside(self.file, batch, error) if keep else self.file.path
            return Refusal(batch.run_id, error, path, len(batch.points))
        return None
