"""Registered models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kipu.client.opening import open_tracking
from kipu.entities.model_registry import ModelVersion, RegisteredModel, RegisteredModelTag
from kipu.entities.paged_list import PagedList
from kipu.exceptions import InvalidParameter
from kipu.store.model_registry import SEARCH_REGISTERED_MODEL_MAX_RESULTS_DEFAULT
from kipu.store.registry import RegistryStore


class RegisteredModelsClient:
    """What can be done with registered models."""

    _registry_uri: str

    @property
    def _registry(self) -> RegistryStore:
        """The model registry, opened with its first use."""
        return open_tracking(self._registry_uri).store

    def create_registered_model(
        self,
        name: str,
        tags: Mapping[str, Any] | None = None,
        description: str | None = None,
        deployment_job_id: str | None = None,
    ) -> RegisteredModel:
        """Make a registered model, without versions at first.

        Args:
            name: 1 to 256 characters without slash and colon; unique.
            tags: Labels; values are made text.
            description: What it is.
            deployment_job_id: Accepted for MLflow's sake.

        Raises:
            ResourceExists: The name is taken.
            InvalidParameter: Name or tags cannot be stored.
        """
        labels = [RegisteredModelTag(key, str(value)) for key, value in (tags or {}).items()]
        return self._registry.create_registered_model(name, labels, description)

    def rename_registered_model(self, name: str, new_name: str) -> RegisteredModel:
        """Give a registered model another name.

        Raises:
            ResourceNotFound: No model has this name.
            ResourceExists: The new name is taken.
        """
        return self._registry.rename_registered_model(name, new_name)

    def update_registered_model(
        self,
        name: str,
        description: str | None = None,
        deployment_job_id: str | None = None,
    ) -> RegisteredModel:
        """Describe a registered model.

        Args:
            name: The model.
            description: What it is.
            deployment_job_id: Accepted for MLflow's sake.

        Raises:
            ResourceNotFound: No model has this name.
            InvalidParameter: There is nothing to change.
        """
        if description is None and deployment_job_id is None:
            raise InvalidParameter("Nothing to update: give a description.")
        return self._registry.update_registered_model(name, description)

    def delete_registered_model(self, name: str) -> None:
        """Delete a registered model with all of its versions; there is no way back.

        Raises:
            ResourceNotFound: No model has this name.
        """
        self._registry.delete_registered_model(name)

    def get_registered_model(self, name: str) -> RegisteredModel:
        """Read a registered model, with its latest version in each stage.

        Raises:
            ResourceNotFound: No model has this name.
        """
        return self._registry.get_registered_model(name)

    def search_registered_models(
        self,
        filter_string: str | None = None,
        max_results: int = SEARCH_REGISTERED_MODEL_MAX_RESULTS_DEFAULT,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[RegisteredModel]:
        """One page of the registered models that match.

        Args:
            filter_string: Such as ``name LIKE 'vision%' AND tags.team = 'a'``.
            max_results: At most so many, up to 1,000.
            order_by: Such as ``["timestamp DESC"]``; left out, by name.
            page_token: The ``token`` of the page before.

        Raises:
            InvalidParameter: Filter, order or token cannot be read.
        """
        return self._registry.search_registered_models(
            filter_string, max_results, order_by, page_token
        )

    def get_latest_versions(
        self, name: str, stages: Sequence[str] | None = None
    ) -> list[ModelVersion]:
        """The highest version in each stage.

        Args:
            name: The registered model.
            stages: Only in these; left out, in all.

        Raises:
            ResourceNotFound: No model has this name.
            InvalidParameter: There is no such stage.
        """
        return self._registry.get_latest_versions(name, stages or ())

    def set_registered_model_tag(self, name: str, key: str, value: Any) -> None:
        """Label a registered model; the value is made text, at most 100,000 characters.

        Raises:
            ResourceNotFound: No model has this name.
        """
        self._registry.set_registered_model_tag(name, RegisteredModelTag(key, str(value)))

    def delete_registered_model_tag(self, name: str, key: str) -> None:
        """Remove a label of a registered model, if it is there.

        Raises:
            ResourceNotFound: No model has this name.
        """
        self._registry.delete_registered_model_tag(name, key)

    def set_registered_model_alias(self, name: str, alias: str, version: str) -> None:
        """Let ``models:/name@alias`` lead to a version.

        Args:
            name: The registered model.
            alias: Letters, digits, underscores and dashes; neither ``latest`` nor ``v1``.
            version: Its number.

        Raises:
            ResourceNotFound: There is no such version.
            InvalidParameter: The alias is refused.
        """
        self._registry.set_registered_model_alias(name, alias, str(version))

    def delete_registered_model_alias(self, name: str, alias: str) -> None:
        """Remove an alias, if it is there.

        Raises:
            ResourceNotFound: No model has this name.
        """
        self._registry.delete_registered_model_alias(name, alias)

    def get_model_version_by_alias(self, name: str, alias: str) -> ModelVersion:
        """Read the version that an alias leads to; ``latest`` leads to the highest.

        Raises:
            ResourceNotFound: No model has this name.
            InvalidParameter: The model has no such alias.
        """
        return self._registry.get_model_version_by_alias(name, alias)
