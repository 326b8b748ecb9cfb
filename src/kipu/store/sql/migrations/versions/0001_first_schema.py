"""The first schema.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")
BLOB = sa.LargeBinary().with_variant(mysql.LONGBLOB(), "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "datasets",
        sa.Column("experiment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("dataset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("digest", sa.String(length=36), nullable=False),
        sa.Column("source_type", sa.String(length=36), nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("schema", TEXT, nullable=True),
        sa.Column("profile", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("experiment_id", "dataset_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "experiment_tags",
        sa.Column("experiment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=250), autoincrement=False, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("experiment_id", "key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "experiments",
        sa.Column("experiment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("artifact_location", TEXT, nullable=False),
        sa.Column("lifecycle_stage", sa.String(length=20), nullable=False),
        sa.Column("creation_time", sa.BigInteger(), nullable=False),
        sa.Column("last_update_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("experiment_id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "latest_metrics",
        sa.Column("experiment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("run_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("model_id", sa.String(length=36), nullable=True),
        sa.Column("dataset_name", sa.String(length=500), nullable=True),
        sa.Column("dataset_digest", sa.String(length=36), nullable=True),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("min", sa.Double(), nullable=True),
        sa.Column("max", sa.Double(), nullable=True),
        sa.Column("is_latest", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("experiment_id", "run_no", "key_id", "source_id"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "latest_metrics_by_value",
        "latest_metrics",
        ["experiment_id", "key_id", "kind", "value", "run_no", "is_latest"],
        unique=False,
    )
    op.create_table(
        "logged_models",
        sa.Column("experiment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("model_id", sa.String(length=36), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("artifact_location", TEXT, nullable=False),
        sa.Column("creation_timestamp", sa.BigInteger(), nullable=False),
        sa.Column("last_updated_timestamp", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("status_message", TEXT, nullable=True),
        sa.Column("model_type", sa.String(length=500), nullable=True),
        sa.Column("source_run_id", sa.String(length=32), nullable=True),
        sa.Column("lifecycle_stage", sa.String(length=20), nullable=False),
        sa.Column("tags", TEXT, nullable=False),
        sa.Column("params", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("experiment_id", "model_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "metric_blocks",
        sa.Column("experiment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("run_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("block_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("format", sa.SmallInteger(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("directory", BLOB, nullable=False),
        sa.Column("points", BLOB, nullable=False),
        sa.PrimaryKeyConstraint("experiment_id", "run_no", "block_no"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "metric_tail",
        sa.Column("experiment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("run_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("writer", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("appended", sa.BigInteger(), nullable=False),
        sa.Column("points", BLOB, nullable=False),
        sa.PrimaryKeyConstraint("experiment_id", "run_no", "writer", "seq"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "metric_writers",
        sa.Column("experiment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("run_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("writer", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("folded_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("experiment_id", "run_no", "writer"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "model_directory",
        sa.Column("model_id", sa.String(length=36), autoincrement=False, nullable=False),
        sa.Column("experiment_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("model_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "names",
        sa.Column("experiment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("key_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("experiment_id", "kind", "key_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "params",
        sa.Column("experiment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("run_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.Column("value_hash", sa.BigInteger(), nullable=False),
        sa.Column("value_prefix", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("experiment_id", "run_no", "key_id"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "params_by_number", "params", ["experiment_id", "key_id", "number", "run_no"], unique=False
    )
    op.create_index(
        "params_by_value",
        "params",
        ["experiment_id", "key_id", "value_hash", "run_no"],
        unique=False,
    )
    op.create_table(
        "run_directory",
        sa.Column("run_id", sa.String(length=32), autoincrement=False, nullable=False),
        sa.Column("experiment_id", sa.BigInteger(), nullable=False),
        sa.Column("run_no", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("run_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "run_documents",
        sa.Column("experiment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("run_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("artifact_uri", TEXT, nullable=False),
        sa.Column("document", BLOB, nullable=False),
        sa.PrimaryKeyConstraint("experiment_id", "run_no"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "run_links",
        sa.Column("experiment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("run_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("target", sa.String(length=40), autoincrement=False, nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("tags", TEXT, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("experiment_id", "run_no", "kind", "target"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "run_links_by_target",
        "run_links",
        ["experiment_id", "kind", "target", "run_no"],
        unique=False,
    )
    op.create_table(
        "run_tags",
        sa.Column("experiment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("run_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.Column("value_hash", sa.BigInteger(), nullable=False),
        sa.Column("value_prefix", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("experiment_id", "run_no", "key_id"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "run_tags_by_value",
        "run_tags",
        ["experiment_id", "key_id", "value_hash", "run_no"],
        unique=False,
    )
    op.create_table(
        "runs",
        sa.Column("experiment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("run_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("status", sa.String(length=9), nullable=False),
        sa.Column("lifecycle_stage", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.String(length=256), nullable=False),
        sa.Column("start_time", sa.BigInteger(), nullable=False),
        sa.Column("end_time", sa.BigInteger(), nullable=True),
        sa.Column("deleted_time", sa.BigInteger(), nullable=True),
        sa.Column("artifact_uri", TEXT, nullable=True),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("experiment_id", "run_no"),
        sqlite_with_rowid=False,
    )
    op.create_index("runs_by_change", "runs", ["changed"], unique=False)
    op.create_index(
        "runs_by_lifecycle",
        "runs",
        ["experiment_id", "lifecycle_stage", "run_no", "status"],
        unique=False,
    )
