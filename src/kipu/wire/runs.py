"""Requests and answers about runs."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from kipu import entities
from kipu.wire.message import Answer, Asked, Int64, Pair, Required, encode
from kipu.wire.metrics import Metric, MetricPoint
from kipu.wire.states import Status, View


class RunInfo(Answer, kw_only=True):
    """What a run is; times are ms since the Unix epoch."""

    # Older clients, R and Java among them, fail without ``run_uuid``.
    run_uuid: str
    experiment_id: str
    run_name: str
    user_id: str
    status: str
    start_time: int | None = None
    end_time: int | None = None
    artifact_uri: str | None = None
    lifecycle_stage: str
    run_id: str

    @classmethod
    def of(cls, info: entities.RunInfo) -> RunInfo:
        """The wire's form of a run's info."""
        return cls(
            run_uuid=info.run_id,
            experiment_id=info.experiment_id,
            run_name=info.run_name or "",
            user_id=info.user_id or "",
            status=info.status,
            start_time=info.start_time,
            end_time=info.end_time,
            artifact_uri=info.artifact_uri,
            lifecycle_stage=info.lifecycle_stage,
            run_id=info.run_id,
        )

    def entity(self) -> entities.RunInfo:
        """The info that was sent."""
        return entities.RunInfo(
            self.run_id,
            self.experiment_id,
            self.user_id,
            self.status,
            self.start_time,
            self.end_time,
            self.lifecycle_stage,
            self.artifact_uri,
            self.run_name,
        )


class RunData(Answer):
    """What a run logged."""

    metrics: list[Metric] = []
    params: list[Pair] = []
    tags: list[Pair] = []

    @classmethod
    def of(cls, data: entities.RunData) -> RunData:
        """The wire's form of a run's data."""
        return cls(
            metrics=[Metric.of(metric) for metric in data._metric_objs],
            params=[Pair(*param) for param in data.params.items()],
            tags=[Pair(*tag) for tag in data.tags.items()],
        )

    def entity(self) -> entities.RunData:
        """The data that was sent."""
        return entities.RunData(
            [metric.entity() for metric in self.metrics],
            [entities.Param(param.key, param.value) for param in self.params],
            [entities.RunTag(tag.key, tag.value) for tag in self.tags],
        )


class Dataset(Answer):
    """A data set; ``source``, ``schema`` and ``profile`` are JSON texts."""

    name: str
    digest: str
    source_type: str
    source: str
    schema: str | None = None
    profile: str | None = None


class DatasetInput(Answer, kw_only=True):
    """A data set as a run used it."""

    tags: list[Pair] = []
    dataset: Dataset

    @classmethod
    def of(cls, given: entities.DatasetInput) -> DatasetInput:
        """The wire's form of an input."""
        return cls(
            tags=[Pair(tag.key, tag.value) for tag in given.tags],
            dataset=Dataset(**given.dataset.to_dictionary()),
        )

    def entity(self) -> entities.DatasetInput:
        """The input that was sent."""
        return entities.DatasetInput(
            entities.Dataset(**msgspec.structs.asdict(self.dataset)),
            [entities.InputTag(tag.key, tag.value) for tag in self.tags],
        )


class ModelInput(Answer):
    """A logged model that a run read."""

    model_id: str


class ModelOutput(Answer):
    """A logged model that a run made."""

    model_id: str
    step: Int64


class RunInputs(Answer):
    """What a run read."""

    dataset_inputs: list[DatasetInput] = []
    model_inputs: list[ModelInput] = []

    @classmethod
    def of(cls, inputs: entities.RunInputs | None) -> RunInputs:
        """The wire's form of a run's inputs."""
        if inputs is None:
            return cls()
        return cls(
            dataset_inputs=[DatasetInput.of(given) for given in inputs.dataset_inputs],
            model_inputs=[ModelInput(model_id=model.model_id) for model in inputs.model_inputs],
        )

    def entity(self) -> entities.RunInputs:
        """The inputs that were sent."""
        return entities.RunInputs(
            [given.entity() for given in self.dataset_inputs],
            [entities.LoggedModelInput(model.model_id) for model in self.model_inputs],
        )


class RunOutputs(Answer):
    """What a run made."""

    model_outputs: list[ModelOutput] = []

    @classmethod
    def of(cls, outputs: entities.RunOutputs) -> RunOutputs:
        """The wire's form of a run's outputs."""
        return cls(
            model_outputs=[
                ModelOutput(model_id=model.model_id, step=model.step)
                for model in outputs.model_outputs
            ]
        )

    def entity(self) -> entities.RunOutputs:
        """The outputs that were sent."""
        return entities.RunOutputs(
            [entities.LoggedModelOutput(model.model_id, model.step) for model in self.model_outputs]
        )


