"""A registered model: a name under which versions of a model are found."""

from __future__ import annotations

from typing import Any

from kipu.entities.model_registry.model_version import ModelVersion
from kipu.entities.record import MutableRecord, Record


class RegisteredModelTag(Record, frozen=True):
    """A label of a registered model."""

    key: str
    value: str


class RegisteredModelAlias(Record, frozen=True):
    """A name for one version of a registered model, a decimal number as text."""

    alias: str
    version: str


class RegisteredModel(MutableRecord):
    """A named model; times are ms since the Unix epoch.

    ``tags`` and ``aliases`` (alias to version) read as dictionaries, whatever the constructor was
    given. ``latest_versions`` has the highest version of each stage.
    """

    name: str
    creation_timestamp: int | None = None
    last_updated_timestamp: int | None = None
    description: str | None = None
    latest_versions: list[ModelVersion] | None = None
    # MLflow hands the constructor lists and reads back dictionaries.
    tags: Any = None
    aliases: Any = None
    deployment_job_id: str | None = None
    deployment_job_state: str | None = None
    workspace: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.tags, dict):
            self.tags = {tag.key: tag.value for tag in self.tags or ()}
        if not isinstance(self.aliases, dict):
            self.aliases = {alias.alias: alias.version for alias in self.aliases or ()}
