"""Handles on background writes, under the path that MLflow's users know."""
