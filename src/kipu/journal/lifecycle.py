"""What happens to open journals when the process forks or ends."""

from __future__ import annotations

import atexit
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Protocol

    class Journal(Protocol):
        """What a journal lets be done to it when its process forks or ends."""

        folder: Path
        target: str

        @property
        def progress(self) -> int:
            """A number that grows while the store takes points."""

        def flush(self, timeout_s: float | None = None) -> bool:
            """Send what waits."""

        def close(self, timeout_s: float) -> int:
            """Let go of the files."""

        def before_fork(self) -> None:
            """Let the writer's thread come to rest."""

        def after_fork_in_parent(self) -> None:
            """Let it go on."""

        def after_fork_in_child(self) -> None:
            """Leave the parent's files to the parent."""


_open: set[Journal] = set()
_finalized_in = 0


def opened(journal: Journal) -> None:
    """Look after a journal from now on."""
    _open.add(journal)
    _finish_in_child()


def closed(journal: Journal) -> None:
    """The journal needs no looking after."""
    _open.discard(journal)


def _finish_in_child() -> None:
    """See to it that a child of ``multiprocessing`` finishes too: it ends without ``atexit``."""
    global _finalized_in
    multiprocessing = sys.modules.get("multiprocessing.process")
    if _finalized_in == os.getpid() or multiprocessing is None:
        return
    if multiprocessing.parent_process() is not None:
        from multiprocessing.util import Finalize  # noqa: PLC0415 (loaded already)

        _finalized_in = os.getpid()
        Finalize(None, finish, exitpriority=10)


def finish(timeout_s: float | None = None) -> None:
    """Send what waits; give up on a store that takes nothing for KIPU_EXIT_TIMEOUT seconds."""
    from kipu.environment_variables import KIPU_EXIT_TIMEOUT  # noqa: PLC0415 (not at import)

    if timeout_s is None:
        timeout_s = KIPU_EXIT_TIMEOUT.get()
    for journal in list(_open):
        before = -1
        while before != journal.progress:
            before = journal.progress
            if journal.flush(timeout_s):
                break
        waiting = journal.close(0)
        if waiting:
            sys.stderr.write(
                f"kipu: {waiting:,} metric points wait in {journal.folder}, since "
                f"{journal.target} did not take them. `kipu sync` sends them, and so does the "
                "next process that opens this store.\n"
            )
            sys.stderr.flush()


def _before_fork() -> None:
    for journal in list(_open):
        journal.before_fork()


def _after_fork_in_parent() -> None:
    for journal in list(_open):
        journal.after_fork_in_parent()


def _after_fork_in_child() -> None:
    journals = list(_open)
    _open.clear()
    for journal in journals:
        journal.after_fork_in_child()


atexit.register(finish)
os.register_at_fork(
    before=_before_fork,
    after_in_parent=_after_fork_in_parent,
    after_in_child=_after_fork_in_child,
)
