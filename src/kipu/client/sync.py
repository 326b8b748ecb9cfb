"""Journals that wait: where they are, and sending what is in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from kipu.client.stores import journal_folders, open_bare
from kipu.client.uris import get_tracking_uri
from kipu.journal import recover, waiting
from kipu.journal.recovery import Orphan, Recovered


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


def _journals_of(place: Path) -> Path:
    inside = place / "journal"
    return inside if inside.is_dir() else place


def _store_around(folder: Path) -> str | None:
    """The folder store that a folder of journals lies in: theirs, wherever it was copied from."""
    return str(folder.parent) if (folder.parent / "kipu.db").exists() else None
