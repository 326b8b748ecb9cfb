"""Logged models."""

from __future__ import annotations

import operator as op
import secrets
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from kipu.entities import (
    LoggedModel,
    LoggedModelParameter,
    LoggedModelStatus,
    LoggedModelTag,
    PagedList,
)
from kipu.exceptions import ResourceNotFound
from kipu.search import (
    And,
    Comparison,
    Node,
    Not,
    Or,
    PageKey,
    decode_token,
    encode_token,
    parse_logged_model_filter,
)
from kipu.search.tree import Value
from kipu.store.sql.access import SqlAccess, experiment_number, now_ms
from kipu.store.sql.experiments import active_location
from kipu.store.sql.locations import of_model
from kipu.store.sql.tables import logged_models, model_directory

_by_id = (
    sa.select(logged_models)
    .join(
        model_directory,
        sa.and_(
            model_directory.c.model_id == logged_models.c.model_id,
            model_directory.c.experiment_id == logged_models.c.experiment_id,
        ),
    )
    .where(
        model_directory.c.model_id == sa.bindparam("of_model"),
        logged_models.c.lifecycle_stage == "active",
    )
)


class SqlLoggedModels(SqlAccess):
    """Keeps ``LoggedModelStore``'s promises."""

    def create_logged_model(
        self,
        experiment_id: str,
        name: str,
        source_run_id: str | None,
        tags: Sequence[LoggedModelTag],
        params: Sequence[LoggedModelParameter],
        model_type: str | None,
    ) -> LoggedModel:
        """See ``LoggedModelStore``."""
        number = experiment_number(experiment_id)

        def create(db: sa.Connection) -> LoggedModel:
            location = active_location(db, number)
            model_id, now = f"m-{secrets.token_hex(16)}", now_ms()
            row = {
                "experiment_id": number,
                "model_id": model_id,
                "name": name,
                "artifact_location": of_model(location, model_id),
                "creation_timestamp": now,
                "last_updated_timestamp": now,
                "status": int(LoggedModelStatus.PENDING),
                "status_message": None,
                "model_type": model_type,
                "source_run_id": source_run_id,
                "lifecycle_stage": "active",
                "tags": _pairs(tags),
                "params": _pairs(params),
            }
            db.execute(logged_models.insert(), row)
            db.execute(model_directory.insert(), {"model_id": model_id, "experiment_id": number})
            return self._model(row)

        return self._write(create)

    def get_logged_model(self, model_id: str) -> LoggedModel:
        """See ``LoggedModelStore``."""
        with self._read() as db:
            row = db.execute(_by_id, {"of_model": model_id}).mappings().one_or_none()
        if row is None:
            raise ResourceNotFound(f"Logged model with ID {model_id!r} not found.")
        return self._model(dict(row))

    def search_logged_models(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None,
        max_results: int,
        page_token: str | None,
    ) -> PagedList[LoggedModel]:
        """See ``LoggedModelStore``."""
        table, after = logged_models.c, decode_token(page_token)
        numbers = [int(one) for one in experiment_ids if one.isdecimal()]
        query = (
            sa.select(logged_models)
            .where(table.experiment_id.in_(numbers), table.lifecycle_stage == "active")
            .where(_condition(parse_logged_model_filter(filter_string)))
            .order_by(table.creation_timestamp.desc(), table.model_id)
            .limit(max_results + 1)
        )
        if after is not None:
            (_, created), (_, model_id) = after.sort
            query = query.where(
                sa.or_(
                    table.creation_timestamp < created,
                    sa.and_(table.creation_timestamp == created, table.model_id > model_id),
                )
            )
        with self._read() as db:
            rows = [dict(row) for row in db.execute(query).mappings()]
        page = rows[:max_results]
        token = encode_token(_key(page[-1])) if len(rows) > max_results else None
        return PagedList([self._model(row) for row in page], token)

    def _model(self, row: dict[str, object]) -> LoggedModel:
        fields = row | {
            "experiment_id": str(row["experiment_id"]),
            "artifact_location": self._locations.resolved(str(row["artifact_location"])),
            "tags": msgspec.json.decode(str(row["tags"])),
            "params": msgspec.json.decode(str(row["params"])),
        }
        return LoggedModel.from_dictionary(fields)


def _key(row: dict[str, Any]) -> PageKey:
    return PageKey(((0, row["creation_timestamp"]), (0, row["model_id"])), row["experiment_id"])


def _condition(node: Node | None) -> sa.ColumnElement[bool]:
    match node:
        case None:
            return sa.true()
        case And(parts):
            return sa.and_(*map(_condition, parts))
        case Or(parts):
            return sa.or_(*map(_condition, parts))
        case Not(part):
            return sa.not_(_condition(part))
        case Comparison(field, operator, value):
            column = logged_models.c[field.key]
            given = _number(value) if field.key == "experiment_id" else value
            return _COMPARE[operator](column, given)


def _number(value: Value) -> Any:
    return [int(one) for one in value] if isinstance(value, tuple) else int(str(value))


_COMPARE: dict[str, Callable[[Any, Any], sa.ColumnElement[bool]]] = {
    "=": op.eq,
    "!=": op.ne,
    ">": op.gt,
    ">=": op.ge,
    "<": op.lt,
    "<=": op.le,
    "IN": lambda column, values: column.in_(values),
    "NOT IN": lambda column, values: column.not_in(values),
}


def _pairs(given: Sequence[LoggedModelTag | LoggedModelParameter]) -> str:
    return msgspec.json.encode({one.key: one.value for one in given}).decode()
