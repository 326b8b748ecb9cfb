"""What every model registry promises; see ``kipu.store.interface`` for what all stores do.

Versions go by decimal numbers as text. A deletion leaves nothing but the number, which no later
version of that model gets.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from kipu.entities.model_registry import (
    ModelVersion,
    ModelVersionTag,
    RegisteredModel,
    RegisteredModelTag,
)
from kipu.entities.paged_list import PagedList


class RegisteredModelStore(Protocol):
    """Keeps registered models, with their tags and aliases.

    What is said to change ``last_updated_timestamp`` does; tags and aliases do not.
    """

    def create_registered_model(
        self, name: str, tags: Sequence[RegisteredModelTag], description: str | None
    ) -> RegisteredModel:
        """Make a model without versions.

        Raises:
            ResourceExists: The name is taken.
        """
        ...

    def get_registered_model(self, name: str) -> RegisteredModel:
        """Read a model.

        Raises:
            ResourceNotFound: No model has this name.
        """
        ...

    def rename_registered_model(self, name: str, new_name: str) -> RegisteredModel:
        """Give a model another name; it and its versions count as updated.

        Raises:
            ResourceNotFound: No model has this name.
            ResourceExists: The new name is taken.
        """
        ...

    def update_registered_model(self, name: str, description: str | None) -> RegisteredModel:
        """Describe a model, which counts as updated.

        Raises:
            ResourceNotFound: No model has this name.
        """
        ...

    def delete_registered_model(self, name: str) -> None:
        """Delete a model with its versions, tags and aliases.

        Raises:
            ResourceNotFound: No model has this name.
        """
        ...

    def search_registered_models(
        self,
        filter_string: str | None,
        max_results: int,
        order_by: Sequence[str] | None,
        page_token: str | None,
    ) -> PagedList[RegisteredModel]:
        """One page of the models that match, by name unless ordered otherwise.

        Prompts are left out unless the filter asks for them. A page of 0 models has a token that
        leads to the same place.

        Raises:
            InvalidParameter: The filter, the order or the token cannot be read.
        """
        ...

    def get_latest_versions(self, name: str, stages: Sequence[str]) -> list[ModelVersion]:
        """The highest version in each of these stages, or in any if none is named, by number.

        Raises:
            ResourceNotFound: No model has this name.
        """
        ...

    def set_registered_model_tag(self, name: str, tag: RegisteredModelTag) -> None:
        """Set a label of a model.

        Raises:
            ResourceNotFound: No model has this name.
        """
        ...

    def delete_registered_model_tag(self, name: str, key: str) -> None:
        """Remove a label of a model; harmless if it has none.

        Raises:
            ResourceNotFound: No model has this name.
        """
        ...

    def set_registered_model_alias(self, name: str, alias: str, version: str) -> None:
        """Let an alias lead to a version, and to no other one.

        Raises:
            ResourceNotFound: There is no such version.
        """
        ...

    def delete_registered_model_alias(self, name: str, alias: str) -> None:
        """Remove an alias; harmless if there is none.

        Raises:
            ResourceNotFound: No model has this name.
        """
        ...

    def get_model_version_by_alias(self, name: str, alias: str) -> ModelVersion:
        """Read the version that an alias leads to.

        Raises:
            ResourceNotFound: No model has this name.
            InvalidParameter: The model has no such alias.
        """
        ...


class ModelVersionStore(Protocol):
    """Keeps the versions of registered models, with their tags."""

    def create_model_version(
        self,
        name: str,
        source: str,
        run_id: str | None,
        tags: Sequence[ModelVersionTag],
        run_link: str | None,
        description: str | None,
        model_id: str | None,
        storage_location: str | None = None,
    ) -> ModelVersion:
        """Make the next version of a model, which counts as updated.

        ``storage_location`` is where the files lie, if not at ``source``; a server finds out by
        itself.

        Raises:
            ResourceNotFound: No model has this name.
        """
        ...

    def get_model_version(self, name: str, version: str) -> ModelVersion:
        """Read a version, with its aliases.

        Raises:
            ResourceNotFound: There is no such version.
        """
        ...

    def update_model_version(
        self, name: str, version: str, description: str | None
    ) -> ModelVersion:
        """Describe a version, which counts as updated.

        Raises:
            ResourceNotFound: There is no such version.
        """
        ...

    def transition_model_version_stage(
        self, name: str, version: str, stage: str, archive_existing_versions: bool
    ) -> ModelVersion:
        """Move a version to a stage, and perhaps those that are there to ``Archived``.

        All of them, and the model, count as updated.

        Raises:
            ResourceNotFound: There is no such version.
        """
        ...

    def delete_model_version(self, name: str, version: str) -> None:
        """Delete a version with its tags and aliases; the model counts as updated.

        Raises:
            ResourceNotFound: There is no such version.
        """
        ...

    def get_model_version_download_uri(self, name: str, version: str) -> str:
        """Where the files of a version lie.

        Raises:
            ResourceNotFound: There is no such version.
        """
        ...

    def search_model_versions(
        self,
        filter_string: str | None,
        max_results: int,
        order_by: Sequence[str] | None,
        page_token: str | None,
    ) -> PagedList[ModelVersion]:
        """One page of the versions that match, last updated first unless ordered otherwise.

        Aliases are not read, as in MLflow. Versions of prompts are left out unless the filter asks
        for them.

        Raises:
            InvalidParameter: The filter, the order or the token cannot be read.
        """
        ...

    def set_model_version_tag(self, name: str, version: str, tag: ModelVersionTag) -> None:
        """Set a label of a version.

        Raises:
            ResourceNotFound: There is no such version.
        """
        ...

    def delete_model_version_tag(self, name: str, version: str, key: str) -> None:
        """Remove a label of a version; harmless if it has none.

        Raises:
            ResourceNotFound: There is no such version.
        """
        ...


class RegistryStore(RegisteredModelStore, ModelVersionStore, Protocol):
    """A whole model registry."""
