"""What Spark reads as a source."""

from __future__ import annotations

from typing import Any, Self

from kipu.data.dataset_source import ExplicitSource
from kipu.data.spark_session import spark_session
from kipu.exceptions import InvalidParameter


class SparkDatasetSource(ExplicitSource):
    """Parquet files, a table, or a query: exactly one of them.

    Args:
        path: Of the files.
        table_name: Of the table.
        sql: The query.

    Raises:
        InvalidParameter: None or several are given.
    """

    def __init__(
        self, path: str | None = None, table_name: str | None = None, sql: str | None = None
    ) -> None:
        if (path, table_name, sql).count(None) != 2:
            raise InvalidParameter("Give exactly one of path, table_name and sql.")
        self._path, self._table_name, self._sql = path, table_name, sql

    @staticmethod
    def _get_source_type() -> str:
        return "spark"

    def load(self, **kwargs: Any) -> Any:
        """The Spark data frame.

        Raises:
            MlflowException: Spark is not installed.
        """
        spark = spark_session()
        if self._path is not None:
            return spark.read.parquet(self._path)
        if self._table_name is not None:
            return spark.read.table(self._table_name)
        return spark.sql(self._sql)

    def to_dict(self) -> dict[Any, Any]:
        """The one that is given."""
        given = {"path": self._path, "table_name": self._table_name, "sql": self._sql}
        return {key: value for key, value in given.items() if value is not None}

    @classmethod
    def from_dict(cls, source_dict: dict[Any, Any]) -> Self:
        """Build one from what ``to_dict`` gave."""
        return cls(*(source_dict.get(key) for key in ("path", "table_name", "sql")))
