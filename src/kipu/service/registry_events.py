"""The rules of the model registry, and webhooks that are told of what was done."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kipu.entities import WebhookEvent
from kipu.entities.model_registry import (
    ModelVersion,
    ModelVersionTag,
    RegisteredModel,
    RegisteredModelTag,
)
from kipu.entities.tag_names import IS_PROMPT_TAG, PROMPT_TEXT_TAG, PROMPT_TYPE_TAG
from kipu.exceptions import MlflowException
from kipu.service.messages import message
from kipu.service.model_versions import ModelVersionRules
from kipu.store.interface import BackingStore

_log = logging.getLogger("kipu.webhooks")
_OF_PROMPTS = (IS_PROMPT_TAG, PROMPT_TYPE_TAG, PROMPT_TEXT_TAG)


class AnnouncedRegistryRules(ModelVersionRules):
    """``ModelVersionRules``; what succeeded is told to the webhooks that want it.

    What cannot be told does not fail: it was done. Prompts have events of their own.
    """

    _store: BackingStore

    def create_registered_model(
        self, name: str, tags: Sequence[RegisteredModelTag], description: str | None
    ) -> RegisteredModel:
        """See ``RegisteredModelRules``."""
        made = super().create_registered_model(name, tags, description)
        told = _labels(tags)
        event = "registered_model.created"
        if _is_prompt(told):
            event, told = "prompt.created", _without(told, _OF_PROMPTS[:2])
        self._announce(event, {"name": name, "tags": told, "description": description or ""})
        return made

    def set_registered_model_tag(self, name: str, tag: RegisteredModelTag) -> None:
        """See ``RegisteredModelRules``."""
        super().set_registered_model_tag(name, tag)
        if self._names_prompt(name):
            self._announce("prompt_tag.set", {"name": name, "key": tag.key, "value": tag.value})

    def delete_registered_model_tag(self, name: str, key: str) -> None:
        """See ``RegisteredModelRules``."""
        super().delete_registered_model_tag(name, key)
        if self._names_prompt(name):
            self._announce("prompt_tag.deleted", {"name": name, "key": key})

    def set_registered_model_alias(self, name: str, alias: str, version: str) -> None:
        """See ``RegisteredModelRules``."""
        super().set_registered_model_alias(name, alias, version)
        what = "prompt_alias" if self._names_prompt(name) else "model_version_alias"
        told = {"name": name, "alias": alias, "version": str(version)}
        self._announce(f"{what}.created", told)

    def delete_registered_model_alias(self, name: str, alias: str) -> None:
        """See ``RegisteredModelRules``."""
        super().delete_registered_model_alias(name, alias)
        what = "prompt_alias" if self._names_prompt(name) else "model_version_alias"
        self._announce(f"{what}.deleted", {"name": name, "alias": alias})

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
        """See ``ModelVersionRules``."""
        made = super().create_model_version(
            name, source, run_id, tags, run_link, description, model_id, storage_location
        )
        told, labels = {"name": name, "version": str(made.version)}, _labels(tags)
        if _is_prompt(labels):
            template = labels.get(PROMPT_TEXT_TAG, "")
            rest: dict[str, Any] = {"template": template, "tags": _without(labels, _OF_PROMPTS)}
            event = "prompt_version.created"
        else:
            rest = {"source": made.source, "run_id": made.run_id or None, "tags": labels}
            event = "model_version.created"
        self._announce(event, {**told, **rest, "description": description or None})
        return made

    def set_model_version_tag(self, name: str, version: str, tag: ModelVersionTag) -> None:
        """See ``ModelVersionRules``."""
        super().set_model_version_tag(name, version, tag)
        what = "prompt_version_tag" if self._names_prompt(name) else "model_version_tag"
        told = {"name": name, "version": str(version), "key": tag.key, "value": tag.value}
        self._announce(f"{what}.set", told)

    def delete_model_version_tag(self, name: str, version: str, key: str) -> None:
        """See ``ModelVersionRules``."""
        super().delete_model_version_tag(name, version, key)
        what = "prompt_version_tag" if self._names_prompt(name) else "model_version_tag"
        self._announce(f"{what}.deleted", {"name": name, "version": str(version), "key": key})

    def _names_prompt(self, name: str) -> bool:
        try:
            return _is_prompt(self._store.get_registered_model(name).tags)
        except MlflowException:
            return False  # somebody deleted or renamed it just now

    def _announce(self, event: str, data: Mapping[str, Any]) -> None:
        told = WebhookEvent.from_str(event)
        try:
            self._store.enqueue_event(told, message(told, data))
        except MlflowException as error:
            _log.error("No webhook was told of %s: %s", event, error.message)


def _labels(tags: Iterable[RegisteredModelTag | ModelVersionTag]) -> dict[str, str]:
    return {tag.key: tag.value for tag in tags}


def _without(labels: Mapping[str, str], keys: Sequence[str]) -> dict[str, str]:
    return {key: value for key, value in labels.items() if key not in keys}


def _is_prompt(labels: Mapping[str, str]) -> bool:
    return labels.get(IS_PROMPT_TAG, "").lower() == "true"
