"""The tables of the model registry; rows go by number, so that a rename touches one."""

from __future__ import annotations

import sqlalchemy as sa

from kipu.store.sql.tables import Text, metadata

registered_models = sa.Table(
    "registered_models",
    metadata,
    sa.Column("model_no", sa.BigInteger(), primary_key=True, autoincrement=False),
    sa.Column("name", sa.String(256), nullable=False, unique=True),
    sa.Column("description", Text),
    sa.Column("creation_timestamp", sa.BigInteger(), nullable=False),
    sa.Column("last_updated_timestamp", sa.BigInteger(), nullable=False),
    # The highest number that a version ever had: none comes twice.
    sa.Column("last_version", sa.BigInteger(), nullable=False),
)

registered_model_tags = sa.Table(
    "registered_model_tags",
    metadata,
    sa.Column("model_no", sa.BigInteger(), primary_key=True),
    sa.Column("key", sa.String(250), primary_key=True),
    sa.Column("value", Text, nullable=False),
    # Tells prompts, which are few, from models.
    sa.Index("registered_model_tags_by_key", "key", "model_no"),
    sqlite_with_rowid=False,
)

registered_model_aliases = sa.Table(
    "registered_model_aliases",
    metadata,
    sa.Column("model_no", sa.BigInteger(), primary_key=True),
    sa.Column("alias", sa.String(255), primary_key=True),
    sa.Column("version", sa.BigInteger(), nullable=False),
    sqlite_with_rowid=False,
)

model_versions = sa.Table(
    "model_versions",
    metadata,
    sa.Column("model_no", sa.BigInteger(), primary_key=True),
    sa.Column("version", sa.BigInteger(), primary_key=True),
    sa.Column("creation_timestamp", sa.BigInteger(), nullable=False),
    sa.Column("last_updated_timestamp", sa.BigInteger(), nullable=False),
    sa.Column("description", Text),
    sa.Column("user_id", sa.String(256)),
    sa.Column("current_stage", sa.String(20), nullable=False),
    sa.Column("source", Text, nullable=False),
    # Where the files lie: as an experiment's artifact_location is kept; NULL: at the source.
    sa.Column("storage_location", Text),
    sa.Column("run_id", sa.String(256)),
    sa.Column("run_link", Text),
    sa.Column("model_id", sa.String(256)),
    sa.Column("status", sa.String(20), nullable=False),
    sa.Column("status_message", Text),
    sa.Index("model_versions_by_update", "last_updated_timestamp"),
    sa.Index("model_versions_by_run", "run_id"),
    sqlite_with_rowid=False,
)

model_version_tags = sa.Table(
    "model_version_tags",
    metadata,
    sa.Column("model_no", sa.BigInteger(), primary_key=True),
    sa.Column("version", sa.BigInteger(), primary_key=True),
    sa.Column("key", sa.String(250), primary_key=True),
    sa.Column("value", Text, nullable=False),
    sa.Index("model_version_tags_by_key", "key", "model_no", "version"),
    sqlite_with_rowid=False,
)
