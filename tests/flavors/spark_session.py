"""A small Spark session for the scripts of both interpreters."""

from __future__ import annotations

import os
import sys
import warnings
from typing import Any

# Workers are started by name otherwise, which may be an interpreter without the libraries.
os.environ["PYSPARK_PYTHON"] = sys.executable
os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
warnings.filterwarnings("ignore", module="pyspark")


def spark_session(threads: int = 1) -> Any:
    """A session in this process."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(f"local[{threads}]")
    small = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory": "512m",
        # Of what runs once, little is worth compiling well.
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.sql.codegen.wholeStage": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.shuffle.partitions": "1",
        "spark.default.parallelism": "1",
        "spark.sql.warehouse.dir": f"{os.getcwd()}/warehouse",
    }
    for name, value in small.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def steady_ids() -> None:
    """Number the stages of each class that are made from now on; their ids are random otherwise."""
    from collections import defaultdict
    from itertools import count

    from pyspark.ml.util import Identifiable

    numbers: Any = defaultdict(count)
    Identifiable._randomUID = classmethod(lambda cls: f"{cls.__name__}_{next(numbers[cls])}")
