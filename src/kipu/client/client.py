"""The client, put together from one file per feature."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kipu.client.experiments import ExperimentsClient
from kipu.client.logged_models import LoggedModelsClient
from kipu.client.metrics import MetricsClient
from kipu.client.model_versions import ModelVersionsClient
from kipu.client.opening import open_tracking
from kipu.client.tables import TablesClient
from kipu.client.tracking import Tracking
from kipu.client.uris import chosen_registry_uri, get_tracking_uri
from kipu.client.webhooks import WebhooksClient


class MlflowClient(
    ExperimentsClient,
    MetricsClient,
    TablesClient,
    LoggedModelsClient,
    ModelVersionsClient,
    WebhooksClient,
):
    """Everything that can be asked of a tracking store; cheap to make, safe in threads.

    Args:
        tracking_uri: A folder, ``sqlite:///path``, or a server's address; left out, the store in
            use (``kipu.get_tracking_uri()``).
        registry_uri: The model registry; left out, the one in use.
        workspace_store_uri: Accepted for MLflow's sake; stores have no workspaces of their own.

    Example:
        >>> client = kipu.MlflowClient()
        >>> run = client.create_run("0")
        >>> client.log_metric(run.info.run_id, "loss", 0.25, step=3)
    """

    def __init__(
        self,
        tracking_uri: str | Path | None = None,
        registry_uri: str | None = None,
        workspace_store_uri: str | None = None,
    ) -> None:
        if isinstance(tracking_uri, Path):
            tracking_uri = tracking_uri.absolute().as_uri()
        self._tracking_uri = tracking_uri or get_tracking_uri()
        # As in MLflow, a registry that was set holds for a client of another tracking store too.
        self._registry_uri = registry_uri or chosen_registry_uri() or self._tracking_uri
        self._tracking: Tracking = open_tracking(self._tracking_uri)
        self._workspace_store_uri = workspace_store_uri

    def __reduce__(self) -> tuple[Any, ...]:
        # Another process opens the store by itself.
        uris = (self._tracking_uri, self._registry_uri, self._workspace_store_uri)
        return (MlflowClient, uris)

    @property
    def tracking_uri(self) -> str:
        """The store that this client talks to."""
        return self._tracking_uri
