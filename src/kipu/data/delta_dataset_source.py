"""A Delta table as a source."""

from __future__ import annotations

from typing import Any, Self

from kipu.data.dataset_source import ExplicitSource
from kipu.data.spark_session import full_table_name, quoted, spark_session
from kipu.exceptions import InvalidParameter

_LOCAL_CATALOGS = ("hive_metastore", "spark_catalog", "samples")


class DeltaDatasetSource(ExplicitSource):
    """A Delta table by path or by name: exactly one of them.

    Args:
        path: Of its folder.
        delta_table_name: Its name; where Spark runs, catalog and schema are added.
        delta_table_version: Which version; left out, the newest.
        delta_table_id: Its id in a Databricks catalog.

    Raises:
        InvalidParameter: Path and name are both given, or both left out.
    """

    def __init__(
        self,
        path: str | None = None,
        delta_table_name: str | None = None,
        delta_table_version: int | None = None,
        delta_table_id: str | None = None,
    ) -> None:
        if (path, delta_table_name).count(None) != 1:
            raise InvalidParameter("Give exactly one of path and table_name.")
        self._path = path
        self._delta_table_name = delta_table_name and full_table_name(delta_table_name)
        self._delta_table_version = delta_table_version
        self._delta_table_id = delta_table_id

    @property
    def path(self) -> str | None:
        """Its folder, or None where it has a name."""
        return self._path

    @property
    def delta_table_name(self) -> str | None:
        """Its name, or None where it has a path."""
        return self._delta_table_name

    @property
    def delta_table_id(self) -> str | None:
        """Its id in a Databricks catalog, or None."""
        return self._delta_table_id

    @property
    def delta_table_version(self) -> int | None:
        """Which version, or None for the newest."""
        return self._delta_table_version

    @staticmethod
    def _get_source_type() -> str:
        return "delta_table"

    def load(self, **kwargs: Any) -> Any:
        """The Spark data frame.

        Raises:
            MlflowException: Spark is not installed.
        """
        reader = spark_session().read.format("delta")
        if self._delta_table_version is not None:
            reader = reader.option("versionAsOf", self._delta_table_version)
        if self._delta_table_name is not None:
            return reader.table(quoted(self._delta_table_name))
        return reader.load(self._path)

    def to_dict(self) -> dict[Any, Any]:
        """What is given; for a table of a Databricks catalog, that it is one, and its id."""
        given = {
            "path": self._path,
            "delta_table_name": self._delta_table_name,
            "delta_table_version": self._delta_table_version,
        }
        info: dict[Any, Any] = {key: value for key, value in given.items() if value}
        if self._in_databricks_catalog():
            info |= {"is_databricks_uc_table": True, "delta_table_id": self._delta_table_id}
        return info

    def _in_databricks_catalog(self) -> bool:
        name = self._delta_table_name
        return name is not None and name.split(".", 1)[0] not in _LOCAL_CATALOGS

    @classmethod
    def from_dict(cls, source_dict: dict[Any, Any]) -> Self:
        """Build one from what ``to_dict`` gave."""
        keys = ("path", "delta_table_name", "delta_table_version", "delta_table_id")
        return cls(*(source_dict.get(key) for key in keys))
