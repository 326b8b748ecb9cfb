"""Requests and answers about logged models."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, structs

from kipu import entities
from kipu.wire.message import Answer, Asked, Int32, Pair, Required
from kipu.wire.metrics import Metric

Status = Literal[
    "LOGGED_MODEL_STATUS_UNSPECIFIED",
    "LOGGED_MODEL_PENDING",
    "LOGGED_MODEL_READY",
    "LOGGED_MODEL_UPLOAD_FAILED",
    0, 1, 2, 3,
]  # fmt: skip
_STATUSES = {status.wire_name: status for status in entities.LoggedModelStatus}


def status_of(status: Status) -> entities.LoggedModelStatus:
    """The status that a request means by a name or a number."""
    if isinstance(status, int):
        return entities.LoggedModelStatus.from_int(status)
    return _STATUSES[status]


def _without_none(asked: Struct) -> dict[str, Any]:
    return {name: value for name, value in structs.asdict(asked).items() if value is not None}


class CreateLoggedModel(Asked):
    """Make a model."""

    experiment_id: Required
    name: str = ""
    model_type: str | None = None
    source_run_id: str | None = None
    params: list[Pair] = []
    tags: list[Pair] = []


class GetLoggedModel(Asked):
    """Read a model."""

    allow_deleted: bool = False


class FinalizeLoggedModel(Asked):
    """Set how far a model has come; the id is that of the path."""

    model_id: Required
    status: Status


class LogLoggedModelParams(Asked):
    """Add params; the id is that of the path."""

    model_id: Required
    params: list[Pair] = []


class SetLoggedModelTags(Asked):
    """Label a model."""

    tags: list[Pair] = []


class ListLoggedModelArtifacts(Asked):
    """List a folder of a model's artifacts."""

    artifact_directory_path: str = ""
    page_token: str | None = None


class GetLoggedModelArtifact(Asked):
    """Download a file of a model."""

    artifact_file_path: str = ""


class ModelOrder(Asked):
    """What to sort models by."""

    field_name: Required
    ascending: bool = True
    dataset_name: str | None = None
    dataset_digest: str | None = None

    def plain(self) -> dict[str, Any]:
        """The order as stores take it."""
        return _without_none(self)


class ModelDataset(Asked):
    """A data set on which models were measured."""

    dataset_name: Required
    dataset_digest: str | None = None

    def plain(self) -> dict[str, Any]:
        """The data set as stores take it."""
        return _without_none(self)


class LoggedModelInfo(Answer):
    """What a model is."""

    model_id: str
    experiment_id: str
    name: str
    creation_timestamp_ms: int
    last_updated_timestamp_ms: int
    artifact_uri: str
    status: str
    # MLflow sends these two even when they are empty.
    model_type: str
    source_run_id: str
    status_message: str | None = None
    tags: list[Pair] = []


class LoggedModelData(Answer):
    """What a model was given, and what it measured."""

    params: list[Pair] = []
    metrics: list[Metric] = []


class LoggedModel(Answer):
    """A model."""

    info: LoggedModelInfo
    data: LoggedModelData

    @classmethod
    def of(cls, model: entities.LoggedModel) -> LoggedModel:
        """The wire's form of a model."""
        return cls(
            info=LoggedModelInfo(
                model_id=model.model_id,
                experiment_id=model.experiment_id,
                name=model.name,
                creation_timestamp_ms=model.creation_timestamp,
                last_updated_timestamp_ms=model.last_updated_timestamp,
                artifact_uri=model.artifact_location,
                status=model.status.wire_name,
                model_type=model.model_type or "",
                source_run_id=model.source_run_id or "",
                status_message=model.status_message,
                tags=[Pair(*tag) for tag in model.tags.items()],
            ),
            data=LoggedModelData(
                params=[Pair(*param) for param in model.params.items()],
                metrics=[Metric.of(metric) for metric in model.metrics or ()],
            ),
        )

    def entity(self) -> entities.LoggedModel:
        """The model that was sent."""
        info, data = self.info, self.data
        return entities.LoggedModel(
            info.experiment_id,
            info.model_id,
            info.name,
            info.artifact_uri,
            info.creation_timestamp_ms,
            info.last_updated_timestamp_ms,
            info.model_type or None,
            info.source_run_id or None,
            _STATUSES.get(info.status, entities.LoggedModelStatus.UNSPECIFIED),
            info.status_message,
            {tag.key: tag.value for tag in info.tags},
            {param.key: param.value for param in data.params},
            [metric.entity() for metric in data.metrics] or None,
        )


class LoggedModelAnswer(Answer):
    """One model."""

    model: LoggedModel


class SearchLoggedModels(Asked):
    """Find models."""

    experiment_ids: Annotated[list[str], Meta(min_length=1)]
    filter: str | None = None
    max_results: Int32 = 50
    page_token: str | None = None
    order_by: list[ModelOrder] = []
    datasets: list[ModelDataset] = []


class SearchLoggedModelsAnswer(Answer):
    """A page of models."""

    models: list[LoggedModel] = []
    next_page_token: str | None = None
