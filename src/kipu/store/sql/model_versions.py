"""Versions of registered models, with their tags."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from kipu.entities.model_registry import ModelVersion, ModelVersionTag
from kipu.entities.model_registry.model_version_stages import STAGE_ARCHIVED, STAGE_NONE
from kipu.entities.paged_list import PagedList
from kipu.search import decode_token
from kipu.search.registry import parse_model_version_filter, parse_model_version_order
from kipu.store.sql.access import SqlAccess, now_ms
from kipu.store.sql.registry_rows import (
    model_row,
    version_of,
    version_row,
    version_rows,
    versions_of,
)
from kipu.store.sql.registry_search import VERSIONS, matching, next_token
from kipu.store.sql.registry_tables import (
    model_version_tags,
    model_versions,
    registered_model_aliases,
    registered_models,
)

_model = registered_models.c.model_no == sa.bindparam("of_model")
_touch_model = (
    registered_models.update().where(_model).values(last_updated_timestamp=sa.bindparam("now"))
)
_count_up = _touch_model.values(last_version=sa.bindparam("number"))
_this = sa.and_(
    model_versions.c.model_no == sa.bindparam("of_model"),
    model_versions.c.version == sa.bindparam("of_version"),
)
_new_tag = insert(model_version_tags)
_set_tag = _new_tag.on_conflict_do_update(
    index_elements=[
        model_version_tags.c.model_no,
        model_version_tags.c.version,
        model_version_tags.c.key,
    ],
    set_={"value": _new_tag.excluded.value},
)
_tags = sa.select(model_version_tags.c.key, model_version_tags.c.value).where(
    model_version_tags.c.model_no == sa.bindparam("of_model"),
    model_version_tags.c.version == sa.bindparam("of_version"),
)
_aliases = (
    sa.select(registered_model_aliases.c.alias)
    .where(
        registered_model_aliases.c.model_no == sa.bindparam("of_model"),
        registered_model_aliases.c.version == sa.bindparam("of_version"),
    )
    .order_by(registered_model_aliases.c.alias)
)


class SqlModelVersions(SqlAccess):
    """Keeps ``ModelVersionStore``'s promises."""

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
        """See ``ModelVersionStore``."""
        location = self._locations.kept(storage_location or source)

        def create(db: sa.Connection) -> ModelVersion:
            model, now = model_row(db, name), now_ms()
            number = model.last_version + 1
            db.execute(_count_up, {"of_model": model.model_no, "now": now, "number": number})
            row = {
                "model_no": model.model_no,
                "version": number,
                "creation_timestamp": now,
                "last_updated_timestamp": now,
                "description": description,
                "current_stage": STAGE_NONE,
                "source": source,
                "storage_location": None if location == source else location,
                "run_id": run_id,
                "run_link": run_link,
                "model_id": model_id,
                "status": "READY",
            }
            db.execute(model_versions.insert(), row)
            if tags:
                db.execute(_set_tag, [_tag_row(model.model_no, number, tag) for tag in tags])
            return with_aliases(db, version_row(db, name, str(number)))

        return self._write(create)

    def get_model_version(self, name: str, version: str) -> ModelVersion:
        """See ``ModelVersionStore``."""
        with self._read() as db:
            return with_aliases(db, version_row(db, name, version))

    def update_model_version(
        self, name: str, version: str, description: str | None
    ) -> ModelVersion:
        """See ``ModelVersionStore``."""

        def update(db: sa.Connection) -> ModelVersion:
            place = _place(version_row(db, name, version))
            changes = {"description": description, "last_updated_timestamp": now_ms()}
            db.execute(model_versions.update().where(_this).values(changes), place)
            return with_aliases(db, version_row(db, name, version))

        return self._write(update)

    def transition_model_version_stage(
        self, name: str, version: str, stage: str, archive_existing_versions: bool
    ) -> ModelVersion:
        """See ``ModelVersionStore``."""

        def move(db: sa.Connection) -> ModelVersion:
            row, now = version_row(db, name, version), now_ms()
            change = model_versions.update().values(last_updated_timestamp=now)
            if archive_existing_versions:
                others = sa.and_(
                    model_versions.c.model_no == row.model_no,
                    model_versions.c.version != row.version,
                    model_versions.c.current_stage == stage,
                )
                db.execute(change.where(others).values(current_stage=STAGE_ARCHIVED))
            db.execute(change.where(_this).values(current_stage=stage), _place(row))
            db.execute(_touch_model, {"of_model": row.model_no, "now": now})
            return with_aliases(db, version_row(db, name, version))

        return self._write(move)

    def delete_model_version(self, name: str, version: str) -> None:
        """See ``ModelVersionStore``."""

        def delete(db: sa.Connection) -> None:
            row = version_row(db, name, version)
            for table in (registered_model_aliases, model_version_tags, model_versions):
                this = sa.and_(table.c.model_no == row.model_no, table.c.version == row.version)
                db.execute(table.delete().where(this))
            db.execute(_touch_model, {"of_model": row.model_no, "now": now_ms()})

        self._write(delete)

    def get_model_version_download_uri(self, name: str, version: str) -> str:
        """See ``ModelVersionStore``."""
        with self._read() as db:
            row = version_row(db, name, version)
        location: str | None = row.storage_location
        return str(row.source) if location is None else self._locations.resolved(location)

    def search_model_versions(
        self,
        filter_string: str | None,
        max_results: int,
        order_by: Sequence[str] | None,
        page_token: str | None,
    ) -> PagedList[ModelVersion]:
        """See ``ModelVersionStore``."""
        tree = parse_model_version_filter(filter_string)
        order = parse_model_version_order(order_by)
        after = decode_token(page_token)
        select = matching(VERSIONS, version_rows, tree, order, max_results, after)
        with self._read() as db:
            rows = db.execute(select).all()
            versions = versions_of(db, rows[:max_results], select)
        return PagedList(versions, next_token(VERSIONS, order, rows, max_results, after))

    def set_model_version_tag(self, name: str, version: str, tag: ModelVersionTag) -> None:
        """See ``ModelVersionStore``."""

        def set_(db: sa.Connection) -> None:
            row = version_row(db, name, version)
            db.execute(_set_tag, _tag_row(row.model_no, row.version, tag))

        self._write(set_)

    def delete_model_version_tag(self, name: str, version: str, key: str) -> None:
        """See ``ModelVersionStore``."""

        def delete(db: sa.Connection) -> None:
            row, table = version_row(db, name, version), model_version_tags
            db.execute(
                table.delete().where(
                    table.c.model_no == row.model_no,
                    table.c.version == row.version,
                    table.c.key == key,
                )
            )

        self._write(delete)


def with_aliases(db: sa.Connection, row: sa.Row[tuple[object, ...]]) -> ModelVersion:
    """The version of a row, with its tags and aliases."""
    place = _place(row)
    tags = {tag.key: tag.value for tag in db.execute(_tags, place)}
    return version_of(row, tags, db.scalars(_aliases, place))


def _place(row: sa.Row[tuple[object, ...]]) -> dict[str, object]:
    return {"of_model": row.model_no, "of_version": row.version}


def _tag_row(model_no: int, version: int, tag: ModelVersionTag) -> dict[str, object]:
    return {"model_no": model_no, "version": version, "key": tag.key, "value": tag.value}
