"""The whole store."""

from __future__ import annotations

from kipu.store.rest.ended_runs import RestEndedRuns
from kipu.store.rest.experiments import RestExperiments
from kipu.store.rest.metrics import RestMetrics
from kipu.store.rest.model_versions import RestModelVersions
from kipu.store.rest.models import RestLoggedModels
from kipu.store.rest.registered_models import RestRegisteredModels
from kipu.store.rest.webhooks import RestWebhooks
from kipu.transport import Transport


class RestStore(
    RestExperiments,
    RestEndedRuns,
    RestMetrics,
    RestLoggedModels,
    RestRegisteredModels,
    RestModelVersions,
    RestWebhooks,
):
    """``ClientStore`` on a server; safe in threads and after a fork.

    Args:
        uri: ``http`` or ``https``, with the server's prefix if it has one. ``user:password@`` and
            the environment's credentials are sent with each request.
    """

    def __init__(self, uri: str) -> None:
        self._transport = Transport(uri)

    def close(self) -> None:
        """Close this thread's connection."""
        self._transport.close()
