"""Faces only: paths of MLflow's that other packages import, or reach as attributes."""

from kipu.utils import async_logging, mlflow_tags, name_utils, validation

__all__ = ["async_logging", "mlflow_tags", "name_utils", "validation"]
