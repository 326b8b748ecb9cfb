"""Webhooks, and the queue of what they are to be told.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")
BLOB = sa.LargeBinary().with_variant(mysql.LONGBLOB(), "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "webhooks",
        sa.Column("webhook_id", sa.String(length=36), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("description", TEXT, nullable=True),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("secret", TEXT, nullable=True),
        sa.Column("creation_timestamp", sa.BigInteger(), nullable=False),
        sa.Column("last_updated_timestamp", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("webhook_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "webhook_events",
        sa.Column("webhook_id", sa.String(length=36), autoincrement=False, nullable=False),
        sa.Column("entity", sa.String(length=50), autoincrement=False, nullable=False),
        sa.Column("action", sa.String(length=50), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("webhook_id", "entity", "action"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "webhook_events_by_event", "webhook_events", ["entity", "action", "webhook_id"],
        unique=False,
    )  # fmt: skip
    op.create_table(
        "webhook_deliveries",
        sa.Column("delivery_id", sa.String(length=36), autoincrement=False, nullable=False),
        sa.Column("webhook_id", sa.String(length=36), nullable=False),
        sa.Column("body", BLOB, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("delivery_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("webhook_deliveries_by_due", "webhook_deliveries", ["due"], unique=False)
    op.create_index(
        "webhook_deliveries_by_webhook", "webhook_deliveries", ["webhook_id"], unique=False
    )
