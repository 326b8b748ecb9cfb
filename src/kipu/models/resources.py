"""What a model needs of a platform when it is served: tables, endpoints, functions, ..."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from enum import Enum
from pathlib import Path
from typing import Any, ClassVar, Self

import yaml

DEFAULT_API_VERSION = "1"


class ResourceType(Enum):
    """The kinds of resources."""

    UC_CONNECTION = "uc_connection"
    VECTOR_SEARCH_INDEX = "vector_search_index"
    SERVING_ENDPOINT = "serving_endpoint"
    SQL_WAREHOUSE = "sql_warehouse"
    FUNCTION = "function"
    GENIE_SPACE = "genie_space"
    TABLE = "table"
    APP = "app"
    LAKEBASE = "lakebase"
    UC_MODEL_SERVICE = "uc_model_service"


class Resource(ABC):
    """Something that a served model uses."""

    @property
    @abstractmethod
    def type(self) -> ResourceType:
        """Its kind."""

    @property
    @abstractmethod
    def target_uri(self) -> str:
        """The platform that has it."""

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """The form in an ``MLmodel`` file: its kind, and a list of one."""

    @classmethod
    @abstractmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Build one from what the list has."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Resource) and self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]


class DatabricksResource(Resource):
    """A resource of Databricks.

    Args:
        name: What it is called there.
        on_behalf_of_user: Whether it is used with the rights of who asks, not of who made the
            model.
    """

    kind: ClassVar[ResourceType]

    def __init__(self, name: str, on_behalf_of_user: bool | None = None) -> None:
        self.name = name
        self.on_behalf_of_user = on_behalf_of_user

    @property
    def type(self) -> ResourceType:
        """Its kind."""
        return self.kind

    @property
    def target_uri(self) -> str:
        """The platform that has it."""
        return "databricks"

    def to_dict(self) -> dict[str, Any]:
        """The form in an ``MLmodel`` file."""
        fields: dict[str, Any] = {"name": self.name}
        if self.on_behalf_of_user is not None:
            fields["on_behalf_of_user"] = self.on_behalf_of_user
        return {self.kind.value: [fields]}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Build one from its fields."""
        return cls(data["name"], data.get("on_behalf_of_user"))


class DatabricksUCConnection(DatabricksResource):
    """A connection of the Unity Catalog."""

    kind = ResourceType.UC_CONNECTION

    def __init__(self, connection_name: str, on_behalf_of_user: bool | None = None) -> None:
        super().__init__(connection_name, on_behalf_of_user)


class DatabricksServingEndpoint(DatabricksResource):
    """An endpoint that serves a model."""

    kind = ResourceType.SERVING_ENDPOINT

    def __init__(self, endpoint_name: str, on_behalf_of_user: bool | None = None) -> None:
        super().__init__(endpoint_name, on_behalf_of_user)


class DatabricksVectorSearchIndex(DatabricksResource):
    """An index for vector search."""

    kind = ResourceType.VECTOR_SEARCH_INDEX

    def __init__(self, index_name: str, on_behalf_of_user: bool | None = None) -> None:
        super().__init__(index_name, on_behalf_of_user)


class DatabricksSQLWarehouse(DatabricksResource):
    """A SQL warehouse."""

    kind = ResourceType.SQL_WAREHOUSE

    def __init__(self, warehouse_id: str, on_behalf_of_user: bool | None = None) -> None:
        super().__init__(warehouse_id, on_behalf_of_user)


class DatabricksFunction(DatabricksResource):
    """A function of the Unity Catalog."""

    kind = ResourceType.FUNCTION

    def __init__(self, function_name: str, on_behalf_of_user: bool | None = None) -> None:
        super().__init__(function_name, on_behalf_of_user)


class DatabricksGenieSpace(DatabricksResource):
    """A Genie space."""

    kind = ResourceType.GENIE_SPACE

    def __init__(self, genie_space_id: str, on_behalf_of_user: bool | None = None) -> None:
        super().__init__(genie_space_id, on_behalf_of_user)


class DatabricksTable(DatabricksResource):
    """A table of the Unity Catalog."""

    kind = ResourceType.TABLE

    def __init__(self, table_name: str, on_behalf_of_user: bool | None = None) -> None:
        super().__init__(table_name, on_behalf_of_user)


class DatabricksApp(DatabricksResource):
    """An app."""

    kind = ResourceType.APP

    def __init__(self, app_name: str, on_behalf_of_user: bool | None = None) -> None:
        super().__init__(app_name, on_behalf_of_user)


class DatabricksLakebase(DatabricksResource):
    """A database instance."""

    kind = ResourceType.LAKEBASE

    def __init__(self, database_instance_name: str, on_behalf_of_user: bool | None = None) -> None:
        super().__init__(database_instance_name, on_behalf_of_user)


_KNOWN: dict[str, type[DatabricksResource]] = {
    one.kind.value: one
    for one in (
        DatabricksUCConnection,
        DatabricksServingEndpoint,
        DatabricksVectorSearchIndex,
        DatabricksSQLWarehouse,
        DatabricksFunction,
        DatabricksGenieSpace,
        DatabricksTable,
        DatabricksApp,
        DatabricksLakebase,
    )
}


def as_resources(given: str | Path | Iterable[Resource]) -> dict[str, Any]:
    """The form in an ``MLmodel`` file of resources, or of those that a YAML file lists.

    Raises:
        OSError: There is no such file.
        ValueError: The file has an unknown version or kind.
    """
    if not isinstance(given, (str, Path)):
        return _grouped(given, DEFAULT_API_VERSION)
    data = yaml.safe_load(Path(given).read_text("utf-8"))
    api_version = data.pop("api_version")
    if api_version != DEFAULT_API_VERSION:
        raise ValueError(f"Resources of the version {api_version!r} are unknown here.")
    return _grouped(
        (
            _class(target, kind).from_dict(fields)
            for target, kinds in data.items()
            for kind, listed in kinds.items()
            for fields in listed
        ),
        api_version,
    )


def _class(target: str, kind: str) -> type[DatabricksResource]:
    if target != "databricks" or kind not in _KNOWN:
        raise ValueError(f"There are no resources of the kind {kind!r} at {target!r}.")
    return _KNOWN[kind]


def _grouped(resources: Iterable[Resource], api_version: str) -> dict[str, Any]:
    grouped: dict[str, Any] = {}
    for one in resources:
        of_target = grouped.setdefault(one.target_uri, {})
        for kind, listed in one.to_dict().items():
            of_target.setdefault(kind, []).extend(listed)
    return grouped | {"api_version": api_version}
