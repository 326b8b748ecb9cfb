"""All that sign requests, under the path that MLflow's users know."""

from kipu.transport.providers import auth_providers as _request_auth_provider_registry
from kipu.transport.providers import fetch_auth

__all__ = ["_request_auth_provider_registry", "fetch_auth"]
