"""What signs requests is made from this, under the path that MLflow's users know."""

from kipu.transport.providers import RequestAuthProvider

__all__ = ["RequestAuthProvider"]
