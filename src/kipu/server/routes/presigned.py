"""Addresses at which a file's bytes can be put and fetched without the server.

Only stores in a cloud have such addresses. The files of this server lie behind its proxy or on a
disk, so every request is checked like MLflow's and then refused with the same code, upon which
clients send the bytes through the server.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kipu.blobs.paths import validate_path
from kipu.exceptions import InvalidParameter, MlflowException
from kipu.server.http import body, in_thread
from kipu.server.state import tracking
from kipu.wire.artifacts import PresignDownload, PresignUpload

LONGEST_S = 604_800


async def upload_url(request: Request) -> Response:
    """Refuse to name an address for an upload to a run or a model."""
    asked = await body(request, PresignUpload)
    validate_path(asked.path)
    if bool(asked.run_id) == bool(asked.model_id):
        raise InvalidParameter("Give run_id or model_id, one of them.")
    if asked.model_id:
        model = await in_thread(tracking(request).get_logged_model, asked.model_id)
        raise _refusal("upload", model.artifact_location)
    raise await _of_run(request, "upload", asked.run_id or "")


async def download_url(request: Request) -> Response:
    """Refuse to name an address for a download from a run."""
    asked = await body(request, PresignDownload)
    validate_path(asked.path)
    if asked.expiration is not None and not 1 <= asked.expiration <= LONGEST_S:
        raise InvalidParameter(
            f"expiration must be from 1 to {LONGEST_S} seconds; it is {asked.expiration}."
        )
    raise await _of_run(request, "download", asked.run_id)


async def _of_run(request: Request, what: str, run_id: str) -> MlflowException:
    run = await in_thread(tracking(request).get_run, run_id)
    return _refusal(what, run.info.artifact_uri or "")


def _refusal(what: str, artifact_uri: str) -> MlflowException:
    if urlsplit(artifact_uri).scheme == "mlflow-artifacts":
        return InvalidParameter(
            f"These artifacts lie behind the server, which has no presigned {what} addresses; send "
            "the bytes through it."
        )
    return MlflowException(
        f"The store of these artifacts has no presigned {what} addresses.", "NOT_IMPLEMENTED"
    )


routes = [
    Route("/artifacts/presigned-upload-url", upload_url, methods=["POST"]),
    Route("/artifacts/presigned-download-url", download_url, methods=["POST"]),
]
