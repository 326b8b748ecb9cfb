"""Client and tracking URI, under the path that MLflow's users know."""

from kipu.client import MlflowClient
from kipu.client.uris import (
    get_registry_uri,
    get_tracking_uri,
    is_tracking_uri_set,
    set_registry_uri,
    set_tracking_uri,
)
from kipu.tracking import (
    client,
    context,
    default_experiment,
    fluent,
    request_auth,
    request_header,
)

__all__ = [
    "MlflowClient",
    "client",
    "context",
    "default_experiment",
    "fluent",
    "get_registry_uri",
    "get_tracking_uri",
    "is_tracking_uri_set",
    "request_auth",
    "request_header",
    "set_registry_uri",
    "set_tracking_uri",
]
