"""Rows of the model registry, and the entities that they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from kipu.entities.model_registry import ModelVersion, RegisteredModel
from kipu.exceptions import ResourceNotFound
from kipu.store.sql.registry_tables import (
    model_version_tags,
    model_versions,
    registered_model_aliases,
    registered_model_tags,
    registered_models,
)

_of_models: sa.BindParameter[int] = sa.bindparam("these", expanding=True)
_model = sa.select(registered_models).where(registered_models.c.name == sa.bindparam("of_name"))
_model_tags = sa.select(registered_model_tags).where(
    registered_model_tags.c.model_no.in_(_of_models)
)
_model_aliases = (
    sa.select(registered_model_aliases)
    .where(registered_model_aliases.c.model_no.in_(_of_models))
    .order_by(registered_model_aliases.c.alias)
)

version_rows = sa.select(registered_models.c.name, model_versions).join_from(
    model_versions, registered_models, registered_models.c.model_no == model_versions.c.model_no
)
"""All versions, each with the name of its model."""

_version = version_rows.where(
    registered_models.c.name == sa.bindparam("of_name"),
    model_versions.c.version == sa.bindparam("of_version"),
)
_highest = (
    sa.select(model_versions.c.model_no, sa.func.max(model_versions.c.version).label("version"))
    .where(model_versions.c.model_no.in_(_of_models))
    .group_by(model_versions.c.model_no, model_versions.c.current_stage)
    .subquery()
)
_latest = version_rows.join(
    _highest,
    sa.and_(
        _highest.c.model_no == model_versions.c.model_no,
        _highest.c.version == model_versions.c.version,
    ),
).order_by(model_versions.c.version)


def model_row(db: sa.Connection, name: str) -> sa.Row[Any]:
    """The row of a model.

    Raises:
        ResourceNotFound: No model has this name.
    """
    row = db.execute(_model, {"of_name": name}).one_or_none()
    if row is None:
        raise ResourceNotFound(f"No registered model has the name {name!r}.")
    return row


def version_row(db: sa.Connection, name: str, version: str) -> sa.Row[Any]:
    """The row of a version.

    Raises:
        ResourceNotFound: There is no such version.
    """
    place = {"of_name": name, "of_version": int(version)}
    row = db.execute(_version, place).one_or_none()
    if row is None:
        raise ResourceNotFound(f"There is no version {version} of a registered model {name!r}.")
    return row


def models_of(db: sa.Connection, rows: Sequence[sa.Row[Any]]) -> list[RegisteredModel]:
    """The models of rows of ``registered_models``, whole."""
    if not rows:
        return []
    these = {"these": [row.model_no for row in rows]}
    tags: dict[int, dict[str, str]] = {row.model_no: {} for row in rows}
    for number, key, value in db.execute(_model_tags, these):
        tags[number][key] = value
    aliases: dict[int, dict[str, str]] = {row.model_no: {} for row in rows}
    for number, alias, version in db.execute(_model_aliases, these):
        aliases[number][alias] = str(version)
    latest: dict[str, list[ModelVersion]] = {row.name: [] for row in rows}
    for one in latest_versions(db, these["these"]):
        latest[one.name].append(one)
    return [
        RegisteredModel(
            row.name,
            row.creation_timestamp,
            row.last_updated_timestamp,
            row.description,
            latest[row.name],
            tags[row.model_no],
            aliases[row.model_no],
        )
        for row in rows
    ]


def latest_versions(db: sa.Connection, model_numbers: Sequence[int]) -> list[ModelVersion]:
    """The highest version in each stage of some models."""
    return read_versions(db, _latest, {"these": model_numbers})


def read_versions(
    db: sa.Connection, select: sa.Select[Any], given: dict[str, Any] | None = None
) -> list[ModelVersion]:
    """The versions that a narrowed ``version_rows`` finds."""
    rows = db.execute(select, given or {}).all()
    return versions_of(db, rows, select, given)


def versions_of(
    db: sa.Connection,
    rows: Sequence[sa.Row[Any]],
    select: sa.Select[Any],
    given: dict[str, Any] | None = None,
) -> list[ModelVersion]:
    """The versions of rows that ``select`` found, with their tags, however many, by one read."""
    if not rows:
        return []
    found = select.with_only_columns(
        model_versions.c.model_no, model_versions.c.version, maintain_column_froms=True
    ).subquery()
    tag = model_version_tags
    of_found = sa.and_(tag.c.model_no == found.c.model_no, tag.c.version == found.c.version)
    tags: dict[tuple[int, int], dict[str, str]] = {}
    for model_no, version, key, value in db.execute(
        sa.select(tag).join(found, of_found), given or {}
    ):
        tags.setdefault((model_no, version), {})[key] = value
    return [version_of(row, tags.get((row.model_no, row.version), {})) for row in rows]


def version_of(row: sa.Row[Any], tags: dict[str, str], aliases: Iterable[str] = ()) -> ModelVersion:
    """The version of a row of ``version_rows``."""
    return ModelVersion(
        name=row.name,
        version=str(row.version),
        creation_timestamp=row.creation_timestamp,
        last_updated_timestamp=row.last_updated_timestamp,
        description=row.description,
        user_id=row.user_id,
        current_stage=row.current_stage,
        source=row.source,
        run_id=row.run_id,
        status=row.status,
        status_message=row.status_message,
        tags=tags,
        run_link=row.run_link,
        aliases=list(aliases),
        model_id=row.model_id,
    )
