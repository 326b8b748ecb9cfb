"""The client, under the path that MLflow's users know."""

from kipu.client import MlflowClient

__all__ = ["MlflowClient"]
