"""Registered models, with their tags and aliases."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from kipu.entities.model_registry import ModelVersion, RegisteredModel, RegisteredModelTag
from kipu.entities.paged_list import PagedList
from kipu.exceptions import InvalidParameter, ResourceExists
from kipu.search import decode_token
from kipu.search.registry import parse_registered_model_filter, parse_registered_model_order
from kipu.store.sql.access import SqlAccess, now_ms
from kipu.store.sql.model_versions import with_aliases
from kipu.store.sql.registry_rows import latest_versions, model_row, models_of, version_row
from kipu.store.sql.registry_search import MODELS, matching, next_token
from kipu.store.sql.registry_tables import (
    model_version_tags,
    model_versions,
    registered_model_aliases,
    registered_model_tags,
    registered_models,
)

_of = registered_models.c.model_no == sa.bindparam("of_model")
_new_tag = insert(registered_model_tags)
_set_tag = _new_tag.on_conflict_do_update(
    index_elements=[registered_model_tags.c.model_no, registered_model_tags.c.key],
    set_={"value": _new_tag.excluded.value},
)
_new_alias = insert(registered_model_aliases)
_set_alias = _new_alias.on_conflict_do_update(
    index_elements=[registered_model_aliases.c.model_no, registered_model_aliases.c.alias],
    set_={"version": _new_alias.excluded.version},
)


class SqlRegisteredModels(SqlAccess):
    """Keeps ``RegisteredModelStore``'s promises."""

    def create_registered_model(
        self, name: str, tags: Sequence[RegisteredModelTag], description: str | None
    ) -> RegisteredModel:
        """See ``RegisteredModelStore``."""

        def create(db: sa.Connection) -> RegisteredModel:
            number = _insert(db, name, description)
            if tags:
                db.execute(_set_tag, [_tag_row(number, tag) for tag in tags])
            return _model(db, name)

        return self._write(create)

    def get_registered_model(self, name: str) -> RegisteredModel:
        """See ``RegisteredModelStore``."""
        with self._read() as db:
            return _model(db, name)

    def rename_registered_model(self, name: str, new_name: str) -> RegisteredModel:
        """See ``RegisteredModelStore``."""

        def rename(db: sa.Connection) -> RegisteredModel:
            number, now = model_row(db, name).model_no, now_ms()
            try:
                _update(db, number, name=new_name, last_updated_timestamp=now)
            except sa.exc.IntegrityError:
                raise _name_taken(new_name) from None
            mine = model_versions.c.model_no == number
            db.execute(model_versions.update().where(mine).values(last_updated_timestamp=now))
            return _model(db, new_name)

        return self._write(rename)

    def update_registered_model(self, name: str, description: str | None) -> RegisteredModel:
        """See ``RegisteredModelStore``."""

        def update(db: sa.Connection) -> RegisteredModel:
            number = model_row(db, name).model_no
            _update(db, number, description=description, last_updated_timestamp=now_ms())
            return _model(db, name)

        return self._write(update)

    def delete_registered_model(self, name: str) -> None:
        """See ``RegisteredModelStore``."""

        def delete(db: sa.Connection) -> None:
            number = model_row(db, name).model_no
            for table in (
                model_version_tags,
                model_versions,
                registered_model_aliases,
                registered_model_tags,
                registered_models,
            ):
                db.execute(table.delete().where(table.c.model_no == number))

        self._write(delete)

    def search_registered_models(
        self,
        filter_string: str | None,
        max_results: int,
        order_by: Sequence[str] | None,
        page_token: str | None,
    ) -> PagedList[RegisteredModel]:
        """See ``RegisteredModelStore``."""
        tree = parse_registered_model_filter(filter_string)
        order = parse_registered_model_order(order_by)
        after = decode_token(page_token)
        select = matching(MODELS, sa.select(registered_models), tree, order, max_results, after)
        with self._read() as db:
            rows = db.execute(select).all()
            models = models_of(db, rows[:max_results])
        return PagedList(models, next_token(MODELS, order, rows, max_results, after))

    def get_latest_versions(self, name: str, stages: Sequence[str]) -> list[ModelVersion]:
        """See ``RegisteredModelStore``."""
        with self._read() as db:
            number = model_row(db, name).model_no
            found = latest_versions(db, [number])
            wanted = [one for one in found if not stages or one.current_stage in stages]
            mine = registered_model_aliases.c.model_no == number
            for row in db.execute(
                sa.select(registered_model_aliases)
                .where(mine)
                .order_by(registered_model_aliases.c.alias)
            ):
                for one in wanted:
                    if one.version == str(row.version):
                        one.aliases = [*(one.aliases or ()), row.alias]
        return wanted

    def set_registered_model_tag(self, name: str, tag: RegisteredModelTag) -> None:
        """See ``RegisteredModelStore``."""

        def set_(db: sa.Connection) -> None:
            db.execute(_set_tag, _tag_row(model_row(db, name).model_no, tag))

        self._write(set_)

    def delete_registered_model_tag(self, name: str, key: str) -> None:
        """See ``RegisteredModelStore``."""

        def delete(db: sa.Connection) -> None:
            table, number = registered_model_tags, model_row(db, name).model_no
            db.execute(table.delete().where(table.c.model_no == number, table.c.key == key))

        self._write(delete)

    def set_registered_model_alias(self, name: str, alias: str, version: str) -> None:
        """See ``RegisteredModelStore``."""

        def set_(db: sa.Connection) -> None:
            row = version_row(db, name, version)
            db.execute(
                _set_alias, {"model_no": row.model_no, "alias": alias, "version": row.version}
            )

        self._write(set_)

    def delete_registered_model_alias(self, name: str, alias: str) -> None:
        """See ``RegisteredModelStore``."""

        def delete(db: sa.Connection) -> None:
            table, number = registered_model_aliases, model_row(db, name).model_no
            db.execute(table.delete().where(table.c.model_no == number, table.c.alias == alias))

        self._write(delete)

    def get_model_version_by_alias(self, name: str, alias: str) -> ModelVersion:
        """See ``RegisteredModelStore``."""
        table = registered_model_aliases
        with self._read() as db:
            number = model_row(db, name).model_no
            of_alias = sa.and_(table.c.model_no == number, table.c.alias == alias)
            version = db.scalar(sa.select(table.c.version).where(of_alias))
            if version is None:
                raise InvalidParameter(f"The registered model {name!r} has no alias {alias!r}.")
            return with_aliases(db, version_row(db, name, version))


def _insert(db: sa.Connection, name: str, description: str | None) -> int:
    now = now_ms()
    while True:
        # 18 digits that grow with time; two of one millisecond differ by chance.
        number = now * 100_000 + secrets.randbelow(100_000)
        row = {
            "model_no": number,
            "name": name,
            "description": description,
            "creation_timestamp": now,
            "last_updated_timestamp": now,
            "last_version": 0,
        }
        try:
            db.execute(registered_models.insert(), row)
        except sa.exc.IntegrityError:
            taken = sa.select(registered_models.c.name).where(registered_models.c.name == name)
            if db.scalar(taken) is not None:
                raise _name_taken(name) from None
        else:
            return number


def _update(db: sa.Connection, number: int, **changes: Any) -> None:
    db.execute(registered_models.update().where(_of).values(changes), {"of_model": number})


def _model(db: sa.Connection, name: str) -> RegisteredModel:
    return models_of(db, [model_row(db, name)])[0]


def _tag_row(number: int, tag: RegisteredModelTag) -> dict[str, object]:
    return {"model_no": number, "key": tag.key, "value": tag.value}


def _name_taken(name: str) -> ResourceExists:
    return ResourceExists(f"A registered model has the name {name!r} already.")
