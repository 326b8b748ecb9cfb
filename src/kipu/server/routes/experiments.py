"""Experiments and their tags."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kipu.entities import ExperimentTag
from kipu.exceptions import InvalidParameter, ResourceNotFound
from kipu.server.http import answer, body, in_thread, query_or_body
from kipu.server.locations import check_location
from kipu.server.state import state, tracking
from kipu.wire.experiments import (
    CreateExperiment,
    CreateExperimentAnswer,
    DatasetSummary,
    DeleteExperiment,
    DeleteExperimentTag,
    Empty,
    Experiment,
    ExperimentAnswer,
    GetExperiment,
    GetExperimentByName,
    RestoreExperiment,
    SearchDatasets,
    SearchDatasetsAnswer,
    SearchExperiments,
    SearchExperimentsAnswer,
    SetExperimentTag,
    UpdateExperiment,
)
from kipu.wire.states import view_number

MAX_DATASET_EXPERIMENTS = 20


async def create(request: Request) -> Response:
    """Make an experiment."""
    asked = await body(request, CreateExperiment)
    if asked.artifact_location:
        check_location(asked.artifact_location, state(request).artifact_roots)
    made = await in_thread(
        tracking(request).create_experiment,
        asked.name,
        asked.artifact_location or None,
        asked.tag_entities(),
    )
    return answer(CreateExperimentAnswer(experiment_id=made))


async def get(request: Request) -> Response:
    """Read an experiment."""
    asked = await query_or_body(request, GetExperiment)
    experiment = await in_thread(tracking(request).get_experiment, asked.experiment_id)
    return answer(ExperimentAnswer(experiment=Experiment.of(experiment)))


async def get_by_name(request: Request) -> Response:
    """Read an experiment by its name."""
    asked = await query_or_body(request, GetExperimentByName)
    experiment = await in_thread(tracking(request).get_experiment_by_name, asked.experiment_name)
    if experiment is None:
        raise ResourceNotFound(f"No experiment has the name {asked.experiment_name!r}.")
    return answer(ExperimentAnswer(experiment=Experiment.of(experiment)))


async def search(request: Request) -> Response:
    """Find experiments."""
    if request.method == "POST":
        asked = await body(request, SearchExperiments)
    else:
        asked = await query_or_body(request, SearchExperiments)
    page = await in_thread(
        tracking(request).search_experiments,
        view_number(asked.view_type),
        asked.max_results,
        asked.filter or None,
        asked.order_by,
        asked.page_token or None,
    )
    return answer(SearchExperimentsAnswer.of(page, page.token))


async def delete(request: Request) -> Response:
    """Mark an experiment deleted."""
    asked = await body(request, DeleteExperiment)
    await in_thread(tracking(request).delete_experiment, asked.experiment_id)
    return answer(Empty())


async def restore(request: Request) -> Response:
    """Undo a deletion."""
    asked = await body(request, RestoreExperiment)
    await in_thread(tracking(request).restore_experiment, asked.experiment_id)
    return answer(Empty())


async def update(request: Request) -> Response:
    """Rename an experiment."""
    asked = await body(request, UpdateExperiment)
    await in_thread(tracking(request).rename_experiment, asked.experiment_id, asked.new_name)
    return answer(Empty())


async def set_tag(request: Request) -> Response:
    """Set a label of an experiment."""
    asked = await body(request, SetExperimentTag)
    tag = ExperimentTag(asked.key, asked.value)
    await in_thread(tracking(request).set_experiment_tag, asked.experiment_id, tag)
    return answer(Empty())


async def delete_tag(request: Request) -> Response:
    """Remove a label of an experiment."""
    asked = await body(request, DeleteExperimentTag)
    await in_thread(tracking(request).delete_experiment_tag, asked.experiment_id, asked.key)
    return answer(Empty())


async def search_datasets(request: Request) -> Response:
    """Find the data sets that runs of some experiments read."""
    asked = await body(request, SearchDatasets)
    if not 1 <= len(asked.experiment_ids) <= MAX_DATASET_EXPERIMENTS:
        raise InvalidParameter(
            f"experiment_ids must name 1 to {MAX_DATASET_EXPERIMENTS} experiments;"
            f" it names {len(asked.experiment_ids)}."
        )
    found = await in_thread(tracking(request).search_datasets, asked.experiment_ids)
    summaries = [DatasetSummary(*use) for use in found]
    return answer(SearchDatasetsAnswer(dataset_summaries=summaries))


routes = [
    Route("/experiments/create", create, methods=["POST"]),
    Route("/experiments/get", get, methods=["GET"]),
    Route("/experiments/get-by-name", get_by_name, methods=["GET"]),
    Route("/experiments/search", search, methods=["GET", "POST"]),
    Route("/experiments/delete", delete, methods=["POST"]),
    Route("/experiments/restore", restore, methods=["POST"]),
    Route("/experiments/update", update, methods=["POST"]),
    Route("/experiments/set-experiment-tag", set_tag, methods=["POST"]),
    Route("/experiments/delete-experiment-tag", delete_tag, methods=["POST"]),
    Route("/experiments/search-datasets", search_datasets, methods=["POST"]),
]
