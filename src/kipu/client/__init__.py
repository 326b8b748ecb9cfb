"""``MlflowClient``: everything that can be asked of a tracking store, one file per feature."""

from kipu.client.client import MlflowClient

__all__ = ["MlflowClient"]
