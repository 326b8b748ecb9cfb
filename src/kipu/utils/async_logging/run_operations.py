"""Handles on background writes, under the path that MLflow's users know."""

from kipu.client.operations import RunOperations, get_combined_run_operations

__all__ = ["RunOperations", "get_combined_run_operations"]
