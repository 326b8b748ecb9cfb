"""Faces only: paths of MLflow's that other packages import, or reach as attributes."""

from kipu.protos import databricks_pb2

__all__ = ["databricks_pb2"]
