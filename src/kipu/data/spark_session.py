"""Spark's session, and what Delta tables tell through it."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

from kipu.exceptions import MlflowException

_log = logging.getLogger(__name__)
_LOCAL_CATALOGS = ("spark_catalog", "hive_metastore")


def spark_session() -> Any:
    """The session in use, or a new one.

    Raises:
        MlflowException: Spark is not installed.
    """
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415 - an optional package
    except ImportError as error:
        raise MlflowException(
            "Spark data sets need Spark; install it with: pip install pyspark"
        ) from error
    return SparkSession.builder.getOrCreate()


def full_table_name(name: str) -> str:
    """The table's name with catalog and schema, where a session in use tells them."""
    module = sys.modules.get("pyspark.sql")
    spark = module.SparkSession.getActiveSession() if module is not None else None
    if spark is None or name.count(".") >= 2:
        return name
    catalog = spark.sql("SELECT current_catalog() AS catalog").collect()[0]["catalog"]
    if catalog in _LOCAL_CATALOGS:
        return name
    if "." in name:
        return f"{catalog}.{name}"
    schema = spark.sql("SELECT current_database() AS schema").collect()[0]["schema"]
    return f"{catalog}.{schema}.{name}"


def quoted(table_name: str) -> str:
    """The name with each of its parts in backticks."""
    parts = (part.strip("`").replace("`", "``") for part in table_name.split("."))
    return ".".join(f"`{part}`" for part in parts)


def is_delta_folder(path: str) -> bool:
    """Whether a local folder, or one mounted under ``/dbfs``, is a Delta table."""
    places = [path]
    if path.startswith("dbfs:/"):
        places.append("/dbfs/" + path.removeprefix("dbfs:").lstrip("/"))
    return any(Path(place, "_delta_log").is_dir() for place in places)


def is_delta_table(table_name: str) -> bool:
    """Whether Spark knows the table as a Delta table."""
    spark = spark_session()
    try:
        detail = spark.sql(f"DESCRIBE DETAIL {quoted(table_name)}")
        return bool(detail.filter("format = 'delta'").count())
    except Exception as error:  # Spark's AnalysisException, whose place differs by version
        _log.debug("%s is no Delta table: %s", table_name, error)
        return False


def latest_delta_version(path: str | None = None, table_name: str | None = None) -> int | None:
    """The newest version of a Delta table, or None, with a warning, where it cannot be told."""
    table = f"delta.`{path}`" if table_name is None else quoted(table_name)
    try:
        newest = spark_session().sql(f"DESCRIBE HISTORY {table} LIMIT 1").head()
        return int(newest["version"])
    except Exception as error:
        _log.warning(
            "The version of the Delta table %s is unknown, and its data set will not say it: %s",
            table_name or path,
            error,
        )
        return None
