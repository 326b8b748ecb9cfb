"""Replay of journals whose process is gone."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from kipu.journal.appender import Appender, Batch
from kipu.journal.columns import Tables, find
from kipu.journal.file import UNFINISHED, JournalFile, boot_id
from kipu.journal.notices import warn
from kipu.journal.records import ROUND, SUFFIX, intact, read_round
from kipu.journal.sender import CHUNK, Sender

_left_alone: set[Path] = set()


class Recovered(NamedTuple):
    """What a recovery did: points sent, files finished and removed, points that still wait.

    ``reason`` is the error that made the first of them wait.
    """

    points: int
    files: int
    left: int
    reason: Exception | None = None


class Orphan(NamedTuple):
    """A journal whose process is gone, the store that it was for, and the points in it."""

    path: Path
    target: str
    points: int


def recover(folder: Path, appender: Appender, target: str | None = None) -> Recovered:
    """Send what dead processes left in a folder; those alive are left alone.

    Harmless at any time and from many processes at once: a file is worked on under its lock.

    Args:
        folder: Where journals lie; need not exist.
        appender: The store.
        target: Only journals for this URI; all if None.
    """
    points, files, left = 0, 0, 0
    reason: Exception | None = None
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        with _Content.open(path) as content:
            if content is None or target not in (None, content.file.header.target):
                continue
            replay = _Replay(content)
            if reason is None:
                reason = replay.run(appender)
            points += replay.sent
            if replay.left:
                left += replay.left
            else:
                files += 1
                content.file.remove()
    _sweep(folder)
    return Recovered(points, files, left, reason)


def waiting(folder: Path) -> list[Orphan]:
    """The journals that ``recover`` would send, oldest first; nothing is changed."""
    orphans = []
    for path in folder.glob(f"*{SUFFIX}"):
        with _Content.open(path) as content:
            if content is not None:
                header = content.file.header
                orphans.append((header.created, Orphan(path, header.target, content.unsettled())))
    return [orphan for _, orphan in sorted(orphans)]


def _sweep(folder: Path) -> None:
    """Remove files whose process died while it made them; nothing is in them."""
    for path in folder.glob(f"*{UNFINISHED}"):
        try:
            file = JournalFile.adopt(path)
        except ValueError:
            path.unlink(missing_ok=True)
        else:
            if file is not None:
                file.remove()


class _Content:
    """A dead process's file, read whole: where it is intact, and which rounds it tells of."""

    def __init__(self, file: JournalFile) -> None:
        self.file = file
        self._data = file.read(0, file.size)
        self._stretches: list[tuple[int, int]] = []
        self.rounds: list[tuple[int, int]] = []
        begin = end = file.header.size
        view = memoryview(self._data)
        for at, size, kind in intact(view, end):
            if at != end or end - begin >= CHUNK:
                self._stretches.append((begin, end))
                begin = at
            end = at + size
            if kind == ROUND:
                self.rounds.append(read_round(view, at))
        self._stretches.append((begin, end))
        self.end = end

    @classmethod
    @contextlib.contextmanager
    def open(cls, path: Path) -> Iterator[_Content | None]:
        """The content of an orphan, locked; None if it is none, or nothing that can be read."""
        try:
            file = JournalFile.adopt(path)
        except (ValueError, OSError) as error:
            # Once: a server looks every few seconds.
            if path not in _left_alone:
                _left_alone.add(path)
                warn(f"{path} is left alone: {error}.")
            file = None
        if file is None:
            yield None
            return
        try:
            yield cls(file)
        finally:
            file.close()

    def between(self, begin: int, end: int) -> bytes:
        """What is intact between two offsets."""
        parts = [
            self._data[max(start, begin) : min(stop, end)]
            for start, stop in self._stretches
            if start < end and stop > begin
        ]
        return b"".join(parts)

    def chunks(self, begin: int) -> Iterator[tuple[bytes, int]]:
        """What is intact from an offset on, in pieces, and where each ends."""
        for start, stop in self._stretches:
            if stop > begin:
                yield self._data[max(start, begin) : stop], stop

    @property
    def in_doubt(self) -> int:
        """Where the last round begins: all before it is in the store."""
        return self.rounds[-1][0] if self.rounds else self.file.header.size

    def unsettled(self) -> int:
        """How many points may not be in the store."""
        return find(self.between(self.in_doubt, self.end), Tables()).count


class _Replay:
    """Sends an orphan: first the rounds that its owner began, then the rest in new ones."""

    def __init__(self, content: _Content) -> None:
        self._content = content
        self._sender = Sender(content.file, content.file.mark)
        self.sent = 0
        self.left = content.unsettled()

    def run(self, appender: Appender) -> Exception | None:
        """Send it all; what stands in the way is returned, and the file can be replayed again."""
        content, sender = self._content, self._sender
        # A torn last record is cut off, since rounds are written behind it.
        content.file.size = content.end
        content.file.cut()
        content.file.rounds = len(content.rounds)
        try:
            for batches, settled in self._begun():
                self._deliver(appender, batches, settled)
            for data, end in content.chunks(sender.done):
                batches, _ = sender.open_round(data, end)
                self._deliver(appender, batches, settled=False)
                sender.done = end
        except Exception as error:  # whatever it is, nothing is lost: the file stays
            return error
        self.left = 0
        return None

    def _begun(self) -> Iterator[tuple[list[Batch], bool]]:
        """The rounds to repeat, each with whether it is known to be settled.

        Only the last one is in doubt. But if the machine itself went down, a local store may have
        lost commits of its last seconds (SQLite does not wait for the disk behind a journal), so
        then all are repeated; those that the store has seen, it ignores.
        """
        content, sender = self._content, self._sender
        header = content.file.header
        rebooted = bool(header.boot) and header.boot != boot_id()
        for begin, end in content.rounds:
            sender.learn(content.between(sender.done, begin))
            batches = sender.repeat_round(content.between(begin, end))
            sender.done = max(sender.done, end)
            settled = end <= content.in_doubt
            if rebooted or not settled:
                yield batches, settled

    def _deliver(self, appender: Appender, batches: list[Batch], settled: bool) -> None:
        for batch in batches:
            refusal = self._sender.deliver(appender, batch, tries=1, keep=not settled)
            if settled:
                continue
            self.left -= len(batch.points)
            if refusal is None:
                self.sent += len(batch.points)
            else:
                warn(
                    f"{self._content.file.header.target} refused {refusal.points:,} metric points "
                    f"of run {refusal.run_id}: {refusal.error} They are kept in {refusal.path}."
                )
