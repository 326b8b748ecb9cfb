"""Logged models."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kipu.entities import LoggedModelParameter, LoggedModelTag
from kipu.server.http import answer, body, in_thread
from kipu.server.state import tracking
from kipu.wire.logged_models import CreateLoggedModel, LoggedModel, LoggedModelAnswer


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


routes = [
    Route("/logged-models", create, methods=["POST"]),
    Route("/logged-models/{model_id}", get, methods=["GET"]),
]
