"""What other packages add, under the entry point groups that MLflow's plug-ins use."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

T = TypeVar("T")
_log = logging.getLogger(__name__)


def entry_points_of(group: str) -> tuple[EntryPoint, ...]:
    """The entry points of a group, of all packages that are installed."""
    from importlib.metadata import entry_points  # noqa: PLC0415 - slow to load

    return tuple(entry_points(group=group))


def load(group: str, name: str) -> Any:
    """What an entry point names, or None if no package has one of this name.

    One that cannot be loaded raises what it raises: the caller asked for it by name.
    """
    return next((one.load() for one in entry_points_of(group) if one.name == name), None)


@lru_cache(maxsize=1)
def _installed(path: tuple[str, ...]) -> Any:
    """All entry points on a search path, read once for all registries: it takes 30 ms and more."""
    from importlib.metadata import entry_points  # noqa: PLC0415 - slow to load

    return entry_points()


class Registry(Generic[T]):
    """Providers of one kind: Kipu's own, those of entry points, and those that code registers.

    Args:
        group: The entry points' group; they name classes without arguments.
        *own: Kipu's own classes, which come first.
    """

    def __init__(self, group: str, *own: Callable[[], T]) -> None:
        self.group = group
        self._providers = [make() for make in own]
        self._loaded = False
        self._lock = threading.Lock()

    def register(self, provider: Callable[[], T]) -> None:
        """Add a provider: a class, made here."""
        self._providers.append(provider())

    def __iter__(self) -> Iterator[T]:
        if not self._loaded:
            with self._lock:
                if not self._loaded:
                    self._providers += self._of_entry_points()
                    self._loaded = True
        return iter(tuple(self._providers))

    def _of_entry_points(self) -> list[T]:
        found = []
        for point in _installed(tuple(sys.path)).select(group=self.group):
            try:
                found.append(point.load()())
            except Exception as error:
                _log.warning(
                    "The plug-in %s of %s could not be loaded: %s", point.value, self.group, error
                )
        return found
