"""Artifact locations as they are kept: relative to the store's root where they lie under it."""

from __future__ import annotations

import re

_ABSOLUTE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|[/\\]")


class Locations:
    """Turns locations into what the database keeps, and back.

    Args:
        root: Where artifacts go by default: an absolute path or a URI.
        portable: Whether locations under the root are kept relative to it, so that a store which
            is copied or moved, or read through a server, still finds its artifacts.
        home: What relative locations that are there already lie below, where that is not the
            root: the folder of a store whose new artifacts go elsewhere.
    """

    def __init__(self, root: str, portable: bool, home: str | None = None) -> None:
        self._root = root
        self._portable = portable
        self._home = root if portable or home is None else home

    def of_new_experiment(self, experiment_id: str) -> str:
        """What to keep for an experiment without a location of its own."""
        return experiment_id if self._portable else join(self._root, experiment_id)

    def kept(self, location: str) -> str:
        """What to keep of a location that the user named."""
        inside = join(self._root, "")
        if self._portable and location.startswith(inside) and len(location) > len(inside):
            return location[len(inside) :]
        return location

    def resolved(self, kept: str) -> str:
        """The location as users see it."""
        return kept if _ABSOLUTE.match(kept) else join(self._home, kept)


def join(location: str, *parts: str) -> str:
    """Put path parts behind a location; what follows a ``?`` of a URI stays behind them."""
    path, mark, query = location.partition("?") if "://" in location else (location, "", "")
    return "/".join((path.rstrip("/"), *parts)) + mark + query


def of_run(experiment_location: str, run_id: str) -> str:
    """Where a run's artifacts lie, below its experiment's location."""
    return join(experiment_location, run_id, "artifacts")


def of_model(experiment_location: str, model_id: str) -> str:
    """Where a logged model's artifacts lie, below its experiment's location."""
    return join(experiment_location, "models", model_id, "artifacts")
