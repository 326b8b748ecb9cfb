"""Registered models on a server."""

from __future__ import annotations

from collections.abc import Sequence

from kipu.entities.model_registry import ModelVersion, RegisteredModel, RegisteredModelTag
from kipu.entities.paged_list import PagedList
from kipu.store.rest.access import RestAccess
from kipu.wire import registered_models as wire
from kipu.wire.experiments import Empty
from kipu.wire.message import Pair
from kipu.wire.model_versions import ModelVersionAnswer, ModelVersionsAnswer

_ROOT = "/registered-models"


class RestRegisteredModels(RestAccess):
    """``RegisteredModelStore`` over HTTP."""

    def create_registered_model(
        self, name: str, tags: Sequence[RegisteredModelTag], description: str | None
    ) -> RegisteredModel:
        """See ``RegisteredModelStore``."""
        asked = wire.CreateRegisteredModel(
            name, [Pair(tag.key, tag.value) for tag in tags], description
        )
        return self._model("POST", "/create", asked, retry=False)

    def get_registered_model(self, name: str) -> RegisteredModel:
        """See ``RegisteredModelStore``."""
        answer = self._get(f"{_ROOT}/get", wire.RegisteredModelAnswer, name=name)
        return answer.registered_model.entity()

    def rename_registered_model(self, name: str, new_name: str) -> RegisteredModel:
        """See ``RegisteredModelStore``."""
        asked = wire.RenameRegisteredModel(name, new_name)
        return self._model("POST", "/rename", asked, retry=False)

    def update_registered_model(self, name: str, description: str | None) -> RegisteredModel:
        """See ``RegisteredModelStore``."""
        return self._model("PATCH", "/update", wire.UpdateRegisteredModel(name, description))

    def delete_registered_model(self, name: str) -> None:
        """See ``RegisteredModelStore``."""
        asked = wire.DeleteRegisteredModel(name)
        self._send("DELETE", f"{_ROOT}/delete", asked, Empty, retry=False)

    def search_registered_models(
        self,
        filter_string: str | None,
        max_results: int,
        order_by: Sequence[str] | None,
        page_token: str | None,
    ) -> PagedList[RegisteredModel]:
        """See ``RegisteredModelStore``."""
        page = self._get(
            f"{_ROOT}/search",
            wire.SearchRegisteredModelsAnswer,
            filter=filter_string,
            max_results=max_results,
            order_by=list(order_by or ()),
            page_token=page_token,
        )
        return PagedList((model.entity() for model in page.registered_models), page.next_page_token)

    def get_latest_versions(self, name: str, stages: Sequence[str]) -> list[ModelVersion]:
        """See ``RegisteredModelStore``."""
        asked = wire.GetLatestVersions(name, list(stages))
        answer = self._post(f"{_ROOT}/get-latest-versions", asked, ModelVersionsAnswer)
        versions = [version.entity() for version in answer.model_versions]
        return sorted(versions, key=lambda version: int(version.version))

    def set_registered_model_tag(self, name: str, tag: RegisteredModelTag) -> None:
        """See ``RegisteredModelStore``."""
        asked = wire.SetRegisteredModelTag(name, tag.key, tag.value)
        self._post(f"{_ROOT}/set-tag", asked, Empty)

    def delete_registered_model_tag(self, name: str, key: str) -> None:
        """See ``RegisteredModelStore``."""
        asked = wire.DeleteRegisteredModelTag(name, key)
        self._send("DELETE", f"{_ROOT}/delete-tag", asked, Empty)

    def set_registered_model_alias(self, name: str, alias: str, version: str) -> None:
        """See ``RegisteredModelStore``."""
        asked = wire.SetRegisteredModelAlias(name, alias, version)
        self._post(f"{_ROOT}/alias", asked, Empty)

    def delete_registered_model_alias(self, name: str, alias: str) -> None:
        """See ``RegisteredModelStore``."""
        asked = wire.RegisteredModelAlias(name, alias)
        self._send("DELETE", f"{_ROOT}/alias", asked, Empty)

    def get_model_version_by_alias(self, name: str, alias: str) -> ModelVersion:
        """See ``RegisteredModelStore``."""
        answer = self._get(f"{_ROOT}/alias", ModelVersionAnswer, name=name, alias=alias)
        return answer.model_version.entity()

    def _model(self, method: str, path: str, asked: object, retry: bool = True) -> RegisteredModel:
        answer = self._send(method, _ROOT + path, asked, wire.RegisteredModelAnswer, retry)
        return answer.registered_model.entity()
