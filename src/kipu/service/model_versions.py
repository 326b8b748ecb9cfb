"""The rules of model versions."""

from __future__ import annotations

from collections.abc import Sequence

from kipu.entities.model_registry import ModelVersion, ModelVersionTag
from kipu.entities.model_registry.model_version_stages import (
    DEFAULT_STAGES_FOR_GET_LATEST_VERSIONS,
    get_canonical_stage,
)
from kipu.entities.model_uri import is_model_uri, parse_model_uri
from kipu.entities.paged_list import PagedList
from kipu.exceptions import InvalidParameter
from kipu.service.model_links import link_version
from kipu.service.model_uris import version_of
from kipu.service.pages import check_page_size
from kipu.service.registered_models import RegisteredModelRules
from kipu.service.registry_names import (
    check_link,
    check_model_name,
    check_registry_tag,
    check_registry_tag_key,
    version_number,
)
from kipu.store.model_registry import SEARCH_MODEL_VERSION_MAX_RESULTS_THRESHOLD


class ModelVersionRules(RegisteredModelRules):
    """``ModelVersionStore``, with everything checked and resolved before the store sees it."""

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
        """See ``ModelVersionStore``.

        The files of a ``models:/`` source are looked up now, so that they are found whatever
        becomes of what it names. A logged model lends its run where none is given, and a tag of
        it tells of the version. Who names a ``storage_location`` sees to all that, perhaps in
        another store.

        Raises:
            InvalidParameter: Name, source or a tag cannot be stored.
            ResourceNotFound: The source names a model or version that is not there.
        """
        check_model_name(name)
        check_link("run_id", run_id)
        check_link("model_id", model_id)
        for tag in tags:
            check_registry_tag(tag)
        is_ours = storage_location is None
        if is_ours:
            if is_model_uri(source):
                source, storage_location, model_id = self._resolved(source, model_id)
            if model_id:
                source_run_id = self._store.get_logged_model(model_id).source_run_id
                run_id = run_id or source_run_id or run_id
        made = self._store.create_model_version(
            name, source, run_id, tags, run_link, description, model_id, storage_location
        )
        if is_ours and model_id:
            link_version(self._store, model_id, made)
        return made

    def _resolved(self, source: str, model_id: str | None) -> tuple[str, str, str | None]:
        """A ``models:/`` source that will not move, its location, and the logged model, if any."""
        uri = parse_model_uri(source)
        if uri.model_id is not None:
            location = self._store.get_logged_model(uri.model_id).artifact_location
            return source, location, model_id or uri.model_id
        version = version_of(self, uri)
        location = self.get_model_version_download_uri(uri.name, version)
        return f"models:/{uri.name}/{version}", location, model_id

    def get_model_version(self, name: str, version: str) -> ModelVersion:
        """See ``ModelVersionStore``."""
        check_model_name(name)
        return self._store.get_model_version(name, version_number(version))

    def update_model_version(
        self, name: str, version: str, description: str | None
    ) -> ModelVersion:
        """See ``ModelVersionStore``."""
        check_model_name(name)
        return self._store.update_model_version(name, version_number(version), description)

    def transition_model_version_stage(
        self, name: str, version: str, stage: str, archive_existing_versions: bool
    ) -> ModelVersion:
        """See ``ModelVersionStore``; the case of the stage does not matter.

        Raises:
            InvalidParameter: There is no such stage, or versions are to be archived from another
                one than ``Staging`` and ``Production``.
        """
        check_model_name(name)
        number, canonical = version_number(version), get_canonical_stage(stage)
        active = DEFAULT_STAGES_FOR_GET_LATEST_VERSIONS
        if archive_existing_versions and canonical not in active:
            raise InvalidParameter(
                f"Existing versions can be archived from {' and '.join(active)} only, not from "
                f"{canonical}."
            )
        return self._store.transition_model_version_stage(
            name, number, canonical, archive_existing_versions
        )

    def delete_model_version(self, name: str, version: str) -> None:
        """See ``ModelVersionStore``."""
        check_model_name(name)
        self._store.delete_model_version(name, version_number(version))

    def get_model_version_download_uri(self, name: str, version: str) -> str:
        """See ``ModelVersionStore``."""
        check_model_name(name)
        return self._store.get_model_version_download_uri(name, version_number(version))

    def search_model_versions(
        self,
        filter_string: str | None,
        max_results: int,
        order_by: Sequence[str] | None,
        page_token: str | None,
    ) -> PagedList[ModelVersion]:
        """See ``ModelVersionStore``."""
        check_page_size(max_results, SEARCH_MODEL_VERSION_MAX_RESULTS_THRESHOLD)
        return self._store.search_model_versions(filter_string, max_results, order_by, page_token)

    def set_model_version_tag(self, name: str, version: str, tag: ModelVersionTag) -> None:
        """See ``ModelVersionStore``."""
        check_model_name(name)
        check_registry_tag(tag)
        self._store.set_model_version_tag(name, version_number(version), tag)

    def delete_model_version_tag(self, name: str, version: str, key: str) -> None:
        """See ``ModelVersionStore``."""
        check_model_name(name)
        check_registry_tag_key(key)
        self._store.delete_model_version_tag(name, version_number(version), key)
