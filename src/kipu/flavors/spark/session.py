"""The Spark session that models are saved and loaded with."""

from __future__ import annotations

from typing import Any

_LOCAL_SESSION = {
    # As with MLflow. The last two matter where a worker of a cluster makes a session of its own.
    "spark.python.worker.reuse": "true",
    "spark.databricks.io.cache.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.executor.allowSparkContext": "true",
}


def active_session() -> Any:
    """The session in use, or None."""
    from pyspark.sql import SparkSession

    return SparkSession.getActiveSession()


def session_for_loading() -> Any:
    """The session in use, else a new one on this machine with one thread.

    One in use is left as it is: another master would take a cluster away from it.
    """
    active = active_session()
    if active is not None:
        return active
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[1]")
    for name, value in _LOCAL_SESSION.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def is_connect_model(model: Any) -> bool:
    """Whether a model is of ``pyspark.ml.connect``, which predicts without a session."""
    try:
        from pyspark.ml.connect import Model
    except ImportError:  # an older Spark, or one without what Spark Connect needs
        return False
    return isinstance(model, Model)
