"""Logged models and registered models in MLflow's file layout."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from kipu.entities import LifecycleStage, LoggedModel, LoggedModelStatus
from kipu.entities.model_registry import ModelVersion, RegisteredModel
from kipu.exceptions import MlflowException
from kipu.migration.file_metrics import model_metrics
from kipu.migration.files import Damaged, Meta, Report, check_home, folders, labels, read_text
from kipu.service.registry_names import check_alias, check_model_name
from kipu.store.adoption import AdoptedVersion

_VERSION = re.compile(r"version-(\d{1,18})")
_DELETED_VERSION = "Deleted_Internal"
_MAX_ID_LENGTH = 36


class FileModel(NamedTuple):
    """A logged model as it is adopted."""

    model: LoggedModel
    is_deleted: bool


class FileRegisteredModel(NamedTuple):
    """A registered model as it is adopted."""

    model: RegisteredModel
    versions: list[AdoptedVersion]
    last_version: int


def read_logged_model(
    folder: Path, experiment_id: str, absolute: Callable[[str], str], report: Report
) -> FileModel:
    """Read a logged model with all that it has; what cannot be read of it is reported.

    ``absolute`` makes a place absolute.

    Raises:
        Damaged: There is no model in it.
    """
    meta = Meta(folder)
    model_id = meta.text("model_id")
    if model_id != folder.name:
        raise Damaged(meta.path, f"It describes another model, {model_id}.")
    check_home(meta, experiment_id)
    if len(model_id) > _MAX_ID_LENGTH:
        raise Damaged(meta.path, f"The model's id is longer than {_MAX_ID_LENGTH} characters.")
    try:
        status = LoggedModelStatus.from_int(meta.number("status", 0))
    except MlflowException as error:
        raise Damaged(meta.path, error.message) from None
    created = meta.number("creation_timestamp", 0)
    model = LoggedModel(
        experiment_id,
        model_id,
        meta.text("name"),
        absolute(meta.optional_text("artifact_location") or ""),
        created,
        meta.number("last_updated_timestamp", created),
        meta.optional_text("model_type"),
        meta.optional_text("source_run_id"),
        status,
        meta.optional_text("status_message"),
        labels(folder / "tags", "tag", report),
        labels(folder / "params", "param", report),
        model_metrics(folder / "metrics", model_id, report),
    )
    return FileModel(model, meta.optional_text("lifecycle_stage") == LifecycleStage.DELETED)


def read_registered_model(
    folder: Path, absolute: Callable[[str], str], report: Report
) -> FileRegisteredModel:
    """Read a registered model with its versions; what cannot be read of it is reported.

    ``absolute`` makes a place absolute.

    Raises:
        Damaged: There is no model in it.
    """
    meta = Meta(folder)
    name = meta.text("name")
    try:
        check_model_name(name)
    except MlflowException as error:
        raise Damaged(meta.path, error.message) from None
    versions, last = [], 0
    for one in folders(folder):
        found = _VERSION.fullmatch(one.name)
        if found is None:
            continue
        last = max(last, int(found[1]))
        try:
            version = _version(one, name, found[1], absolute, report)
        except Damaged as damage:
            report(damage.path, damage.reason)
        else:
            if version.version.current_stage != _DELETED_VERSION:
                versions.append(version)
    created = meta.number("creation_timestamp", 0)
    model = RegisteredModel(
        name,
        created,
        meta.number("last_updated_timestamp", created),
        meta.optional_text("description"),
        None,
        labels(folder / "tags", "tag", report),
        _aliases(folder, {one.version.version for one in versions}, report),
    )
    return FileRegisteredModel(model, versions, last)


def _version(
    folder: Path, name: str, number: str, absolute: Callable[[str], str], report: Report
) -> AdoptedVersion:
    meta = Meta(folder)
    created = meta.number("creation_timestamp", 0)
    location = meta.optional_text("storage_location")
    version = ModelVersion(
        name=name,
        version=str(int(number)),
        creation_timestamp=created,
        last_updated_timestamp=meta.number("last_updated_timestamp", created),
        description=meta.optional_text("description"),
        user_id=meta.optional_text("user_id"),
        current_stage=meta.optional_text("current_stage") or "None",
        source=meta.optional_text("source") or "",
        run_id=meta.optional_text("run_id"),
        status=meta.optional_text("status") or "READY",
        status_message=meta.optional_text("status_message"),
        tags=labels(folder / "tags", "tag", report),
        run_link=meta.optional_text("run_link"),
        model_id=meta.optional_text("model_id"),
    )
    return AdoptedVersion(version, absolute(location) if location else None)


def _aliases(folder: Path, versions: set[str], report: Report) -> dict[str, str]:
    """The aliases, which have a file each."""
    found = {}
    files = sorted((folder / "aliases").iterdir()) if (folder / "aliases").is_dir() else []
    for path in files:
        try:
            check_alias(path.name)
            version = read_text(path).strip()
        except MlflowException as error:
            report(path, error.message)
        except Damaged as damage:
            report(damage.path, damage.reason)
        else:
            if version in versions:
                found[path.name] = version
            else:
                report(path, f"It names the version {version!r}, which was not copied.")
    return found
