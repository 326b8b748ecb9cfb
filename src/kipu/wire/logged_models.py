"""Requests and answers about logged models."""

from __future__ import annotations

from kipu import entities
from kipu.wire.message import Answer, Asked, Int64, Pair, Required
from kipu.wire.metrics import Metric


class CreateLoggedModel(Asked):
    """Make a model."""

    experiment_id: Required
    name: str = ""
    model_type: str | None = None
    source_run_id: str | None = None
    params: list[Pair] = []
    tags: list[Pair] = []


class ModelOrder(Asked, forbid_unknown_fields=False):
    """What to sort models by."""

    field_name: str
    ascending: bool = True


class ModelDataset(Asked, forbid_unknown_fields=False):
    """A data set on which models were measured."""

    dataset_name: str
    dataset_digest: str | None = None


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
                status=entities.LoggedModelStatus(model.status).wire_name,
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
        statuses = {status.wire_name: status for status in entities.LoggedModelStatus}
        return entities.LoggedModel(
            info.experiment_id,
            info.model_id,
            info.name,
            info.artifact_uri,
            info.creation_timestamp_ms,
            info.last_updated_timestamp_ms,
            info.model_type or None,
            info.source_run_id or None,
            statuses.get(info.status, entities.LoggedModelStatus.UNSPECIFIED),
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

    experiment_ids: list[str] = []
    filter: str | None = None
    max_results: Int64 = 0
    page_token: str | None = None
    order_by: list[ModelOrder] = []
    datasets: list[ModelDataset] = []


class SearchLoggedModelsAnswer(Answer):
    """A page of models."""

    models: list[LoggedModel] = []
    next_page_token: str | None = None
