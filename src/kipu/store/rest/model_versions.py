"""Versions of registered models on a server."""

from __future__ import annotations

from collections.abc import Sequence

from kipu.entities.model_registry import ModelVersion, ModelVersionTag
from kipu.entities.paged_list import PagedList
from kipu.store.rest.access import RestAccess
from kipu.wire import model_versions as wire
from kipu.wire.experiments import Empty
from kipu.wire.message import Pair

_ROOT = "/model-versions"


class RestModelVersions(RestAccess):
    """``ModelVersionStore`` over HTTP."""

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
        """See ``ModelVersionStore``; the server finds out where the files lie."""
        asked = wire.CreateModelVersion(
            name,
            source,
            run_id,
            [Pair(tag.key, tag.value) for tag in tags],
            run_link,
            description,
            model_id,
        )
        return self._version("POST", "/create", asked, retry=False)

    def get_model_version(self, name: str, version: str) -> ModelVersion:
        """See ``ModelVersionStore``."""
        answer = self._get(f"{_ROOT}/get", wire.ModelVersionAnswer, name=name, version=version)
        return answer.model_version.entity()

    def update_model_version(
        self, name: str, version: str, description: str | None
    ) -> ModelVersion:
        """See ``ModelVersionStore``."""
        asked = wire.UpdateModelVersion(name, version, description)
        return self._version("PATCH", "/update", asked)

    def transition_model_version_stage(
        self, name: str, version: str, stage: str, archive_existing_versions: bool
    ) -> ModelVersion:
        """See ``ModelVersionStore``."""
        asked = wire.TransitionModelVersionStage(name, version, stage, archive_existing_versions)
        return self._version("POST", "/transition-stage", asked)

    def delete_model_version(self, name: str, version: str) -> None:
        """See ``ModelVersionStore``."""
        asked = wire.DeleteModelVersion(name, version)
        self._send("DELETE", f"{_ROOT}/delete", asked, Empty, retry=False)

    def get_model_version_download_uri(self, name: str, version: str) -> str:
        """See ``ModelVersionStore``."""
        path = f"{_ROOT}/get-download-uri"
        return self._get(
            path, wire.ModelVersionDownloadUri, name=name, version=version
        ).artifact_uri

    def search_model_versions(
        self,
        filter_string: str | None,
        max_results: int,
        order_by: Sequence[str] | None,
        page_token: str | None,
    ) -> PagedList[ModelVersion]:
        """See ``ModelVersionStore``."""
        page = self._get(
            f"{_ROOT}/search",
            wire.ModelVersionsAnswer,
            filter=filter_string,
            max_results=max_results,
            order_by=list(order_by or ()),
            page_token=page_token,
        )
        return PagedList(
            (version.entity() for version in page.model_versions), page.next_page_token
        )

    def set_model_version_tag(self, name: str, version: str, tag: ModelVersionTag) -> None:
        """See ``ModelVersionStore``."""
        asked = wire.SetModelVersionTag(name, version, tag.key, tag.value)
        self._post(f"{_ROOT}/set-tag", asked, Empty)

    def delete_model_version_tag(self, name: str, version: str, key: str) -> None:
        """See ``ModelVersionStore``."""
        asked = wire.DeleteModelVersionTag(name, version, key)
        self._send("DELETE", f"{_ROOT}/delete-tag", asked, Empty)

    def _version(self, method: str, path: str, asked: object, retry: bool = True) -> ModelVersion:
        answer = self._send(method, _ROOT + path, asked, wire.ModelVersionAnswer, retry)
        return answer.model_version.entity()
