"""The ASGI application that serves a model."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
from collections.abc import AsyncIterator
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kipu.environment_variables import MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT
from kipu.exceptions import MlflowException
from kipu.pyfunc.loaded import PyFuncModel
from kipu.pyfunc.loading import load_model
from kipu.pyfunc.scoring_server.invocations import CONTENT_TYPE_JSON, invocations
from kipu.version import MLFLOW_VERSION

SERVING_MODEL_CONFIG = "SERVING_MODEL_CONFIG"
_log = logging.getLogger(__name__)


def load_model_with_mlflow_config(model_uri: str) -> PyFuncModel:
    """Load a model with the configuration of the environment's ``SERVING_MODEL_CONFIG``, if any.

    Args:
        model_uri: The model.

    Raises:
        MlflowException: It cannot be loaded.
    """
    told = os.environ.get(SERVING_MODEL_CONFIG)
    return load_model(model_uri, model_config=json.loads(told) if told else None)


def init(model: Any) -> Starlette:
    """The application that serves a model.

    A request may take as many seconds as ``MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT`` says; the answer
    to a longer one is 504.

    Args:
        model: A loaded model.
    """
    schema = model.metadata.get_input_schema()
    limit = MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT.get()

    async def invoke(request: Request) -> Response:
        body = await request.body()
        kind = request.headers.get("content-type", "")
        try:
            # The model's own code may take its time, and holds no lock of the server's meanwhile.
            work = asyncio.to_thread(invocations, body, kind, model, schema)
            done = await asyncio.wait_for(work, limit)
        except TimeoutError:
            sentence = f"The model did not answer within {limit} seconds."
            return Response(sentence, 504, media_type=CONTENT_TYPE_JSON)
        except MlflowException as error:
            text, status = error.serialize_as_json(), error.get_http_status_code()
            return Response(text, status, media_type=CONTENT_TYPE_JSON)
        return Response(done.response, done.status, media_type=done.mimetype)

    return Starlette(
        routes=[
            Route("/ping", _ping, methods=["GET"]),
            Route("/health", _ping, methods=["GET"]),
            Route("/version", _version, methods=["GET"]),
            Route("/invocations", invoke, methods=["POST"]),
        ],
        exception_handlers={HTTPException: _refuse},
        lifespan=_lifespan,
    )


async def _ping(request: Request) -> Response:
    return Response("\n", media_type=CONTENT_TYPE_JSON)


async def _version(request: Request) -> Response:
    return Response(MLFLOW_VERSION, media_type=CONTENT_TYPE_JSON)


async def _refuse(request: Request, error: Exception) -> Response:
    """What MLflow's server answers to paths and methods that it does not have."""
    assert isinstance(error, HTTPException)
    return JSONResponse({"detail": error.detail}, error.status_code, error.headers)


@contextlib.asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    app.state.stopping = asyncio.Event()
    yield
