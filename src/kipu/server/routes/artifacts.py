"""The artifacts of runs."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kipu.blobs.paths import validate_path
from kipu.exceptions import InvalidParameter
from kipu.server.files import receive, send
from kipu.server.http import answer, in_thread, query, query_or_body, run_id_of
from kipu.server.places import blobs_of
from kipu.server.state import tracking
from kipu.wire.artifacts import GetArtifact, ListArtifacts, ListArtifactsAnswer, UploadArtifact

MAX_UPLOAD_BYTES = 10 << 20


async def list_artifacts(request: Request) -> Response:
    """List a folder of a run's artifacts."""
    asked = await query_or_body(request, ListArtifacts)
    path = validate_path(asked.path)
    uri = await _artifact_uri(request, run_id_of(asked))
    files = await in_thread(blobs_of(request, uri).list, path)
    return answer(ListArtifactsAnswer.of(uri, files))


async def get_artifact(request: Request) -> Response:
    """Download a file of a run."""
    asked = query(request, GetArtifact)
    path = validate_path(asked.path)
    uri = await _artifact_uri(request, run_id_of(asked))
    return await send(request, blobs_of(request, uri), path)


async def upload_artifact(request: Request) -> Response:
    """Upload a small file of a run, from the UI."""
    asked = query(request, UploadArtifact)
    path = validate_path(asked.path)
    if request.headers.get("content-length") == "0":
        raise InvalidParameter("The upload is empty: the body must be the file.")
    uri = await _artifact_uri(request, run_id_of(asked))
    await receive(request, blobs_of(request, uri), path, MAX_UPLOAD_BYTES)
    return Response()


async def _artifact_uri(request: Request, run_id: str) -> str:
    run = await in_thread(tracking(request).get_run, run_id)
    return run.info.artifact_uri or ""


routes = [Route("/artifacts/list", list_artifacts, methods=["GET"])]
root_routes = [Route("/get-artifact", get_artifact, methods=["GET"])]
ajax_routes = [
    Route("/get-artifact", get_artifact, methods=["GET"]),
    Route("/upload-artifact", upload_artifact, methods=["POST"]),
]
