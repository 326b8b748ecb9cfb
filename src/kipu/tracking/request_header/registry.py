"""All providers of headers, under the path that MLflow's users know."""

from kipu.transport.providers import header_providers as _request_header_provider_registry
from kipu.transport.providers import resolve_request_headers

__all__ = ["_request_header_provider_registry", "resolve_request_headers"]
