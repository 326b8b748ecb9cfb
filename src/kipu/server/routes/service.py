"""Whether the server is well, and what it is."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from kipu.server.http import Json, answer
from kipu.server.state import state
from kipu.version import MLFLOW_VERSION
from kipu.wire.message import encode
from kipu.wire.openapi import document
from kipu.wire.service import ServerInfo


async def health(request: Request) -> Response:
    """Tell that the server answers."""
    return PlainTextResponse("OK")


async def version(request: Request) -> Response:
    """Tell the version of MLflow whose surface this is: clients compare it with their own."""
    return PlainTextResponse(MLFLOW_VERSION)


async def server_info(request: Request) -> Response:
    """Tell clients of MLflow which optional parts there are."""
    has_store = state(request).tracking is not None
    return answer(ServerInfo(store_type="SqlStore" if has_store else None))


async def openapi(request: Request) -> Response:
    """Describe every endpoint."""
    return Json(encode(document()))


root_routes = [
    Route("/health", health, methods=["GET"]),
    Route("/version", version, methods=["GET"]),
    Route("/openapi.json", openapi, methods=["GET"]),
]
routes_v3 = [Route("/server-info", server_info, methods=["GET"])]
