"""Signing of requests by packages, under the path that MLflow's users know."""

from kipu.tracking.request_auth import abstract_request_auth_provider, registry

__all__ = ["abstract_request_auth_provider", "registry"]
