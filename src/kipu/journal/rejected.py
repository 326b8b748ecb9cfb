"""Keeps what a store refused for good, as a journal that can be put back and sent again."""

from __future__ import annotations

import glob
import os
from pathlib import Path
from typing import TYPE_CHECKING

from kipu.journal.file import JournalFile, random_writer
from kipu.journal.records import (
    NOTE,
    POINT_BODY,
    POINT_MARK,
    RUN,
    SERIES,
    SUFFIX,
    Header,
    intact,
    read_texts,
    sealed,
    text_record,
)

if TYPE_CHECKING:
    from kipu.journal.appender import Batch

FOLDER = "rejected"


def set_aside(source: JournalFile, batch: Batch, error: Exception) -> Path:
    """Write a refused batch, with the reason, into a journal of its own under ``rejected/``.

    A batch that is there already (the process died before it could say so) is left alone.

    Raises:
        OSError: It cannot be written.
    """
    run = "".join(c if c.isalnum() or c in "-_" else "_" for c in batch.run_id[:128])
    path = source.path.parent / FOLDER / f"{run}-{source.header.writer:016x}{SUFFIX}"
    path.parent.mkdir(exist_ok=True)
    name = f"{batch.writer:016x} {batch.seq}"
    fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
    # A writer id of its own: under the old one, stores may already have counted past this batch.
    origin = source.header
    header = Header(random_writer(), origin.created, origin.boot, origin.target)
    file = JournalFile(fd, path, header, 0)
    try:
        content = file.read(0, os.fstat(fd).st_size)
        there = _Content(content)
        file.size = there.end
        file.cut()
        if name not in there.notes:
            head = b"" if content else header.encode()
            file.append(head + there.records(batch, name, f"{type(error).__name__}: {error}"))
            os.fsync(fd)
    finally:
        file.close()
    return path


class _Content:
    """What the file of a run's refused points holds already: notes, and numbers of names."""

    def __init__(self, content: bytes) -> None:
        self.notes: set[str | None] = set()
        self._runs: dict[str | None, int] = {}
        self._series: dict[tuple[str | None, ...], int] = {}
        view = memoryview(content)
        self.end = Header.decode(content).size if content else 0
        for at, size, kind in intact(view, self.end) if content else ():
            if kind in (NOTE, RUN, SERIES):
                number, texts = read_texts(view, at)
                if kind == NOTE:
                    self.notes.add(texts[0])
                elif kind == RUN:
                    self._runs[texts[0]] = number
                else:
                    self._series[tuple(texts)] = number
            self.end = at + size

    def records(self, batch: Batch, name: str, reason: str) -> bytes:
        """The batch as records, behind a note that tells which it is and why it was refused."""
        points = batch.points
        records = [text_record(NOTE, 0, [name, reason])]
        run = self._runs.setdefault(batch.run_id, len(self._runs))
        records.append(text_record(RUN, run, [batch.run_id]))
        numbers = [self._series.setdefault(tuple(one), len(self._series)) for one in points.series]
        records += [
            text_record(SERIES, number, one)
            for number, one in zip(numbers, points.series, strict=True)
        ]
        columns = (points.index, points.step, points.timestamp, points.value)
        for index, step, time, value in zip(*(one.tolist() for one in columns), strict=True):
            body = POINT_BODY.pack(POINT_MARK, run, numbers[index], step, time, value)
            records.append(sealed(body))
        return b"".join(records)


def discard(folder: Path, run_id: str) -> None:
    """Remove what stores have refused for a run that is gone for good."""
    for path in (folder / FOLDER).glob(f"{glob.escape(run_id)}-*{SUFFIX}"):
        path.unlink(missing_ok=True)
