"""Logged models: made, read, changed, found and deleted."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import blake2b
from types import SimpleNamespace
from typing import Any, NamedTuple, TypeVar

import msgspec
import sqlalchemy as sa

from kipu.entities import (
    LoggedModel,
    LoggedModelParameter,
    LoggedModelStatus,
    LoggedModelTag,
    Metric,
    PagedList,
)
from kipu.exceptions import ResourceNotFound
from kipu.search import (
    decode_token,
    encode_token,
    parse_logged_model_filter,
    parse_logged_model_order,
    read_datasets,
)
from kipu.store.sql.access import SqlAccess, experiment_number, now_ms
from kipu.store.sql.experiments import active_location
from kipu.store.sql.locations import of_model
from kipu.store.sql.model_labels import (
    PARAMS_OF_MODELS,
    TAGS_OF_MODELS,
    delete_model_tag,
    model_labels,
    write_model_params,
    write_model_tags,
)
from kipu.store.sql.model_points import model_points
from kipu.store.sql.model_search import ModelKey, ModelSearch, find_models
from kipu.store.sql.tables import logged_models, model_directory

T = TypeVar("T")

_AT_ONCE = 500
"""Models of one statement."""

_find = sa.select(model_directory.c.experiment_id).where(
    model_directory.c.model_id == sa.bindparam("of_model")
)
_these_models = sa.select(logged_models).where(
    logged_models.c.experiment_id == sa.bindparam("of_experiment"),
    logged_models.c.model_id.in_(sa.bindparam("these_models", expanding=True)),
)
_change = logged_models.update().where(
    logged_models.c.experiment_id == sa.bindparam("of_experiment"),
    logged_models.c.model_id == sa.bindparam("of_model"),
)
_finalize = _change.values(
    status=sa.bindparam("to_status"), last_updated_timestamp=sa.bindparam("now")
)
_delete = _change.values(lifecycle_stage="deleted", last_updated_timestamp=sa.bindparam("now"))


class _Stored(NamedTuple):
    """A model, and whether it is deleted."""

    model: LoggedModel
    is_deleted: bool


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
        labels = {tag.key: tag.value for tag in tags}
        settings = {param.key: param.value for param in params}

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
                "status": LoggedModelStatus.PENDING.to_int(),
                "status_message": None,
                "model_type": model_type,
                "source_run_id": source_run_id,
                "lifecycle_stage": "active",
            }
            db.execute(logged_models.insert(), row)
            db.execute(model_directory.insert(), {"model_id": model_id, "experiment_id": number})
            write_model_params(db, number, model_id, settings)
            write_model_tags(db, number, model_id, labels)
            return self._model(SimpleNamespace(**row), settings, labels)

        return self._write(create)

    def get_logged_model(self, model_id: str, allow_deleted: bool = False) -> LoggedModel:
        """See ``LoggedModelStore``."""
        with self._read() as db:
            found = self._found(db, model_id)
        if found.is_deleted and not allow_deleted:
            raise _absent(model_id)
        return found.model

    def finalize_logged_model(self, model_id: str, status: LoggedModelStatus) -> LoggedModel:
        """See ``LoggedModelStore``."""

        def finalize(db: sa.Connection, place: dict[str, Any]) -> LoggedModel:
            db.execute(_finalize, place | {"to_status": status.to_int(), "now": now_ms()})
            return self._found(db, model_id).model

        return self._change_model(model_id, finalize)

    def delete_logged_model(self, model_id: str) -> None:
        """See ``LoggedModelStore``."""

        def delete(db: sa.Connection, place: dict[str, Any]) -> None:
            db.execute(_delete, place | {"now": now_ms()})

        self._change_model(model_id, delete)

    def log_logged_model_params(
        self, model_id: str, params: Sequence[LoggedModelParameter]
    ) -> None:
        """See ``LoggedModelStore``."""
        settings = {param.key: param.value for param in params}

        def log(db: sa.Connection, place: dict[str, Any]) -> None:
            write_model_params(db, place["of_experiment"], model_id, settings)

        self._change_model(model_id, log)

    def set_logged_model_tags(self, model_id: str, tags: Sequence[LoggedModelTag]) -> None:
        """See ``LoggedModelStore``."""
        labels = {tag.key: tag.value for tag in tags}

        def write(db: sa.Connection, place: dict[str, Any]) -> None:
            write_model_tags(db, place["of_experiment"], model_id, labels)

        self._change_model(model_id, write)

    def delete_logged_model_tag(self, model_id: str, key: str) -> None:
        """See ``LoggedModelStore``."""

        def delete(db: sa.Connection, place: dict[str, Any]) -> None:
            if not delete_model_tag(db, place["of_experiment"], model_id, key):
                raise ResourceNotFound(
                    f"No tag with key {key!r} found for model with ID {model_id!r}."
                )

        self._change_model(model_id, delete)

    def search_logged_models(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None,
        datasets: Sequence[Mapping[str, Any]] | None,
        max_results: int,
        order_by: Sequence[Mapping[str, Any]] | None,
        page_token: str | None,
    ) -> PagedList[LoggedModel]:
        """See ``LoggedModelStore``."""
        asked = ModelSearch(
            sorted({experiment_number(one) for one in experiment_ids}),
            parse_logged_model_filter(filter_string),
            read_datasets(datasets),
            parse_logged_model_order(order_by),
            _number_of(experiment_ids, filter_string or None, order_by or None),
        )
        after = decode_token(page_token)
        with self._read() as db:
            page = find_models(db, asked, max_results, after)
            found = {
                stored.model.model_id: stored.model for stored in self._stored(db, page.models)
            }
        models = [found[model_id] for _, model_id in page.models]
        return PagedList(models, encode_token(page.next))

    def _change_model(self, model_id: str, work: Callable[[sa.Connection, dict[str, Any]], T]) -> T:
        """Change a model, active or deleted, in a write transaction."""

        def change(db: sa.Connection) -> T:
            return work(db, {"of_experiment": _home(db, model_id), "of_model": model_id})

        return self._write(change)

    def _found(self, db: sa.Connection, model_id: str) -> _Stored:
        (stored,) = self._stored(db, [(_home(db, model_id), model_id)])
        return stored

    def _stored(self, db: sa.Connection, keys: Sequence[ModelKey]) -> Iterator[_Stored]:
        """Models with all that belongs to them, in any order."""
        by_experiment: defaultdict[int, list[str]] = defaultdict(list)
        for experiment_id, model_id in keys:
            by_experiment[experiment_id].append(model_id)
        for experiment_id, all_ids in by_experiment.items():
            for at in range(0, len(all_ids), _AT_ONCE):
                ids = all_ids[at : at + _AT_ONCE]
                wanted = {"of_experiment": experiment_id, "these_models": ids}
                params = model_labels(db, PARAMS_OF_MODELS, experiment_id, ids)
                tags = model_labels(db, TAGS_OF_MODELS, experiment_id, ids)
                points = model_points(db, experiment_id, ids)
                for row in db.execute(_these_models, wanted).all():
                    one = row.model_id
                    model = self._model(row, params.get(one), tags.get(one), points.get(one))
                    yield _Stored(model, row.lifecycle_stage != "active")

    def _model(
        self,
        row: Any,
        params: dict[str, str] | None,
        tags: dict[str, str] | None,
        metrics: list[Metric] | None = None,
    ) -> LoggedModel:
        return LoggedModel(
            str(row.experiment_id),
            row.model_id,
            row.name,
            self._locations.resolved(row.artifact_location),
            row.creation_timestamp,
            row.last_updated_timestamp,
            row.model_type,
            row.source_run_id,
            row.status,
            row.status_message,
            tags,
            params,
            metrics,
        )


def _home(db: sa.Connection, model_id: str) -> int:
    number = db.scalar(_find, {"of_model": model_id})
    if number is None:
        raise _absent(model_id)
    return int(number)


def _absent(model_id: str) -> ResourceNotFound:
    return ResourceNotFound(f"Logged model with ID {model_id!r} not found.")


def _number_of(*asked: object) -> int:
    """The number that stands for what is asked."""
    text = msgspec.json.encode(asked, order="sorted")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big") >> 1
