"""Requests and answers about experiments."""

from __future__ import annotations

from collections.abc import Sequence

from kipu import entities
from kipu.wire.message import Answer, Asked, Int64, Pair, Required
from kipu.wire.states import View


class Experiment(Answer):
    """An experiment; times are ms since the Unix epoch."""

    experiment_id: str
    name: str
    artifact_location: str = ""
    lifecycle_stage: str = "active"
    last_update_time: int | None = None
    creation_time: int | None = None
    tags: list[Pair] = []
    workspace: str | None = None
    effective_trace_archival_retention: str | None = None

    @classmethod
    def of(cls, experiment: entities.Experiment) -> Experiment:
        """The wire's form of an experiment."""
        return cls(
            experiment_id=experiment.experiment_id,
            name=experiment.name,
            artifact_location=experiment.artifact_location,
            lifecycle_stage=experiment.lifecycle_stage,
            last_update_time=experiment.last_update_time,
            creation_time=experiment.creation_time,
            tags=[Pair(key, value) for key, value in experiment.tags.items()],
            workspace=experiment.workspace,
        )

    def entity(self) -> entities.Experiment:
        """The experiment that was sent."""
        return entities.Experiment(
            self.experiment_id,
            self.name,
            self.artifact_location,
            self.lifecycle_stage,
            {tag.key: tag.value for tag in self.tags},
            self.creation_time,
            self.last_update_time,
            self.workspace,
        )


class CreateExperiment(Asked):
    """Make an experiment."""

    name: Required
    artifact_location: str | None = None
    tags: list[Pair] = []

    def tag_entities(self) -> list[entities.ExperimentTag]:
        """The tags to set."""
        return [entities.ExperimentTag(tag.key, tag.value) for tag in self.tags]


class CreateExperimentAnswer(Answer):
    """The new experiment."""

    experiment_id: str


class GetExperiment(Asked):
    """Read an experiment."""

    experiment_id: Required


class GetExperimentByName(Asked):
    """Read an experiment by its name."""

    experiment_name: Required


class ExperimentAnswer(Answer):
    """One experiment."""

    experiment: Experiment


class SearchExperiments(Asked):
    """Find experiments; MLflow has no default for ``max_results``."""

    max_results: Int64 = 0
    page_token: str | None = None
    filter: str | None = None
    order_by: list[str] = []
    view_type: View = "ACTIVE_ONLY"


class SearchExperimentsAnswer(Answer):
    """A page of experiments."""

    experiments: list[Experiment] = []
    next_page_token: str | None = None

    @classmethod
    def of(
        cls, experiments: Sequence[entities.Experiment], token: str | None
    ) -> SearchExperimentsAnswer:
        """The answer with these experiments."""
        return cls(experiments=[Experiment.of(each) for each in experiments], next_page_token=token)


class DeleteExperiment(Asked):
    """Mark an experiment deleted."""

    experiment_id: Required


class RestoreExperiment(Asked):
    """Undo a deletion."""

    experiment_id: Required


class UpdateExperiment(Asked):
    """Rename an experiment."""

    experiment_id: Required
    new_name: Required


class SetExperimentTag(Asked):
    """Set a label of an experiment."""

    experiment_id: Required
    key: Required
    value: str = ""


class DeleteExperimentTag(Asked):
    """Remove a label of an experiment."""

    experiment_id: Required
    key: Required


class SearchDatasets(Asked):
    """Find the data sets that runs of some experiments read."""

    experiment_ids: list[str] = []


class DatasetSummary(Answer):
    """A data set as it was used."""

    experiment_id: str
    name: str
    digest: str
    context: str | None = None


class SearchDatasetsAnswer(Answer):
    """Data sets."""

    dataset_summaries: list[DatasetSummary] = []


class Empty(Answer):
    """Nothing but success."""
