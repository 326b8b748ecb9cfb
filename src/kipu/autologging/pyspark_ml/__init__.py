"""Training with Spark's machine learning library."""

from kipu.autologging.pyspark_ml.switch import autolog

__all__ = ["autolog"]
