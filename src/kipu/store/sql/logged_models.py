"""Logged models."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from kipu.entities import LoggedModel, LoggedModelParameter, LoggedModelStatus, LoggedModelTag
from kipu.exceptions import ResourceNotFound
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

    def _model(self, row: dict[str, object]) -> LoggedModel:
        fields = row | {
            "experiment_id": str(row["experiment_id"]),
            "artifact_location": self._locations.resolved(str(row["artifact_location"])),
            "tags": msgspec.json.decode(str(row["tags"])),
            "params": msgspec.json.decode(str(row["params"])),
        }
        return LoggedModel.from_dictionary(fields)


def _pairs(given: Sequence[LoggedModelTag | LoggedModelParameter]) -> str:
    return msgspec.json.encode({one.key: one.value for one in given}).decode()
