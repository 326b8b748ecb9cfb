"""Runs, their params, tags, inputs and outputs, and the writing of metrics."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kipu.entities import LoggedModelInput, LoggedModelOutput, Param, RunTag
from kipu.server.http import (
    Json,
    answer,
    body,
    in_thread,
    json_text,
    parse,
    query_or_body,
    run_id_of,
)
from kipu.server.state import tracking
from kipu.service.tracking import TrackingService
from kipu.wire.experiments import Empty
from kipu.wire.message import joined
from kipu.wire.runs import (
    CreateRun,
    DeleteRun,
    DeleteTag,
    GetRun,
    LogBatch,
    LogInputs,
    LogMetric,
    LogModel,
    LogOutputs,
    LogParameter,
    RestoreRun,
    Run,
    RunAnswer,
    RunInfo,
    SearchRuns,
    SetTag,
    UpdateRun,
    UpdateRunAnswer,
)
from kipu.wire.states import status_name, view_number


async def create(request: Request) -> Response:
    """Start a run."""
    asked = await body(request, CreateRun)
    run = await in_thread(
        tracking(request).create_run,
        asked.experiment_id,
        asked.user_id,
        asked.start_time,
        asked.tag_entities(),
        asked.run_name,
    )
    return answer(RunAnswer(run=Run.of(run)))


async def get(request: Request) -> Response:
    """Read a run."""
    asked = await query_or_body(request, GetRun)
    document = await in_thread(tracking(request).get_run_document, run_id_of(asked))
    return Json(b'{"run":%b}' % document)


async def update(request: Request) -> Response:
    """Change state, end or name of a run."""
    asked = await body(request, UpdateRun)
    info = await in_thread(
        tracking(request).update_run_info,
        run_id_of(asked),
        status_name(asked.status),
        asked.end_time,
        asked.run_name or None,
    )
    return answer(UpdateRunAnswer(run_info=RunInfo.of(info)))


async def delete(request: Request) -> Response:
    """Mark a run deleted."""
    asked = await body(request, DeleteRun)
    await in_thread(tracking(request).delete_run, asked.run_id)
    return answer(Empty())


async def restore(request: Request) -> Response:
    """Undo a deletion."""
    asked = await body(request, RestoreRun)
    await in_thread(tracking(request).restore_run, asked.run_id)
    return answer(Empty())


async def search(request: Request) -> Response:
    """Find runs; the answer is joined from what the store keeps."""
    asked = await body(request, SearchRuns)
    page = await in_thread(
        tracking(request).search_run_documents,
        asked.experiment_ids,
        asked.filter or None,
        view_number(asked.run_view_type),
        asked.max_results,
        asked.order_by,
        asked.page_token or None,
    )
    return Json(joined("runs", page.documents, page.token))


async def log_metric(request: Request) -> Response:
    """Log one point."""
    asked = await body(request, LogMetric)
    await in_thread(tracking(request).log_batch, run_id_of(asked), (asked.metric(),), (), ())
    return answer(Empty())


async def log_parameter(request: Request) -> Response:
    """Log one param."""
    asked = await body(request, LogParameter)
    param = Param(asked.key, asked.value)
    await in_thread(tracking(request).log_batch, run_id_of(asked), (), (param,), ())
    return answer(Empty())


async def log_batch(request: Request) -> Response:
    """Log points, params and tags together."""
    # Read where it is stored: points are most of a server's work, and stay in one core's cache.
    await in_thread(_log_batch, tracking(request), await json_text(request))
    return answer(Empty())


def _log_batch(service: TrackingService, text: bytes) -> None:
    asked = parse(text, LogBatch)
    service.log_batch(asked.run_id, asked.metrics, asked.param_entities(), asked.tag_entities())


async def set_tag(request: Request) -> Response:
    """Set one tag of a run."""
    asked = await body(request, SetTag)
    tag = RunTag(asked.key, asked.value)
    await in_thread(tracking(request).set_tag, run_id_of(asked), tag)
    return answer(Empty())


async def delete_tag(request: Request) -> Response:
    """Remove one tag of a run."""
    asked = await body(request, DeleteTag)
    await in_thread(tracking(request).delete_tag, asked.run_id, asked.key)
    return answer(Empty())


async def log_model(request: Request) -> Response:
    """Note a model in the run's history of models."""
    asked = await body(request, LogModel)
    await in_thread(tracking(request).record_logged_model, asked.run_id, asked.model_json)
    return answer(Empty())


async def log_inputs(request: Request) -> Response:
    """Link data sets and models that a run read."""
    asked = await body(request, LogInputs)
    datasets = [given.entity() for given in asked.datasets]
    models = [LoggedModelInput(model.model_id) for model in asked.models]
    await in_thread(tracking(request).log_inputs, asked.run_id, datasets, models)
    return answer(Empty())


async def log_outputs(request: Request) -> Response:
    """Link models that a run made."""
    asked = await body(request, LogOutputs)
    models = [LoggedModelOutput(model.model_id, model.step) for model in asked.models]
    await in_thread(tracking(request).log_outputs, asked.run_id, models)
    return answer(Empty())


# The busiest first: routes are tried in this order.
routes = [
    Route("/runs/log-batch", log_batch, methods=["POST"]),
    Route("/runs/create", create, methods=["POST"]),
    Route("/runs/get", get, methods=["GET"]),
    Route("/runs/update", update, methods=["POST"]),
    Route("/runs/delete", delete, methods=["POST"]),
    Route("/runs/restore", restore, methods=["POST"]),
    Route("/runs/search", search, methods=["POST"]),
    Route("/runs/log-metric", log_metric, methods=["POST"]),
    Route("/runs/log-parameter", log_parameter, methods=["POST"]),
    Route("/runs/set-tag", set_tag, methods=["POST"]),
    Route("/runs/delete-tag", delete_tag, methods=["POST"]),
    Route("/runs/log-model", log_model, methods=["POST"]),
    Route("/runs/log-inputs", log_inputs, methods=["POST"]),
    Route("/runs/outputs", log_outputs, methods=["POST"]),
]
