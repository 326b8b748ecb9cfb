"""Requests and answers about versions of registered models."""

from __future__ import annotations

from collections.abc import Sequence

from kipu.entities import model_registry as entities
from kipu.wire.message import Answer, Asked, Int64, Pair, Required


class ModelVersion(Answer):
    """A version of a registered model; times are ms since the Unix epoch."""

    name: str
    version: str
    creation_timestamp: int
    last_updated_timestamp: int | None = None
    user_id: str | None = None
    current_stage: str | None = None
    description: str | None = None
    source: str | None = None
    run_id: str | None = None
    status: str | None = None
    status_message: str | None = None
    tags: list[Pair] = []
    run_link: str | None = None
    aliases: list[str] = []
    model_id: str | None = None

    @classmethod
    def of(cls, version: entities.ModelVersion) -> ModelVersion:
        """The wire's form of a version."""
        return cls(
            name=version.name,
            version=version.version,
            creation_timestamp=version.creation_timestamp,
            last_updated_timestamp=version.last_updated_timestamp,
            user_id=version.user_id,
            current_stage=version.current_stage,
            description=version.description,
            source=version.source,
            run_id=version.run_id,
            status=version.status,
            status_message=version.status_message or None,
            tags=[Pair(*tag) for tag in version.tags.items()],
            run_link=version.run_link,
            aliases=version.aliases or [],
            model_id=version.model_id or None,
        )

    def entity(self) -> entities.ModelVersion:
        """The version that was sent; a server sends the empty text for what there is not."""
        return entities.ModelVersion(
            self.name,
            self.version,
            self.creation_timestamp,
            self.last_updated_timestamp,
            self.description or None,
            self.user_id or None,
            self.current_stage,
            self.source,
            self.run_id or None,
            self.status or "READY",
            self.status_message,
            {tag.key: tag.value for tag in self.tags},
            self.run_link or None,
            self.aliases,
            self.model_id or None,
        )


class CreateModelVersion(Asked):
    """Make a version of a registered model."""

    name: Required
    source: Required
    run_id: str | None = None
    tags: list[Pair] = []
    run_link: str | None = None
    description: str | None = None
    model_id: str | None = None

    def tag_entities(self) -> list[entities.ModelVersionTag]:
        """The tags to set."""
        return [entities.ModelVersionTag(tag.key, tag.value) for tag in self.tags]


class ModelVersionAnswer(Answer):
    """One version."""

    model_version: ModelVersion


class GetModelVersion(Asked):
    """Read a version."""

    name: Required
    version: Required


class UpdateModelVersion(Asked):
    """Describe a version; a description left out is removed."""

    name: Required
    version: Required
    description: str | None = None


class TransitionModelVersionStage(Asked):
    """Move a version to a stage."""

    name: Required
    version: Required
    stage: Required
    archive_existing_versions: bool = False


class DeleteModelVersion(Asked):
    """Delete a version."""

    name: Required
    version: Required


class SearchModelVersions(Asked):
    """Find versions."""

    filter: str | None = None
    max_results: Int64 = 200_000
    order_by: list[str] = []
    page_token: str | None = None


class ModelVersionsAnswer(Answer):
    """Versions, perhaps a page of them."""

    model_versions: list[ModelVersion] = []
    next_page_token: str | None = None

    @classmethod
    def of(
        cls, versions: Sequence[entities.ModelVersion], token: str | None = None
    ) -> ModelVersionsAnswer:
        """The answer with these versions."""
        return cls([ModelVersion.of(version) for version in versions], token)


class GetModelVersionDownloadUri(Asked):
    """Read where the files of a version lie."""

    name: str = ""
    version: str = ""


class ModelVersionDownloadUri(Answer):
    """Where the files of a version lie."""

    artifact_uri: str


class GetModelVersionArtifact(Asked):
    """Download a file of a version."""

    name: Required
    version: Required
    path: Required


class SetModelVersionTag(Asked):
    """Set a label of a version."""

    name: Required
    version: Required
    key: Required
    value: str = ""


class DeleteModelVersionTag(Asked):
    """Remove a label of a version."""

    name: Required
    version: Required
    key: Required
