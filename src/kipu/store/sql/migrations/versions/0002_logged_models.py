"""Params, tags and metrics of logged models in tables of their own, so that they can be searched.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

from kipu.store.sql.keys import value_hash

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")
METRIC = 1
"""``names.kind`` of a metric."""


def upgrade() -> None:
    _create_tables()
    _take_over_labels()
    _take_over_points()
    op.drop_column("logged_models", "tags")
    op.drop_column("logged_models", "params")
    op.create_index(
        "logged_models_by_creation",
        "logged_models",
        ["experiment_id", "lifecycle_stage", sa.text("creation_timestamp DESC"), "model_id"],
    )


def _create_tables() -> None:
    for name in ("logged_model_params", "logged_model_tags"):
        number: list[sa.Column[Any]] = (
            [sa.Column("number", sa.Double(), nullable=True)] if "params" in name else []
        )
        op.create_table(
            name,
            *_model_key(),
            _key("key", sa.String(length=255)),
            sa.Column("value", TEXT, nullable=False),
            sa.Column("value_hash", sa.BigInteger(), nullable=False),
            *number,
            sa.PrimaryKeyConstraint("experiment_id", "model_id", "key"),
            sqlite_with_rowid=False,
        )
        op.create_index(
            f"{name}_by_value", name, ["experiment_id", "key", "value_hash", "model_id"]
        )
    point = ("key", "timestamp", "step", "run_id", "source_id", "kind", "value")
    op.create_table(
        "logged_model_metrics",
        *_model_key(),
        _key("key", sa.String(length=250)),
        _key("timestamp", sa.BigInteger()),
        _key("step", sa.BigInteger()),
        _key("run_id", sa.String(length=32)),
        _key("source_id", sa.BigInteger()),
        _key("kind", sa.SmallInteger()),
        _key("value", sa.Double()),
        sa.Column("dataset_name", sa.String(length=500), nullable=True),
        sa.Column("dataset_digest", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("experiment_id", "model_id", *point),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "logged_model_metrics_by_value",
        "logged_model_metrics",
        ["experiment_id", "key", "value", "kind", "model_id"],
    )


def _key(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, autoincrement=False, nullable=False)


def _model_key() -> Iterator[sa.Column[Any]]:
    yield _key("experiment_id", sa.BigInteger())
    yield _key("model_id", sa.String(length=36))


def _take_over_labels() -> None:
    """Params and tags were two JSON objects in the model's row."""
    db = op.get_bind()
    models = sa.table(
        "logged_models", *map(sa.column, ("experiment_id", "model_id", "params", "tags"))
    )
    for experiment_id, model_id, params, tags in db.execute(sa.select(models)).all():
        model = {"experiment_id": experiment_id, "model_id": model_id}
        for table, labels in (("logged_model_params", params), ("logged_model_tags", tags)):
            rows = [
                model
                | {"key": key, "value": value, "value_hash": value_hash(value)}
                | ({"number": _number(value)} if table == "logged_model_params" else {})
                for key, value in json.loads(labels).items()
            ]
            if rows:
                db.execute(sa.insert(sa.table(table, *map(sa.column, rows[0]))), rows)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in text else None


def _take_over_points() -> None:
    """The newest point of each metric that a run logged for a model; older ones stay in the run."""
    columns = (
        "key", "timestamp", "step", "run_id", "source_id", "kind", "value",
        "dataset_name", "dataset_digest",
    )  # fmt: skip
    latest = sa.table(
        "latest_metrics",
        *map(sa.column, ("experiment_id", "run_no", "key_id", "model_id", *columns)),
    ).c
    names = sa.table("names", *map(sa.column, ("experiment_id", "kind", "key_id", "name"))).c
    runs = sa.table("runs", *map(sa.column, ("experiment_id", "run_no", "run_id"))).c
    models = sa.table("model_directory", *map(sa.column, ("experiment_id", "model_id"))).c
    found = sa.select(
        models.experiment_id, models.model_id, names.name, latest.timestamp, latest.step,
        runs.run_id, latest.source_id, latest.kind, latest.value, latest.dataset_name,
        latest.dataset_digest,
    ).where(
        models.model_id == latest.model_id,
        runs.experiment_id == latest.experiment_id,
        runs.run_no == latest.run_no,
        names.experiment_id == latest.experiment_id,
        names.kind == METRIC,
        names.key_id == latest.key_id,
    )  # fmt: skip
    target = sa.table(
        "logged_model_metrics", *map(sa.column, ("experiment_id", "model_id", *columns))
    )
    op.get_bind().execute(
        sa.insert(target).from_select(["experiment_id", "model_id", *columns], found)
    )
