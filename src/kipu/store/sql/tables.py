"""The schema. Why it has this shape is told in ``docs/design/storage.md``.

Keys begin with ``experiment_id`` (but the directory's), ids come from the application, there is no
foreign key across experiments, and no index on text of unbounded length.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

metadata = sa.MetaData()

Text = sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")
Blob = sa.LargeBinary().with_variant(mysql.LONGBLOB(), "mysql", "mariadb")
Double: sa.Double[float] = sa.Double()


def _key(name: str, type_: sa.types.TypeEngine[Any] | None = None) -> sa.Column[Any]:
    return sa.Column(name, type_ or sa.BigInteger(), primary_key=True, autoincrement=False)


def _table(name: str, *parts: sa.schema.SchemaItem) -> sa.Table:
    return sa.Table(name, metadata, *parts, sqlite_with_rowid=False)


experiments = sa.Table(
    "experiments",
    metadata,
    _key("experiment_id"),
    sa.Column("name", sa.String(500), nullable=False, unique=True),
    # Relative to the store's artifact root, unless the user named a place.
    sa.Column("artifact_location", Text, nullable=False),
    sa.Column("lifecycle_stage", sa.String(20), nullable=False),
    sa.Column("creation_time", sa.BigInteger(), nullable=False),
    sa.Column("last_update_time", sa.BigInteger(), nullable=False),
)

experiment_tags = _table(
    "experiment_tags",
    _key("experiment_id"),
    _key("key", sa.String(250)),
    sa.Column("value", Text, nullable=False),
)

run_directory = _table(
    "run_directory",
    _key("run_id", sa.String(32)),
    sa.Column("experiment_id", sa.BigInteger(), nullable=False),
    sa.Column("run_no", sa.BigInteger(), nullable=False),
)

runs = _table(
    "runs",
    _key("experiment_id"),
    _key("run_no"),
    sa.Column("run_id", sa.String(32), nullable=False),
    sa.Column("name", Text, nullable=False),
    sa.Column("status", sa.String(9), nullable=False),
    sa.Column("lifecycle_stage", sa.String(20), nullable=False),
    sa.Column("user_id", sa.String(256), nullable=False),
    sa.Column("start_time", sa.BigInteger(), nullable=False),
    sa.Column("end_time", sa.BigInteger()),
    sa.Column("deleted_time", sa.BigInteger()),
    # NULL: <location of the experiment>/<run id>/artifacts.
    sa.Column("artifact_uri", Text),
    # When the run last changed in any way, in ms since the Unix epoch, but always greater than any
    # other in the store: the cursor of live views, and what tells a stale document.
    sa.Column("changed", sa.BigInteger(), nullable=False),
    # The status is there so that runs are counted from the index alone.
    sa.Index("runs_by_lifecycle", "experiment_id", "lifecycle_stage", "run_no", "status"),
    sa.Index("runs_by_change", "changed"),
)

# A cache: valid while ``changed`` equals the run's.
run_documents = _table(
    "run_documents",
    _key("experiment_id"),
    _key("run_no"),
    sa.Column("changed", sa.BigInteger(), nullable=False),
    # As the experiment's artifact_location is kept: relative to the root, or absolute.
    sa.Column("artifact_uri", Text, nullable=False),
    # The wire's JSON of the run without its artifact URI, which depends on who reads.
    sa.Column("document", Blob, nullable=False),
)

names = _table(
    "names",
    _key("experiment_id"),
    _key("kind", sa.SmallInteger()),
    _key("key_id"),
    sa.Column("name", Text, nullable=False),
)

params = _table(
    "params",
    _key("experiment_id"),
    _key("run_no"),
    _key("key_id"),
    sa.Column("value", Text, nullable=False),
    sa.Column("value_hash", sa.BigInteger(), nullable=False),
    sa.Column("value_prefix", sa.String(64), nullable=False),
    sa.Column("number", Double),
    sa.Index("params_by_value", "experiment_id", "key_id", "value_hash", "run_no"),
    sa.Index("params_by_number", "experiment_id", "key_id", "number", "run_no"),
)

run_tags = _table(
    "run_tags",
    _key("experiment_id"),
    _key("run_no"),
    _key("key_id"),
    sa.Column("value", Text, nullable=False),
    sa.Column("value_hash", sa.BigInteger(), nullable=False),
    sa.Column("value_prefix", sa.String(64), nullable=False),
    sa.Index("run_tags_by_value", "experiment_id", "key_id", "value_hash", "run_no"),
)

latest_metrics = _table(
    "latest_metrics",
    _key("experiment_id"),
    _key("run_no"),
    _key("key_id"),
    # 63-bit hash of model id, data set name and digest; 0 for a plain point of the run.
    _key("source_id"),
    sa.Column("model_id", sa.String(36)),
    sa.Column("dataset_name", sa.String(500)),
    sa.Column("dataset_digest", sa.String(36)),
    # 0 number, 1 NaN, 2 infinity, 3 -infinity; value is 0 for NaN, +-largest double for infinities.
    sa.Column("kind", sa.SmallInteger(), nullable=False),
    sa.Column("value", Double, nullable=False),
    sa.Column("step", sa.BigInteger(), nullable=False),
    sa.Column("timestamp", sa.BigInteger(), nullable=False),
    sa.Column("count", sa.BigInteger(), nullable=False),
    # Over the points that are numbers; NULL while there is none.
    sa.Column("min", Double),
    sa.Column("max", Double),
    # Whether this row is the newest of its key over all sources: what a search sees.
    sa.Column("is_latest", sa.Boolean(), nullable=False),
    # The last column is there so that a whole column of a run table is read from the index alone.
    sa.Index(
        "latest_metrics_by_value",
        "experiment_id",
        "key_id",
        "kind",
        "value",
        "run_no",
        "is_latest",
    ),
)

metric_tail = _table(
    "metric_tail",
    _key("experiment_id"),
    _key("run_no"),
    _key("writer"),
    _key("seq"),
    sa.Column("count", sa.Integer(), nullable=False),
    sa.Column("appended", sa.BigInteger(), nullable=False),
    sa.Column("points", Blob, nullable=False),
)

metric_writers = _table(
    "metric_writers",
    _key("experiment_id"),
    _key("run_no"),
    _key("writer"),
    sa.Column("folded_seq", sa.BigInteger(), nullable=False),
)

metric_blocks = _table(
    "metric_blocks",
    _key("experiment_id"),
    _key("run_no"),
    _key("block_no"),
    sa.Column("format", sa.SmallInteger(), nullable=False),
    # 1 once its points were merged with those of other full blocks, key by key; else 0.
    sa.Column("level", sa.SmallInteger(), nullable=False),
    sa.Column("count", sa.Integer(), nullable=False),
    sa.Column("directory", Blob, nullable=False),
    sa.Column("points", Blob, nullable=False),
)

datasets = _table(
    "datasets",
    _key("experiment_id"),
    _key("dataset_id"),
    sa.Column("name", sa.String(500), nullable=False),
    sa.Column("digest", sa.String(36), nullable=False),
    sa.Column("source_type", sa.String(36), nullable=False),
    sa.Column("source", Text, nullable=False),
    sa.Column("schema", Text),
    sa.Column("profile", Text),
)

# What runs read and made: kind 1 a data set, 2 a model read, 3 a model made.
run_links = _table(
    "run_links",
    _key("experiment_id"),
    _key("run_no"),
    _key("kind", sa.SmallInteger()),
    _key("target", sa.String(40)),
    sa.Column("step", sa.BigInteger(), nullable=False),
    sa.Column("tags", Text, nullable=False),
    # Order of arrival within the run.
    sa.Column("position", sa.BigInteger(), nullable=False),
    sa.Index("run_links_by_target", "experiment_id", "kind", "target", "run_no"),
)

logged_models = _table(
    "logged_models",
    _key("experiment_id"),
    _key("model_id", sa.String(36)),
    sa.Column("name", sa.String(500), nullable=False),
    sa.Column("artifact_location", Text, nullable=False),
    sa.Column("creation_timestamp", sa.BigInteger(), nullable=False),
    sa.Column("last_updated_timestamp", sa.BigInteger(), nullable=False),
    sa.Column("status", sa.SmallInteger(), nullable=False),
    sa.Column("status_message", Text),
    sa.Column("model_type", sa.String(500)),
    sa.Column("source_run_id", sa.String(32)),
    sa.Column("lifecycle_stage", sa.String(20), nullable=False),
    # As searches go by default: newest first, then by id.
    sa.Index(
        "logged_models_by_creation",
        "experiment_id",
        "lifecycle_stage",
        sa.text("creation_timestamp DESC"),
        "model_id",
    ),
)

logged_model_params = _table(
    "logged_model_params",
    _key("experiment_id"),
    _key("model_id", sa.String(36)),
    _key("key", sa.String(255)),
    sa.Column("value", Text, nullable=False),
    sa.Column("value_hash", sa.BigInteger(), nullable=False),
    sa.Column("number", Double),
    sa.Index("logged_model_params_by_value", "experiment_id", "key", "value_hash", "model_id"),
)

logged_model_tags = _table(
    "logged_model_tags",
    _key("experiment_id"),
    _key("model_id", sa.String(36)),
    _key("key", sa.String(255)),
    sa.Column("value", Text, nullable=False),
    sa.Column("value_hash", sa.BigInteger(), nullable=False),
    sa.Index("logged_model_tags_by_value", "experiment_id", "key", "value_hash", "model_id"),
)

# Every point that names a model, beside the run's own copy of it: any of them may meet a filter.
# ``experiment_id`` is the model's, which need not be the run's.
logged_model_metrics = _table(
    "logged_model_metrics",
    _key("experiment_id"),
    _key("model_id", sa.String(36)),
    _key("key", sa.String(250)),
    _key("timestamp"),
    _key("step"),
    _key("run_id", sa.String(32)),
    # As in ``latest_metrics``, like kind and value.
    _key("source_id"),
    _key("kind", sa.SmallInteger()),
    _key("value", Double),
    sa.Column("dataset_name", sa.String(500)),
    sa.Column("dataset_digest", sa.String(36)),
    sa.Index("logged_model_metrics_by_value", "experiment_id", "key", "value", "kind", "model_id"),
)

model_directory = _table(
    "model_directory",
    _key("model_id", sa.String(36)),
    sa.Column("experiment_id", sa.BigInteger(), nullable=False),
)

webhooks = _table(
    "webhooks",
    _key("webhook_id", sa.String(36)),
    sa.Column("name", sa.String(256), nullable=False),
    sa.Column("description", Text),
    sa.Column("url", Text, nullable=False),
    sa.Column("status", sa.String(20), nullable=False),
    # As service/sealing.py wrote it.
    sa.Column("secret", Text),
    sa.Column("creation_timestamp", sa.BigInteger(), nullable=False),
    sa.Column("last_updated_timestamp", sa.BigInteger(), nullable=False),
)

webhook_events = _table(
    "webhook_events",
    _key("webhook_id", sa.String(36)),
    _key("entity", sa.String(50)),
    _key("action", sa.String(50)),
    sa.Index("webhook_events_by_event", "entity", "action", "webhook_id"),
)

webhook_deliveries = _table(
    "webhook_deliveries",
    _key("delivery_id", sa.String(36)),
    sa.Column("webhook_id", sa.String(36), nullable=False),
    sa.Column("body", Blob, nullable=False),
    sa.Column("attempts", sa.Integer(), nullable=False),
    # When it may be taken, in ms since the Unix epoch; while it is taken, until when.
    sa.Column("due", sa.BigInteger(), nullable=False),
    sa.Index("webhook_deliveries_by_due", "due"),
    sa.Index("webhook_deliveries_by_webhook", "webhook_id"),
)
