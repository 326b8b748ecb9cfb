"""The tracking service: a store with all of its rules."""

from __future__ import annotations

from kipu.service.ended_runs import EndedRunRules
from kipu.service.experiments import ExperimentRules
from kipu.service.metrics import MetricRules
from kipu.service.models import LoggedModelRules
from kipu.service.purge import PurgeRules
from kipu.service.registry_events import AnnouncedRegistryRules
from kipu.service.runs import RunRules
from kipu.service.views import ViewRules
from kipu.service.webhooks import WebhookRules
from kipu.store.interface import BackingStore


class TrackingService(
    ExperimentRules,
    RunRules,
    EndedRunRules,
    MetricRules,
    LoggedModelRules,
    AnnouncedRegistryRules,
    ViewRules,
    WebhookRules,
    PurgeRules,
):
    """Wraps a store and looks like one; what reaches the store is complete and allowed.

    Args:
        store: Where things are kept. Closing the service closes it.
    """

    _store: BackingStore

    def __init__(self, store: BackingStore) -> None:
        self._store = store

    def close(self) -> None:
        """Finish what was accepted and let go of files and connections."""
        self._store.close()
