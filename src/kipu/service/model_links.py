"""The tag by which a logged model knows the registered versions that are made of it."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from kipu.entities import LoggedModelTag
from kipu.entities.model_registry import ModelVersion
from kipu.entities.tag_names import MLFLOW_MODEL_VERSIONS
from kipu.store.logged_models import LoggedModelStore


def link_version(store: LoggedModelStore, model_id: str, version: ModelVersion) -> None:
    """Note on a logged model that a version was made of it; once is enough.

    Raises:
        ResourceNotFound: No model has this id.
    """
    known = _versions(store.get_logged_model(model_id).tags.get(MLFLOW_MODEL_VERSIONS))
    # A number, as an MLflow server has it.
    this = {"name": version.name, "version": int(version.version)}
    if this not in known:
        noted = json.dumps([*known, this])  # with MLflow's spaces
        store.set_logged_model_tags(model_id, [LoggedModelTag(MLFLOW_MODEL_VERSIONS, noted)])


def _versions(tag: str | None) -> list[Any]:
    """What the tag holds; anybody may have written something else into it."""
    try:
        known = msgspec.json.decode(tag or "[]")
    except msgspec.DecodeError:
        return []
    return known if isinstance(known, list) else []
