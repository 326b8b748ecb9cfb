"""Headers that packages add to requests, under the path that MLflow's users know."""

from kipu.tracking.request_header import abstract_request_header_provider, registry

__all__ = ["abstract_request_header_provider", "registry"]
