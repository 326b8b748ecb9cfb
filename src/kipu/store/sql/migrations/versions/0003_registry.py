"""The model registry.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "registered_models",
        sa.Column("model_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("description", TEXT, nullable=True),
        sa.Column("creation_timestamp", sa.BigInteger(), nullable=False),
        sa.Column("last_updated_timestamp", sa.BigInteger(), nullable=False),
        sa.Column("last_version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("model_no"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "registered_model_tags",
        sa.Column("model_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=250), nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("model_no", "key"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "registered_model_tags_by_key", "registered_model_tags", ["key", "model_no"], unique=False
    )
    op.create_table(
        "registered_model_aliases",
        sa.Column("model_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("alias", sa.String(length=255), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("model_no", "alias"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "model_versions",
        sa.Column("model_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("creation_timestamp", sa.BigInteger(), nullable=False),
        sa.Column("last_updated_timestamp", sa.BigInteger(), nullable=False),
        sa.Column("description", TEXT, nullable=True),
        sa.Column("user_id", sa.String(length=256), nullable=True),
        sa.Column("current_stage", sa.String(length=20), nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("storage_location", TEXT, nullable=True),
        sa.Column("run_id", sa.String(length=256), nullable=True),
        sa.Column("run_link", TEXT, nullable=True),
        sa.Column("model_id", sa.String(length=256), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("status_message", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("model_no", "version"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "model_versions_by_update", "model_versions", ["last_updated_timestamp"], unique=False
    )
    op.create_index("model_versions_by_run", "model_versions", ["run_id"], unique=False)
    op.create_table(
        "model_version_tags",
        sa.Column("model_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=250), nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("model_no", "version", "key"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "model_version_tags_by_key",
        "model_version_tags",
        ["key", "model_no", "version"],
        unique=False,
    )
