"""Versions of registered models."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any

from kipu.client.registered_models import RegisteredModelsClient
from kipu.client.tracking import Tracking
from kipu.entities.model_registry import ModelVersion, ModelVersionTag
from kipu.entities.model_registry.model_version_stages import ALL_STAGES
from kipu.entities.model_uri import ModelUri, is_model_uri, parse_model_uri
from kipu.entities.paged_list import PagedList
from kipu.exceptions import InvalidParameter, MlflowException, ResourceExists
from kipu.service.model_links import link_version
from kipu.service.model_uris import version_of
from kipu.store.model_registry import SEARCH_MODEL_VERSION_MAX_RESULTS_DEFAULT

_log = logging.getLogger(__name__)

DEFAULT_AWAIT_MAX_SLEEP_SECONDS = 5 * 60
_ASK_EVERY_S = 3


class ModelVersionsClient(RegisteredModelsClient):
    """What can be done with versions of registered models."""

    _tracking: Tracking
    _tracking_uri: str

    def create_model_version(
        self,
        name: str,
        source: str,
        run_id: str | None = None,
        tags: Mapping[str, Any] | None = None,
        run_link: str | None = None,
        description: str | None = None,
        await_creation_for: int | None = DEFAULT_AWAIT_MAX_SLEEP_SECONDS,
        model_id: str | None = None,
    ) -> ModelVersion:
        """Make the next version of a registered model.

        Args:
            name: The registered model.
            source: Where its files lie: ``runs:/<run id>/<path>``, ``models:/<model id>``,
                ``models:/<name>/<version>``, or any URI or folder. A server takes only what lies
                in the run or logged model that is named too.
            run_id: The run that made it.
            tags: Labels; values are made text.
            run_link: A page about the run.
            description: What it is.
            await_creation_for: Seconds to wait until the registry is done with it; None or 0, not
                at all.
            model_id: The logged model that it is.

        Raises:
            ResourceNotFound: No model has this name, or the source is not there.
            InvalidParameter: The source or a tag is refused.
        """
        labels = [ModelVersionTag(key, str(value)) for key, value in (tags or {}).items()]
        logged = location = None
        if is_model_uri(source):
            made_of = model_id or parse_model_uri(source).model_id
            if made_of is not None:
                self._tracking.stored(made_of)
        if self._registry_uri != self._tracking_uri and is_model_uri(source):
            # The registry cannot look up the logged models of another store.
            logged = parse_model_uri(source).model_id
            if logged is not None:
                model = self._tracking.store.get_logged_model(logged)
                location, model_id = model.artifact_location, model_id or logged
                run_id = run_id or model.source_run_id
        made = self._registry.create_model_version(
            name, source, run_id, labels, run_link, description, model_id, location
        )
        if logged is not None:
            link_version(self._tracking.store, logged, made)
        return self._ready(made, await_creation_for or 0)

    def _ready(self, version: ModelVersion, timeout_s: float) -> ModelVersion:
        """The version once the registry is done with it; at once if there is no time to wait."""
        deadline = time.monotonic() + timeout_s
        while timeout_s > 0 and version.status == "PENDING_REGISTRATION":
            if time.monotonic() > deadline:
                raise MlflowException(
                    f"Version {version.version} of {version.name!r} is still being registered after"
                    f" {timeout_s} s."
                )
            time.sleep(min(_ASK_EVERY_S, timeout_s))
            version = self._registry.get_model_version(version.name, version.version)
        if timeout_s > 0 and version.status != "READY":
            raise MlflowException(
                f"Version {version.version} of {version.name!r} could not be registered: "
                f"{version.status_message or version.status}."
            )
        return version

    def copy_model_version(self, src_model_uri: str, dst_name: str) -> ModelVersion:
        """Make a version of another registered model from one that is there; files stay in place.

        Args:
            src_model_uri: ``models:/<name>/<version>``, ``models:/<name>@<alias>``, ...
            dst_name: The registered model to add it to; made if it is not there.

        Raises:
            ResourceNotFound: There is no such version.
            InvalidParameter: The URI names no registered version.
        """
        uri = parse_model_uri(src_model_uri) if is_model_uri(src_model_uri) else ModelUri()
        if not uri.name:
            raise InvalidParameter(
                f"{src_model_uri!r} names no registered version; write models:/<name>/<version>."
            )
        copied = self._registry.get_model_version(uri.name, version_of(self._registry, uri))
        try:
            self._registry.create_registered_model(dst_name, (), None)
        except ResourceExists:
            _log.info("The registered model %r is there; it gets a new version.", dst_name)
        return self._registry.create_model_version(
            dst_name,
            f"models:/{copied.name}/{copied.version}",
            copied.run_id,
            [ModelVersionTag(*tag) for tag in copied.tags.items()],
            copied.run_link,
            copied.description,
            copied.model_id,
        )

    def update_model_version(
        self, name: str, version: str, description: str | None = None
    ) -> ModelVersion:
        """Describe a version.

        Raises:
            ResourceNotFound: There is no such version.
            InvalidParameter: There is nothing to change.
        """
        if description is None:
            raise InvalidParameter("Nothing to update: give a description.")
        return self._registry.update_model_version(name, str(version), description)

    def transition_model_version_stage(
        self, name: str, version: str, stage: str, archive_existing_versions: bool = False
    ) -> ModelVersion:
        """Move a version to a stage; aliases are the newer way of saying what is in use.

        Args:
            name: The registered model.
            version: The number of the version.
            stage: ``None``, ``Staging``, ``Production`` or ``Archived``, in any case.
            archive_existing_versions: Whether those that are in ``Staging`` or ``Production``
                make room, and go to ``Archived``.

        Raises:
            ResourceNotFound: There is no such version.
            InvalidParameter: There is no such stage, or nothing can be archived from it.
        """
        return self._registry.transition_model_version_stage(
            name, str(version), stage, archive_existing_versions
        )

    def delete_model_version(self, name: str, version: str) -> None:
        """Delete a version with its tags and aliases; there is no way back, the files stay.

        Raises:
            ResourceNotFound: There is no such version.
        """
        self._registry.delete_model_version(name, str(version))

    def get_model_version(self, name: str, version: str) -> ModelVersion:
        """Read a version.

        Raises:
            ResourceNotFound: There is no such version.
        """
        return self._registry.get_model_version(name, str(version))

    def get_model_version_download_uri(self, name: str, version: str) -> str:
        """Where the files of a version lie.

        Raises:
            ResourceNotFound: There is no such version.
        """
        return self._registry.get_model_version_download_uri(name, str(version))

    def get_model_version_stages(self, name: str, version: str) -> list[str]:
        """The stages that a version can be in."""
        return list(ALL_STAGES)

    def search_model_versions(
        self,
        filter_string: str | None = None,
        max_results: int = SEARCH_MODEL_VERSION_MAX_RESULTS_DEFAULT,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[ModelVersion]:
        """One page of the versions that match.

        Args:
            filter_string: Such as ``name = 'm' AND tags.state = 'good'``.
            max_results: At most so many, 1 to 200,000.
            order_by: Such as ``["version_number DESC"]``; left out, last updated first.
            page_token: The ``token`` of the page before.

        Raises:
            InvalidParameter: Filter, order or token cannot be read.
        """
        return self._registry.search_model_versions(
            filter_string, max_results, order_by, page_token
        )

    def set_model_version_tag(
        self,
        name: str,
        version: str | None = None,
        key: str | None = None,
        value: Any = None,
        stage: str | None = None,
    ) -> None:
        """Label a version, or the latest one in a stage.

        Args:
            name: The registered model.
            version: The number of the version; or else ``stage``.
            key: The name of the label.
            value: Its value, which is made text.
            stage: The stage to look in.

        Raises:
            ResourceNotFound: There is no such version.
            InvalidParameter: Both or neither of version and stage are given.
        """
        number = self._version_of(name, version, stage)
        tag = ModelVersionTag(key, str(value))  # type: ignore[arg-type]
        self._registry.set_model_version_tag(name, number, tag)

    def delete_model_version_tag(
        self,
        name: str,
        version: str | None = None,
        key: str | None = None,
        stage: str | None = None,
    ) -> None:
        """Remove a label, if it is there; see ``set_model_version_tag`` for the arguments."""
        number = self._version_of(name, version, stage)
        self._registry.delete_model_version_tag(name, number, key)  # type: ignore[arg-type]

    def _version_of(self, name: str, version: str | None, stage: str | None) -> str:
        if bool(version) == bool(stage):
            raise InvalidParameter("Give either a version or a stage.")
        if version:
            return str(version)
        return version_of(self._registry, ModelUri(name, stage=stage))
