"""Large files in parts, which go on where they stopped; ``docs/design/kipu-api.md`` tells how."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kipu.blobs.content import Sketch
from kipu.blobs.uploads import Uploads
from kipu.exceptions import MlflowException
from kipu.server.files import body_stream
from kipu.server.http import answer, body, query
from kipu.server.places import artifact_path
from kipu.server.state import artifacts, state
from kipu.wire.artifacts import (
    BeginUpload,
    BegunUpload,
    FinishUpload,
    LinkedUpload,
    LinkUpload,
    PartOfUpload,
)
from kipu.wire.experiments import Empty

T = TypeVar("T")
P = ParamSpec("P")


async def begin(request: Request) -> Response:
    """Tell where an upload goes on, and ask for a proof if the content is there already."""
    asked = await body(request, BeginUpload)
    uploads, path = _uploads(request, asked.path)
    begun = await _in_transfers(request, uploads.begin, path, _sketch(asked))
    return answer(BegunUpload(begun.offset, begun.challenge))


async def part(request: Request) -> Response:
    """Take what comes next."""
    asked = query(request, PartOfUpload)
    uploads, path = _uploads(request, asked.path)
    stream = body_stream(request)
    at = await _in_transfers(request, uploads.append, path, _sketch(asked), asked.offset, stream)
    return answer(BegunUpload(at))


async def finish(request: Request) -> Response:
    """Make the file, if its hash is right."""
    asked = await body(request, FinishUpload)
    uploads, path = _uploads(request, asked.path)
    await _in_transfers(request, uploads.finish, path, _sketch(asked), asked.sha256)
    return answer(Empty())


async def link(request: Request) -> Response:
    """Make the file of content that is there, if the client proves to have it."""
    asked = await body(request, LinkUpload)
    uploads, path = _uploads(request, asked.path)
    is_linked = await _in_transfers(request, uploads.link, path, _sketch(asked), asked.proof)
    return answer(LinkedUpload(is_linked))


def _uploads(request: Request, path: str) -> tuple[Uploads, str]:
    store = artifacts(request)
    uploads = state(request).uploads
    if uploads is None:
        raise MlflowException(
            "This server's artifact store takes files whole, not in parts.", "NOT_IMPLEMENTED"
        )
    return uploads, artifact_path(store, path)


def _sketch(asked: BeginUpload | PartOfUpload | FinishUpload | LinkUpload) -> Sketch:
    return Sketch(asked.size, asked.samples)


async def _in_transfers(
    request: Request, function: Callable[P, T], *args: P.args, **_: P.kwargs
) -> T:
    """In threads of their own: what takes long holds up nothing else."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(request.app.state.transfers, function, *args)


routes = [
    Route("/uploads/begin", begin, methods=["POST"]),
    Route("/uploads/part", part, methods=["PUT"]),
    Route("/uploads/finish", finish, methods=["POST"]),
    Route("/uploads/link", link, methods=["POST"]),
]
