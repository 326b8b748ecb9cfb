"""Params and tags of logged models: text under a name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from kipu.exceptions import MlflowException
from kipu.search import number_in
from kipu.store.sql.keys import value_hash
from kipu.store.sql.tables import logged_model_params, logged_model_tags

_write_params = logged_model_params.insert()
_new_tag = insert(logged_model_tags)
_write_tags = _new_tag.on_conflict_do_update(
    index_elements=[
        logged_model_tags.c.experiment_id, logged_model_tags.c.model_id, logged_model_tags.c.key
    ],
    set_={column: _new_tag.excluded[column] for column in ("value", "value_hash")},
)  # fmt: skip
_delete_tag = logged_model_tags.delete().where(
    logged_model_tags.c.experiment_id == sa.bindparam("of_experiment"),
    logged_model_tags.c.model_id == sa.bindparam("of_model"),
    logged_model_tags.c.key == sa.bindparam("of_key"),
)


def _of_models(table: sa.Table) -> sa.Select[Any]:
    return (
        sa.select(table.c.model_id, table.c.key, table.c.value)
        .where(
            table.c.experiment_id == sa.bindparam("of_experiment"),
            table.c.model_id.in_(sa.bindparam("these_models", expanding=True)),
        )
        .order_by(table.c.model_id, table.c.key)
    )


PARAMS_OF_MODELS = _of_models(logged_model_params)
TAGS_OF_MODELS = _of_models(logged_model_tags)


def write_model_params(
    db: sa.Connection, experiment_id: int, model_id: str, params: Mapping[str, str]
) -> None:
    """Write params that the model does not have yet.

    Raises:
        MlflowException: It has one of them (BAD_REQUEST).
    """
    rows = [
        _row(experiment_id, model_id, key, value) | {"number": number_in(value)}
        for key, value in params.items()
    ]
    if not rows:
        return
    try:
        db.execute(_write_params, rows)
    except sa.exc.IntegrityError:
        raise MlflowException(
            f"The model {model_id} has one of the params {', '.join(map(repr, params))} already; "
            "params are written once. Log the new value under another name, or as a tag.",
            "BAD_REQUEST",
        ) from None


def write_model_tags(
    db: sa.Connection, experiment_id: int, model_id: str, tags: Mapping[str, str]
) -> None:
    """Set tags."""
    rows = [_row(experiment_id, model_id, key, value) for key, value in tags.items()]
    if rows:
        db.execute(_write_tags, rows)


def delete_model_tag(db: sa.Connection, experiment_id: int, model_id: str, key: str) -> bool:
    """Remove a tag; whether it was there."""
    place = {"of_experiment": experiment_id, "of_model": model_id, "of_key": key}
    return db.execute(_delete_tag, place).rowcount > 0


def model_labels(
    db: sa.Connection, statement: sa.Select[Any], experiment_id: int, model_ids: Sequence[str]
) -> dict[str, dict[str, str]]:
    """The params or the tags of some models; models without any are left out."""
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    wanted = {"of_experiment": experiment_id, "these_models": model_ids}
    for model_id, key, value in db.execute(statement, wanted).all():
        found[model_id][key] = value
    return found


def _row(experiment_id: int, model_id: str, key: str, value: str) -> dict[str, Any]:
    return {
        "experiment_id": experiment_id,
        "model_id": model_id,
        "key": key,
        "value": value,
        "value_hash": value_hash(value),
    }
