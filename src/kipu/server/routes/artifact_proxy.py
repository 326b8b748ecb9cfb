"""The server's own artifact store, for clients that keep artifacts behind it."""

from __future__ import annotations

import os

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kipu.blobs.paths import validate_path
from kipu.entities import FileInfo
from kipu.exceptions import MlflowException
from kipu.server.files import receive, send
from kipu.server.http import answer, body, in_thread, query_or_body
from kipu.server.state import artifacts
from kipu.wire.artifacts import (
    AbortMultipart,
    CompleteMultipart,
    CreateMultipart,
    ListArtifactsAnswer,
    ListProxied,
)
from kipu.wire.experiments import Empty


async def list_files(request: Request) -> Response:
    """List a folder; the names are relative to it, unlike those of ``artifacts/list``."""
    asked = await query_or_body(request, ListProxied)
    files = await in_thread(artifacts(request).list, validate_path(asked.path))
    named = [FileInfo(os.path.basename(file.path), file.is_dir, file.file_size) for file in files]
    return answer(ListArtifactsAnswer.of("", named))


async def download(request: Request) -> Response:
    """Answer a file."""
    return await send(request, artifacts(request), _path(request))


async def upload(request: Request) -> Response:
    """Write a file."""
    await receive(request, artifacts(request), _path(request))
    return answer(Empty())


async def delete(request: Request) -> Response:
    """Remove a file or folder; nothing there is fine."""
    await in_thread(artifacts(request).delete, _path(request))
    return answer(Empty())


async def create_multipart(request: Request) -> Response:
    """Refuse an upload in parts; clients then send the file whole."""
    _path(request)
    await body(request, CreateMultipart)
    raise _whole_only()


async def complete_multipart(request: Request) -> Response:
    """Refuse the end of an upload in parts."""
    _path(request)
    await body(request, CompleteMultipart)
    raise _whole_only()


async def abort_multipart(request: Request) -> Response:
    """Refuse the end of an upload in parts."""
    _path(request)
    await body(request, AbortMultipart)
    raise _whole_only()


async def presigned(request: Request) -> Response:
    """Refuse to name an address for a download past the server."""
    _path(request)
    raise MlflowException(
        "This server's artifact store has no presigned addresses; download through the server.",
        "NOT_IMPLEMENTED",
    )


def _whole_only() -> MlflowException:
    return MlflowException(
        "This server's artifact store takes files whole, not in parts.", "NOT_IMPLEMENTED"
    )


def _path(request: Request) -> str:
    return validate_path(request.path_params["path"])


routes = [
    Route("/artifacts", list_files, methods=["GET"]),
    Route("/artifacts/{path:path}", download, methods=["GET"]),
    Route("/artifacts/{path:path}", upload, methods=["PUT"]),
    Route("/artifacts/{path:path}", delete, methods=["DELETE"]),
    Route("/mpu/create/{path:path}", create_multipart, methods=["POST"]),
    Route("/mpu/complete/{path:path}", complete_multipart, methods=["POST"]),
    Route("/mpu/abort/{path:path}", abort_multipart, methods=["POST"]),
    Route("/presigned/{path:path}", presigned, methods=["GET"]),
]
