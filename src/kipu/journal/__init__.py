"""The append-only file between ``log_metric`` and the store, and what makes each point arrive once.

A point is one ``os.write`` into a file that outlives the process; a background thread takes it to
the store. The format is in ``docs/design/journal.md``.

**Why each point arrives, once.** The store ignores an append whose (run, writer, seq) it has seen.
So it is enough that a point is sent again until the store answered, and that it is always sent
under the same name. The name must therefore follow from the file alone:

1. ``writer`` is a random number in the file's header.
2. Before points are sent, a *round* (begin and end offset) is appended to the file. The points of
   one run between the two are one batch; ``seq`` counts, from the beginning of the file, the
   rounds in which the run has points. Whoever reads the file cuts the same batches.
3. A round is written only when all batches of the one before are in the store or set aside. So if
   the process dies, exactly the last round is in doubt: it is repeated under the same names.
   What lies behind it was never sent, and may be cut anew.
4. A file is removed when all of it is settled. It is held by ``flock``, and only who has the lock
   sends from it or writes rounds into it: its owner first, then one recovery at a time.

A point that ``log`` returned for is in the page cache, which a killed process cannot take along.
A power cut may take the last second (``KIPU_JOURNAL_SYNC=always``: nothing). It cannot take a
round but keep younger points: the thread that syncs is the one that writes rounds. All writes to
a file happen under one lock of the process, so records never mingle; a short write is cut off at
once, and what a dying process tore is cut off at recovery.
"""

from __future__ import annotations

from kipu.journal.journal import Journal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from kipu.journal.appender import Appender
    from kipu.journal.recovery import Orphan, Recovered

__all__ = ["Journal", "discard", "recover", "waiting"]


def recover(folder: Path, appender: Appender, target: str | None = None) -> Recovered:
    """Send what dead processes left in a folder; those alive are left alone.

    Harmless at any time and from many processes at once: a file is worked on under its lock.

    Args:
        folder: Where journals lie; need not exist.
        appender: The store.
        target: Only journals for this URI; all if None.
    """
    from kipu.journal import recovery  # noqa: PLC0415 (NumPy: not at import)

    return recovery.recover(folder, appender, target)


def waiting(folder: Path) -> list[Orphan]:
    """The journals that ``recover`` would send, oldest first; nothing is changed."""
    from kipu.journal import recovery  # noqa: PLC0415

    return recovery.waiting(folder)


def discard(folder: Path, run_id: str) -> None:
    """Remove what stores have refused for a run that is gone for good."""
    from kipu.journal import rejected  # noqa: PLC0415

    rejected.discard(folder, run_id)
