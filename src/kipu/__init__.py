"""Kipu: experiment tracking for machine learning, under MLflow's API."""
