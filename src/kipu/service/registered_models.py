"""The rules of registered models."""

from __future__ import annotations

from collections.abc import Sequence

from kipu.entities.model_registry import ModelVersion, RegisteredModel, RegisteredModelTag
from kipu.entities.model_registry.model_version_stages import get_canonical_stage
from kipu.entities.paged_list import PagedList
from kipu.exceptions import InvalidParameter, ResourceNotFound
from kipu.service.registry_names import (
    LATEST,
    check_alias,
    check_model_name,
    check_new_alias,
    check_registry_tag,
    check_registry_tag_key,
    version_number,
)
from kipu.store.interface import ServedStore
from kipu.store.model_registry import SEARCH_REGISTERED_MODEL_MAX_RESULTS_THRESHOLD


class RegisteredModelRules:
    """``RegisteredModelStore``, with everything checked before the store sees it."""

    _store: ServedStore

    def create_registered_model(
        self, name: str, tags: Sequence[RegisteredModelTag], description: str | None
    ) -> RegisteredModel:
        """See ``RegisteredModelStore``.

        Raises:
            InvalidParameter: The name or a tag cannot be stored.
        """
        check_model_name(name)
        for tag in tags:
            check_registry_tag(tag)
        return self._store.create_registered_model(name, tags, description)

    def get_registered_model(self, name: str) -> RegisteredModel:
        """See ``RegisteredModelStore``."""
        check_model_name(name)
        return self._store.get_registered_model(name)

    def rename_registered_model(self, name: str, new_name: str) -> RegisteredModel:
        """See ``RegisteredModelStore``."""
        check_model_name(new_name)
        check_model_name(name)
        return self._store.rename_registered_model(name, new_name)

    def update_registered_model(self, name: str, description: str | None) -> RegisteredModel:
        """See ``RegisteredModelStore``."""
        check_model_name(name)
        return self._store.update_registered_model(name, description)

    def delete_registered_model(self, name: str) -> None:
        """See ``RegisteredModelStore``."""
        check_model_name(name)
        self._store.delete_registered_model(name)

    def search_registered_models(
        self,
        filter_string: str | None,
        max_results: int,
        order_by: Sequence[str] | None,
        page_token: str | None,
    ) -> PagedList[RegisteredModel]:
        """See ``RegisteredModelStore``.

        Raises:
            InvalidParameter: ``max_results`` is not from 0 to 1,000.
        """
        limit = SEARCH_REGISTERED_MODEL_MAX_RESULTS_THRESHOLD
        if isinstance(max_results, bool) or not isinstance(max_results, int):
            raise InvalidParameter(f"max_results must be an integer; it is {max_results!r}.")
        if not 0 <= max_results <= limit:
            raise InvalidParameter(f"max_results must be from 0 to {limit}; it is {max_results}.")
        return self._store.search_registered_models(
            filter_string, max_results, order_by, page_token
        )

    def get_latest_versions(self, name: str, stages: Sequence[str]) -> list[ModelVersion]:
        """See ``RegisteredModelStore``; the case of a stage does not matter.

        Raises:
            InvalidParameter: There is no such stage.
        """
        check_model_name(name)
        wanted = [get_canonical_stage(stage) for stage in stages]
        return self._store.get_latest_versions(name, wanted)

    def set_registered_model_tag(self, name: str, tag: RegisteredModelTag) -> None:
        """See ``RegisteredModelStore``."""
        check_model_name(name)
        check_registry_tag(tag)
        self._store.set_registered_model_tag(name, tag)

    def delete_registered_model_tag(self, name: str, key: str) -> None:
        """See ``RegisteredModelStore``."""
        check_model_name(name)
        check_registry_tag_key(key)
        self._store.delete_registered_model_tag(name, key)

    def set_registered_model_alias(self, name: str, alias: str, version: str) -> None:
        """See ``RegisteredModelStore``.

        Raises:
            InvalidParameter: The alias has a character that none may have, or means something
                already: ``latest``, ``v1``.
        """
        check_model_name(name)
        check_new_alias(alias)
        self._store.set_registered_model_alias(name, alias, version_number(version))

    def delete_registered_model_alias(self, name: str, alias: str) -> None:
        """See ``RegisteredModelStore``."""
        check_model_name(name)
        check_alias(alias)
        self._store.delete_registered_model_alias(name, alias)

    def get_model_version_by_alias(self, name: str, alias: str) -> ModelVersion:
        """See ``RegisteredModelStore``; ``latest`` leads to the highest version.

        Raises:
            ResourceNotFound: ``latest`` of a model without versions.
        """
        check_model_name(name)
        check_alias(alias)
        if alias.lower() != LATEST:
            return self._store.get_model_version_by_alias(name, alias)
        versions = self._store.get_latest_versions(name, ())
        if not versions:
            raise ResourceNotFound(f"The registered model {name!r} has no version yet.")
        return max(versions, key=lambda one: int(one.version))
