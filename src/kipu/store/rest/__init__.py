"""A tracking store behind HTTP: a Kipu server, or an official MLflow server."""

from kipu.store.rest.store import RestStore

__all__ = ["RestStore"]
