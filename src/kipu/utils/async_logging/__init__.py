"""Handles on background writes, under the path that MLflow's users know."""

from kipu.utils.async_logging import run_operations

__all__ = ["run_operations"]
