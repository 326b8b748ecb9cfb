"""The switch for what Spark reads: places and formats become a tag of the run."""

from __future__ import annotations

from typing import Any

from kipu.autologging.patching import Call, patch
from kipu.autologging.spark_reads import SPARK, listen, stop_listening


@SPARK.switch
def autolog(disable: bool = False, silent: bool = False) -> None:
    """Log what Spark reads as the tag ``sparkDatasourceInfo``: a line with path and format each.

    What an action has read goes to the run that started last and has not ended, in whichever
    thread; without one, to the runs that start afterwards. It is told by Spark shortly after the
    action. Neither a JAR nor ``PYSPARK_PIN_THREAD`` is needed. Sessions of Spark Connect tell
    nothing.

    Args:
        disable: Switch it off again.
        silent: Whether to say nothing.

    Example:
        >>> kipu.spark.autolog()
        >>> with kipu.start_run():
        ...     frame = spark.read.parquet("data").toPandas()
    """
    from pyspark.sql import SparkSession

    patch(SPARK, SparkSession, "__init__", _made)
    SPARK.on_revert(stop_listening)
    active = SparkSession.getActiveSession()
    if active is not None:
        listen(active)


def _made(call: Call, session: Any, *args: Any, **kwargs: Any) -> None:
    """Stands for the making of a session."""
    call.original(session, *args, **kwargs)
    listen(session)
