"""What providers of headers are made from, under the path that MLflow's users know."""

from kipu.transport.providers import RequestHeaderProvider

__all__ = ["RequestHeaderProvider"]
