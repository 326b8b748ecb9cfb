"""Journals that wait: where they are, and sending what is in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from kipu.client.opening import open_tracking
from kipu.client.staging import orphans
from kipu.client.stores import journal_folders, open_bare
from kipu.client.tracking import UPLOADS
from kipu.client.uris import get_tracking_uri
from kipu.environment_variables import KIPU_EXIT_TIMEOUT
from kipu.journal import recover, waiting
from kipu.journal.recovery import Orphan, Recovered


class WaitingModel(NamedTuple):
    """A model whose files are not all stored, how many bytes they have, and where they wait."""

    model_id: str
    size: int
    target: str
    folder: Path


def waiting_journals(places: Sequence[Path] = ()) -> list[Orphan]:
    """Journals whose process is gone, by target.

    Args:
        places: Folders of journals, or stores with such a folder; left out, the journals of this
            user for servers, and those of the current tracking URI.
    """
    named = {_journals_of(place) for place in places}
    folders = named or set(journal_folders(get_tracking_uri()))
    found = [
        orphan._replace(target=_store_around(folder) or orphan.target)
        for folder in sorted(folders)
        for orphan in waiting(folder)
    ]
    return sorted(found, key=lambda orphan: (orphan.target, orphan.path))


def replay(orphans: Sequence[Orphan]) -> Iterator[tuple[str, Recovered]]:
    """Send what waits, one target and folder after the other, and say what became of it."""
    places = groupby(orphans, key=lambda orphan: (orphan.target, orphan.path.parent))
    for (target, folder), _ in places:
        there = None if _store_around(folder) else target
        yield target, recover(folder, open_bare(target), there)


def waiting_models(places: Sequence[Path] = ()) -> list[WaitingModel]:
    """Models whose process ended before all of their files were stored; ``places`` as above."""
    named = {_journals_of(place) for place in places}
    found = []
    for folder in sorted(named or set(journal_folders(get_tracking_uri()))):
        for staged in orphans(folder / UPLOADS):
            size = sum(size for _, _, size in staged.files())
            found.append(WaitingModel(staged.job.model_id, size, staged.job.target, folder))
            staged.release()
    return found


def send_models(waiting: Sequence[WaitingModel]) -> Iterator[tuple[str, int, int]]:
    """Send what waits: each target, how many models it has now, and how many still wait."""
    places = groupby(waiting, key=lambda one: (one.target, one.folder))
    for (target, folder), models in places:
        uploads = open_tracking(target).uploads
        uploads.adopt(folder / UPLOADS)
        uploads.wait(KIPU_EXIT_TIMEOUT.get())
        count = len(list(models))
        left = uploads.count
        yield target, count - left, left


def _journals_of(place: Path) -> Path:
    inside = place / "journal"
    return inside if inside.is_dir() else place


def _store_around(folder: Path) -> str | None:
    """The folder store that a folder of journals lies in: theirs, wherever it was copied from."""
    return str(folder.parent) if (folder.parent / "kipu.db").exists() else None
