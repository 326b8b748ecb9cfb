"""What every sampler has: its samples since the last point, and one warning per failure."""

from __future__ import annotations

import abc
import logging
from collections import defaultdict
from collections.abc import Callable
from typing import Any

_log = logging.getLogger(__name__)


class BaseMetricsMonitor(abc.ABC):
    """A sampler of some hardware."""

    def __init__(self) -> None:
        self._metrics: defaultdict[str, Any] = defaultdict(list)
        self._failed: set[str] = set()

    @abc.abstractmethod
    def collect_metrics(self) -> None:
        """Take one sample and keep it in ``_metrics``, by name."""

    @abc.abstractmethod
    def aggregate_metrics(self) -> dict[str, float]:
        """One value per name, made of the samples since ``clear_metrics``."""

    @property
    def metrics(self) -> defaultdict[str, Any]:
        """The samples since ``clear_metrics``, by name."""
        return self._metrics

    def clear_metrics(self) -> None:
        """Forget the samples."""
        self._metrics.clear()

    def _averages(self) -> dict[str, float]:
        """The mean of each name's samples, to one decimal as in MLflow."""
        return {key: round(sum(some) / len(some), 1) for key, some in self._metrics.items()}

    def _attempt(self, what: str, read: Callable[[], None]) -> None:
        """Read something that this machine may not tell; only the first failure is worth a word."""
        try:
            read()
        except Exception as error:
            if what not in self._failed:
                self._failed.add(what)
                _log.warning("System metrics go on without the %s: %s", what, error)
