"""Faces only: paths of MLflow's that other packages import, or reach as attributes."""

from kipu.utils import async_logging, autologging_utils, mlflow_tags, name_utils, uri, validation

__all__ = [
    "async_logging",
    "autologging_utils",
    "mlflow_tags",
    "name_utils",
    "uri",
    "validation",
]
