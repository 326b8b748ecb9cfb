"""Training with Spark, under MLflow's name."""

from kipu.pyspark import ml

__all__ = ["ml"]
