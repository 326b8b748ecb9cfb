"""Which experiment a run belongs to where nobody chose one; other packages may know."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod

from kipu.plugins import Registry

_log = logging.getLogger(__name__)
DEFAULT_EXPERIMENT_ID = "0"


class DefaultExperimentProvider(ABC):
    """Knows whether the program runs somewhere special, and which experiment is meant there.

    Packages register theirs under the entry point group ``mlflow.default_experiment_provider``.
    """

    @abstractmethod
    def in_context(self) -> bool:
        """Whether the program runs there."""

    @abstractmethod
    def get_experiment_id(self) -> str:
        """The id of the experiment that is meant."""


providers: Registry[DefaultExperimentProvider] = Registry("mlflow.default_experiment_provider")


def get_experiment_id() -> str:
    """What the first provider says that knows where it runs, else the experiment ``Default``."""
    for provider in providers:
        try:
            if provider.in_context():
                return str(provider.get_experiment_id())
        except Exception as error:
            _log.warning("%s gave no experiment: %s", type(provider).__name__, error)
    return DEFAULT_EXPERIMENT_ID
