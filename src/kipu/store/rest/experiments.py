"""Experiments on a server."""

from __future__ import annotations

from collections.abc import Sequence

from kipu.entities import Experiment, ExperimentTag, PagedList
from kipu.exceptions import ResourceNotFound
from kipu.store.rest.access import RestAccess
from kipu.wire.experiments import (
    CreateExperiment,
    CreateExperimentAnswer,
    DeleteExperiment,
    DeleteExperimentTag,
    Empty,
    ExperimentAnswer,
    RestoreExperiment,
    SearchExperiments,
    SearchExperimentsAnswer,
    SetExperimentTag,
    UpdateExperiment,
)
from kipu.wire.message import Pair
from kipu.wire.states import view_name


class RestExperiments(RestAccess):
    """``ExperimentStore`` over HTTP."""

    def create_experiment(
        self, name: str, artifact_location: str | None, tags: Sequence[ExperimentTag]
    ) -> str:
        """See ``ExperimentStore``."""
        asked = CreateExperiment(
            name=name,
            artifact_location=artifact_location,
            tags=[Pair(tag.key, tag.value) for tag in tags],
        )
        made = self._post("/experiments/create", asked, CreateExperimentAnswer, retry=False)
        return made.experiment_id

    def get_experiment(self, experiment_id: str) -> Experiment:
        """See ``ExperimentStore``."""
        answer = self._get("/experiments/get", ExperimentAnswer, experiment_id=experiment_id)
        return answer.experiment.entity()

    def get_experiment_by_name(self, experiment_name: str) -> Experiment | None:
        """See ``ExperimentStore``."""
        try:
            answer = self._get(
                "/experiments/get-by-name", ExperimentAnswer, experiment_name=experiment_name
            )
        except ResourceNotFound:
            return None
        return answer.experiment.entity()

    def search_experiments(
        self,
        view_type: int,
        max_results: int,
        filter_string: str | None,
        order_by: Sequence[str] | None,
        page_token: str | None,
    ) -> PagedList[Experiment]:
        """See ``ExperimentStore``."""
        asked = SearchExperiments(
            max_results=max_results,
            page_token=page_token,
            filter=filter_string,
            order_by=list(order_by or ()),
            view_type=view_name(view_type),
        )
        page = self._post("/experiments/search", asked, SearchExperimentsAnswer)
        return PagedList(
            (experiment.entity() for experiment in page.experiments), page.next_page_token
        )

    def delete_experiment(self, experiment_id: str) -> None:
        """See ``ExperimentStore``."""
        self._post("/experiments/delete", DeleteExperiment(experiment_id), Empty)

    def restore_experiment(self, experiment_id: str) -> None:
        """See ``ExperimentStore``."""
        self._post("/experiments/restore", RestoreExperiment(experiment_id), Empty)

    def rename_experiment(self, experiment_id: str, new_name: str) -> None:
        """See ``ExperimentStore``."""
        self._post("/experiments/update", UpdateExperiment(experiment_id, new_name), Empty)

    def set_experiment_tag(self, experiment_id: str, tag: ExperimentTag) -> None:
        """See ``ExperimentStore``."""
        asked = SetExperimentTag(experiment_id, tag.key, tag.value)
        self._post("/experiments/set-experiment-tag", asked, Empty)

    def delete_experiment_tag(self, experiment_id: str, key: str) -> None:
        """See ``ExperimentStore``."""
        asked = DeleteExperimentTag(experiment_id, key)
        self._post("/experiments/delete-experiment-tag", asked, Empty)
