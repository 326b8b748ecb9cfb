"""Logged models."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kipu.entities import LoggedModelParameter, LoggedModelTag
from kipu.exceptions import InvalidParameter
from kipu.server.http import answer, body, in_thread
from kipu.server.state import tracking
from kipu.wire.logged_models import (
    CreateLoggedModel,
    LoggedModel,
    LoggedModelAnswer,
    SearchLoggedModels,
    SearchLoggedModelsAnswer,
)


async def create(request: Request) -> Response:
    """Make a model."""
    asked = await body(request, CreateLoggedModel)
    model = await in_thread(
        tracking(request).create_logged_model,
        asked.experiment_id,
        asked.name,
        asked.source_run_id or None,
        [LoggedModelTag(tag.key, tag.value) for tag in asked.tags],
        [LoggedModelParameter(param.key, param.value) for param in asked.params],
        asked.model_type or None,
    )
    return answer(LoggedModelAnswer(model=LoggedModel.of(model)))


async def get(request: Request) -> Response:
    """Read a model."""
    model = await in_thread(tracking(request).get_logged_model, request.path_params["model_id"])
    return answer(LoggedModelAnswer(model=LoggedModel.of(model)))


async def search(request: Request) -> Response:
    """Find models."""
    asked = await body(request, SearchLoggedModels)
    if asked.order_by or asked.datasets:
        raise InvalidParameter(
            "Logged models cannot be sorted or found by data set yet: leave out order_by and"
            " datasets."
        )
    page = await in_thread(
        tracking(request).search_logged_models,
        asked.experiment_ids,
        asked.filter,
        asked.max_results,
        asked.page_token,
    )
    models = [LoggedModel.of(model) for model in page]
    return answer(SearchLoggedModelsAnswer(models, page.token))


routes = [
    Route("/logged-models/search", search, methods=["POST"]),
    Route("/logged-models", create, methods=["POST"]),
    Route("/logged-models/{model_id}", get, methods=["GET"]),
]
