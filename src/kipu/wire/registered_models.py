"""Requests and answers about registered models."""

from __future__ import annotations

from collections.abc import Sequence

from kipu.entities import model_registry as entities
from kipu.wire.message import Answer, Asked, Int64, Pair, Required
from kipu.wire.model_versions import ModelVersion


class ModelAlias(Answer):
    """A name for a version."""

    alias: str
    version: str


class RegisteredModel(Answer):
    """A registered model; times are ms since the Unix epoch."""

    name: str
    creation_timestamp: int | None = None
    last_updated_timestamp: int | None = None
    user_id: str | None = None
    description: str | None = None
    latest_versions: list[ModelVersion] = []
    tags: list[Pair] = []
    aliases: list[ModelAlias] = []

    @classmethod
    def of(cls, model: entities.RegisteredModel) -> RegisteredModel:
        """The wire's form of a model."""
        return cls(
            name=model.name,
            creation_timestamp=model.creation_timestamp,
            last_updated_timestamp=model.last_updated_timestamp,
            # MLflow leaves out an empty one here, though not in a version.
            description=model.description or None,
            latest_versions=[ModelVersion.of(version) for version in model.latest_versions or ()],
            tags=[Pair(*tag) for tag in model.tags.items()],
            aliases=[ModelAlias(*alias) for alias in model.aliases.items()],
        )

    def entity(self) -> entities.RegisteredModel:
        """The model that was sent."""
        return entities.RegisteredModel(
            self.name,
            self.creation_timestamp,
            self.last_updated_timestamp,
            self.description or None,
            [version.entity() for version in self.latest_versions],
            {tag.key: tag.value for tag in self.tags},
            {alias.alias: alias.version for alias in self.aliases},
        )


class CreateRegisteredModel(Asked):
    """Make a registered model."""

    name: Required
    tags: list[Pair] = []
    description: str | None = None

    def tag_entities(self) -> list[entities.RegisteredModelTag]:
        """The tags to set."""
        return [entities.RegisteredModelTag(tag.key, tag.value) for tag in self.tags]


class RegisteredModelAnswer(Answer):
    """One registered model."""

    registered_model: RegisteredModel


class GetRegisteredModel(Asked):
    """Read a registered model."""

    name: Required


class RenameRegisteredModel(Asked):
    """Give a registered model another name."""

    name: Required
    new_name: Required


class UpdateRegisteredModel(Asked):
    """Describe a registered model; a description left out is removed."""

    name: Required
    description: str | None = None


class DeleteRegisteredModel(Asked):
    """Delete a registered model with all of its versions."""

    name: Required


class SearchRegisteredModels(Asked):
    """Find registered models."""

    filter: str | None = None
    max_results: Int64 = 100
    order_by: list[str] = []
    page_token: str | None = None


class SearchRegisteredModelsAnswer(Answer):
    """A page of registered models."""

    registered_models: list[RegisteredModel] = []
    next_page_token: str | None = None

    @classmethod
    def of(
        cls, models: Sequence[entities.RegisteredModel], token: str | None
    ) -> SearchRegisteredModelsAnswer:
        """The answer with these models."""
        return cls([RegisteredModel.of(model) for model in models], token)


class GetLatestVersions(Asked):
    """Read the highest version of some stages, or of all."""

    name: Required
    stages: list[str] = []


class SetRegisteredModelTag(Asked):
    """Set a label of a registered model."""

    name: Required
    key: Required
    value: str = ""


class DeleteRegisteredModelTag(Asked):
    """Remove a label of a registered model."""

    name: Required
    key: Required


class SetRegisteredModelAlias(Asked):
    """Let an alias lead to a version."""

    name: Required
    alias: Required
    version: Required


class RegisteredModelAlias(Asked):
    """Read the version of an alias, or remove the alias."""

    name: Required
    alias: Required
