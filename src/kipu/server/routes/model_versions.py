"""Versions of registered models, their tags and files."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kipu.blobs.paths import validate_path
from kipu.entities.model_registry import ModelVersion, ModelVersionTag
from kipu.server.files import send
from kipu.server.http import answer, body, in_thread, query, query_or_body
from kipu.server.places import blobs_of
from kipu.server.sources import admitted, artifact_uri_of
from kipu.server.state import tracking
from kipu.wire import model_versions as wire
from kipu.wire.experiments import Empty


async def create(request: Request) -> Response:
    """Make a version of a registered model."""
    asked = await body(request, wire.CreateModelVersion)
    source = await in_thread(admitted, tracking(request), asked)
    made = await in_thread(
        tracking(request).create_model_version,
        asked.name,
        source.uri,
        # What was left out is the empty text, as on an MLflow server.
        source.run_id or "",
        asked.tag_entities(),
        asked.run_link or "",
        asked.description or "",
        source.model_id,
    )
    return _told(made)


async def get(request: Request) -> Response:
    """Read a version."""
    asked = await query_or_body(request, wire.GetModelVersion)
    return _told(await in_thread(tracking(request).get_model_version, asked.name, asked.version))


async def update(request: Request) -> Response:
    """Describe a version."""
    asked = await body(request, wire.UpdateModelVersion)
    return _told(
        await in_thread(
            tracking(request).update_model_version, asked.name, asked.version, asked.description
        )
    )


async def transition_stage(request: Request) -> Response:
    """Move a version to a stage."""
    asked = await body(request, wire.TransitionModelVersionStage)
    return _told(
        await in_thread(
            tracking(request).transition_model_version_stage,
            asked.name,
            asked.version,
            asked.stage,
            asked.archive_existing_versions,
        )
    )


async def delete(request: Request) -> Response:
    """Delete a version."""
    asked = await body(request, wire.DeleteModelVersion)
    await in_thread(tracking(request).delete_model_version, asked.name, asked.version)
    return answer(Empty())


async def search(request: Request) -> Response:
    """Find versions."""
    asked = await query_or_body(request, wire.SearchModelVersions)
    page = await in_thread(
        tracking(request).search_model_versions,
        asked.filter or None,
        asked.max_results,
        asked.order_by,
        asked.page_token or None,
    )
    return answer(wire.ModelVersionsAnswer.of(page, page.token))


async def get_download_uri(request: Request) -> Response:
    """Read where the files of a version lie."""
    asked = await query_or_body(request, wire.GetModelVersionDownloadUri)
    uri = await in_thread(
        tracking(request).get_model_version_download_uri, asked.name, asked.version
    )
    return answer(wire.ModelVersionDownloadUri(uri))


async def get_artifact(request: Request) -> Response:
    """Download a file of a version."""
    asked = query(request, wire.GetModelVersionArtifact)
    path = validate_path(asked.path)
    uri = await in_thread(artifact_uri_of, tracking(request), asked.name, asked.version)
    return await send(request, blobs_of(request, uri), path)


async def set_tag(request: Request) -> Response:
    """Set a label of a version."""
    asked = await body(request, wire.SetModelVersionTag)
    tag = ModelVersionTag(asked.key, asked.value)
    await in_thread(tracking(request).set_model_version_tag, asked.name, asked.version, tag)
    return answer(Empty())


async def delete_tag(request: Request) -> Response:
    """Remove a label of a version."""
    asked = await body(request, wire.DeleteModelVersionTag)
    await in_thread(
        tracking(request).delete_model_version_tag, asked.name, asked.version, asked.key
    )
    return answer(Empty())


def _told(version: ModelVersion) -> Response:
    return answer(wire.ModelVersionAnswer(wire.ModelVersion.of(version)))


routes = [
    Route("/model-versions/create", create, methods=["POST"]),
    Route("/model-versions/get", get, methods=["GET"]),
    Route("/model-versions/update", update, methods=["PATCH"]),
    Route("/model-versions/transition-stage", transition_stage, methods=["POST"]),
    Route("/model-versions/delete", delete, methods=["DELETE"]),
    Route("/model-versions/search", search, methods=["GET"]),
    Route("/model-versions/get-download-uri", get_download_uri, methods=["GET"]),
    Route("/model-versions/set-tag", set_tag, methods=["POST"]),
    Route("/model-versions/delete-tag", delete_tag, methods=["DELETE"]),
]
root_routes = [Route("/model-versions/get-artifact", get_artifact, methods=["GET"])]
