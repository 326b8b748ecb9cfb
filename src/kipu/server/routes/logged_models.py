"""Logged models."""

from __future__ import annotations

from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kipu.blobs.paths import validate_path
from kipu.entities import LoggedModelParameter, LoggedModelTag
from kipu.exceptions import MlflowException
from kipu.server.files import send
from kipu.server.http import answer, body, in_thread, parse, query, read_body
from kipu.server.places import blobs_of
from kipu.server.state import tracking
from kipu.wire import logged_models as wire
from kipu.wire.artifacts import ListArtifactsAnswer
from kipu.wire.experiments import Empty

T = TypeVar("T")


async def create(request: Request) -> Response:
    """Make a model."""
    asked = await body(request, wire.CreateLoggedModel)
    model = await in_thread(
        tracking(request).create_logged_model,
        asked.experiment_id,
        asked.name or None,
        asked.source_run_id or None,
        [LoggedModelTag(tag.key, tag.value) for tag in asked.tags],
        [LoggedModelParameter(param.key, param.value) for param in asked.params],
        asked.model_type or None,
    )
    return answer(wire.LoggedModelAnswer(wire.LoggedModel.of(model)))


async def get(request: Request) -> Response:
    """Read a model."""
    asked = query(request, wire.GetLoggedModel)
    model = await in_thread(
        tracking(request).get_logged_model, _model_id(request), asked.allow_deleted
    )
    return answer(wire.LoggedModelAnswer(wire.LoggedModel.of(model)))


async def finalize(request: Request) -> Response:
    """Set how far a model has come."""
    asked = await _patch(request, wire.FinalizeLoggedModel)
    model = await in_thread(
        tracking(request).finalize_logged_model, _model_id(request), wire.status_of(asked.status)
    )
    return answer(wire.LoggedModelAnswer(wire.LoggedModel.of(model)))


async def delete(request: Request) -> Response:
    """Delete a model."""
    await in_thread(tracking(request).delete_logged_model, _model_id(request))
    return answer(Empty())


async def log_params(request: Request) -> Response:
    """Add params to a model."""
    asked = await body(request, wire.LogLoggedModelParams)
    params = [LoggedModelParameter(param.key, param.value) for param in asked.params]
    await in_thread(tracking(request).log_logged_model_params, _model_id(request), params)
    return answer(Empty())


async def set_tags(request: Request) -> Response:
    """Label a model."""
    asked = await _patch(request, wire.SetLoggedModelTags)
    tags = [LoggedModelTag(tag.key, tag.value) for tag in asked.tags]
    await in_thread(tracking(request).set_logged_model_tags, _model_id(request), tags)
    return answer(Empty())


async def delete_tag(request: Request) -> Response:
    """Remove a label."""
    key = request.path_params["tag_key"]
    await in_thread(tracking(request).delete_logged_model_tag, _model_id(request), key)
    return answer(Empty())


async def search(request: Request) -> Response:
    """Find models."""
    asked = await body(request, wire.SearchLoggedModels)
    page = await in_thread(
        tracking(request).search_logged_models,
        asked.experiment_ids,
        asked.filter,
        [dataset.plain() for dataset in asked.datasets],
        asked.max_results,
        [part.plain() for part in asked.order_by],
        asked.page_token,
    )
    models = [wire.LoggedModel.of(model) for model in page]
    return answer(wire.SearchLoggedModelsAnswer(models, page.token))


async def list_artifacts(request: Request) -> Response:
    """List a folder of a model's artifacts."""
    asked = query(request, wire.ListLoggedModelArtifacts)
    path = validate_path(asked.artifact_directory_path)
    uri = await _artifact_uri(request)
    files = await in_thread(blobs_of(request, uri).list, path)
    return answer(ListArtifactsAnswer.of(uri, files))


async def get_artifact(request: Request) -> Response:
    """Download a file of a model."""
    asked = query(request, wire.GetLoggedModelArtifact)
    if not asked.artifact_file_path:
        raise MlflowException("artifact_file_path is required: a file of the model.", "BAD_REQUEST")
    path = validate_path(asked.artifact_file_path)
    uri = await _artifact_uri(request)
    return await send(request, blobs_of(request, uri), path)


async def _patch(request: Request, kind: type[T]) -> T:
    """What a PATCH asks; as with MLflow, whatever its content type is."""
    return parse(await read_body(request), kind)


async def _artifact_uri(request: Request) -> str:
    model = await in_thread(tracking(request).get_logged_model, _model_id(request))
    return model.artifact_location


def _model_id(request: Request) -> str:
    model_id: str = request.path_params["model_id"]
    return model_id


routes = [
    Route("/logged-models/search", search, methods=["POST"]),
    Route("/logged-models", create, methods=["POST"]),
    Route("/logged-models/{model_id}", get, methods=["GET"]),
    Route("/logged-models/{model_id}", finalize, methods=["PATCH"]),
    Route("/logged-models/{model_id}", delete, methods=["DELETE"]),
    Route("/logged-models/{model_id}/tags", set_tags, methods=["PATCH"]),
    Route("/logged-models/{model_id}/tags/{tag_key:path}", delete_tag, methods=["DELETE"]),
    Route("/logged-models/{model_id}/params", log_params, methods=["POST"]),
    Route("/logged-models/{model_id}/artifacts/directories", list_artifacts, methods=["GET"]),
]
ajax_routes = [
    Route("/logged-models/{model_id}/artifacts/files", get_artifact, methods=["GET"]),
]