class Run(Answer):
    """A run with all that hangs on it."""

    info: RunInfo
    data: RunData | None = None
    inputs: RunInputs | None = None
    outputs: RunOutputs | None = None

    @classmethod
    def of(cls, run: entities.Run) -> Run:
        """The wire's form of a run."""
        return cls(
            info=RunInfo.of(run.info),
            data=RunData.of(run.data),
            inputs=RunInputs.of(run.inputs),
            outputs=None if run.outputs is None else RunOutputs.of(run.outputs),
        )

    def entity(self) -> entities.Run:
        """The run that was sent."""
        return entities.Run(
            self.info.entity(),
            (self.data or RunData()).entity(),
            (self.inputs or RunInputs()).entity(),
            (self.outputs or RunOutputs()).entity(),
        )


def run_document(run: entities.Run) -> bytes:
    """A run as the JSON object that ``runs/get`` and ``runs/search`` answer."""
    return encode(Run.of(run))


_run = msgspec.json.Decoder(Run, strict=False)


def run_of_document(document: bytes) -> entities.Run:
    """Read what ``run_document`` wrote."""
    return _run.decode(document).entity()


class CreateRun(Asked):
    """Start a run; a missing ``start_time`` is 0, as MLflow reads it."""

    experiment_id: str = ""
    user_id: str | None = None
    run_name: str | None = None
    start_time: Int64 = 0
    tags: list[Pair] = []

    def tag_entities(self) -> list[entities.RunTag]:
        """The tags to set."""
        return [entities.RunTag(tag.key, tag.value) for tag in self.tags]


class RunAnswer(Answer):
    """One run."""

    run: Run


class OfRun(Asked):
    """A request about a run, named by ``run_id`` or the older ``run_uuid``."""

    run_id: str = ""
    run_uuid: str = ""


class GetRun(OfRun):
    """Read a run."""


class UpdateRun(OfRun):
    """Change state, end or name of a run."""

    status: Status | None = None
    end_time: Int64 | None = None
    run_name: str | None = None


class UpdateRunAnswer(Answer):
    """The run after the change."""

    run_info: RunInfo


class DeleteRun(Asked):
    """Mark a run deleted."""

    run_id: Required


class RestoreRun(Asked):
    """Undo a deletion."""

    run_id: Required


class SearchRuns(Asked):
    """Find runs."""

    experiment_ids: list[str] = []
    filter: str | None = None
    run_view_type: View = "ACTIVE_ONLY"
    max_results: Int64 = 1000
    order_by: list[str] = []
    page_token: str | None = None


class SearchRunsAnswer(Answer):
    """A page of runs."""

    runs: list[Run] = []
    next_page_token: str | None = None


class LogMetric(OfRun, kw_only=True):
    """Log one point."""

    key: Required
    value: float
    timestamp: Int64
    step: Int64 = 0
    model_id: str | None = None
    dataset_name: str | None = None
    dataset_digest: str | None = None

    def metric(self) -> entities.Metric:
        """The point to log."""
        return entities.Metric(
            self.key,
            self.value,
            self.timestamp,
            self.step,
            self.model_id or None,
            self.dataset_name or None,
            self.dataset_digest or None,
        )


class LogParameter(OfRun, kw_only=True):
    """Log one param."""

    key: Required
    value: str = ""


class SetTag(OfRun, kw_only=True):
    """Set one tag of a run."""

    key: Required
    value: str = ""


class DeleteTag(Asked):
    """Remove one tag of a run."""

    run_id: Required
    key: Required


class LogBatch(Asked):
    """Log points, params and tags together."""

    run_id: Required
    # Points are most of the traffic, so they become entities without a step between.
    metrics: list[MetricPoint] = []
    params: list[Pair] = []
    tags: list[Pair] = []

    def param_entities(self) -> list[entities.Param]:
        """The params to log."""
        return [entities.Param(param.key, param.value) for param in self.params]

    def tag_entities(self) -> list[entities.RunTag]:
        """The tags to set."""
        return [entities.RunTag(tag.key, tag.value) for tag in self.tags]

    @classmethod
    def of(
        cls,
        run_id: str,
        metrics: Sequence[entities.Metric],
        params: Sequence[entities.Param],
        tags: Sequence[entities.RunTag],
    ) -> bytes:
        """The body of a request."""
        return encode(
            {
                "run_id": run_id,
                "metrics": [Metric.of(metric) for metric in metrics],
                "params": [Pair(param.key, param.value) for param in params],
                "tags": [Pair(tag.key, tag.value) for tag in tags],
            }
        )


class LogModel(Asked):
    """Note a model of MLflow 2 in the run's history of models."""

    run_id: Required
    model_json: Required


class LogInputs(Asked):
    """Link data sets and models that a run read."""

    run_id: Required
    datasets: list[DatasetInput] = []
    models: list[ModelInput] = []


class LogOutputs(Asked):
    """Link models that a run made."""

    run_id: Required
    models: list[ModelOutput]
