"""Training with Spark's machine learning library, under MLflow's name."""

from kipu.autologging.pyspark_ml import autolog

__all__ = ["autolog"]
