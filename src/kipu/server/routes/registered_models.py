"""Registered models, their tags and aliases."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kipu.entities.model_registry import RegisteredModel, RegisteredModelTag
from kipu.server.http import answer, body, in_thread, query_or_body
from kipu.server.state import tracking
from kipu.wire import registered_models as wire
from kipu.wire.experiments import Empty
from kipu.wire.model_versions import ModelVersion, ModelVersionAnswer, ModelVersionsAnswer


async def create(request: Request) -> Response:
    """Make a registered model."""
    asked = await body(request, wire.CreateRegisteredModel)
    made = await in_thread(
        tracking(request).create_registered_model,
        asked.name,
        asked.tag_entities(),
        asked.description,
    )
    return _told(made)


async def get(request: Request) -> Response:
    """Read a registered model."""
    asked = await query_or_body(request, wire.GetRegisteredModel)
    return _told(await in_thread(tracking(request).get_registered_model, asked.name))


async def rename(request: Request) -> Response:
    """Give a registered model another name."""
    asked = await body(request, wire.RenameRegisteredModel)
    return _told(
        await in_thread(tracking(request).rename_registered_model, asked.name, asked.new_name)
    )


async def update(request: Request) -> Response:
    """Describe a registered model."""
    asked = await body(request, wire.UpdateRegisteredModel)
    return _told(
        await in_thread(tracking(request).update_registered_model, asked.name, asked.description)
    )


async def delete(request: Request) -> Response:
    """Delete a registered model."""
    asked = await body(request, wire.DeleteRegisteredModel)
    await in_thread(tracking(request).delete_registered_model, asked.name)
    return answer(Empty())


async def search(request: Request) -> Response:
    """Find registered models; by POST too, for MLflow's R client."""
    asked = (
        await body(request, wire.SearchRegisteredModels)
        if request.method == "POST"
        else await query_or_body(request, wire.SearchRegisteredModels)
    )
    page = await in_thread(
        tracking(request).search_registered_models,
        asked.filter or None,
        asked.max_results,
        asked.order_by,
        asked.page_token or None,
    )
    return answer(wire.SearchRegisteredModelsAnswer.of(page, page.token))


async def get_latest_versions(request: Request) -> Response:
    """Read the highest versions."""
    asked = (
        await body(request, wire.GetLatestVersions)
        if request.method == "POST"
        else await query_or_body(request, wire.GetLatestVersions)
    )
    versions = await in_thread(tracking(request).get_latest_versions, asked.name, asked.stages)
    return answer(ModelVersionsAnswer.of(versions))


async def set_tag(request: Request) -> Response:
    """Set a label of a registered model."""
    asked = await body(request, wire.SetRegisteredModelTag)
    tag = RegisteredModelTag(asked.key, asked.value)
    await in_thread(tracking(request).set_registered_model_tag, asked.name, tag)
    return answer(Empty())


async def delete_tag(request: Request) -> Response:
    """Remove a label of a registered model."""
    asked = await body(request, wire.DeleteRegisteredModelTag)
    await in_thread(tracking(request).delete_registered_model_tag, asked.name, asked.key)
    return answer(Empty())


async def set_alias(request: Request) -> Response:
    """Let an alias lead to a version."""
    asked = await body(request, wire.SetRegisteredModelAlias)
    await in_thread(
        tracking(request).set_registered_model_alias, asked.name, asked.alias, asked.version
    )
    return answer(Empty())


async def delete_alias(request: Request) -> Response:
    """Remove an alias."""
    asked = await body(request, wire.RegisteredModelAlias)
    await in_thread(tracking(request).delete_registered_model_alias, asked.name, asked.alias)
    return answer(Empty())


async def get_by_alias(request: Request) -> Response:
    """Read the version that an alias leads to."""
    asked = await query_or_body(request, wire.RegisteredModelAlias)
    version = await in_thread(tracking(request).get_model_version_by_alias, asked.name, asked.alias)
    return answer(ModelVersionAnswer(ModelVersion.of(version)))


def _told(model: RegisteredModel) -> Response:
    return answer(wire.RegisteredModelAnswer(wire.RegisteredModel.of(model)))


routes = [
    Route("/registered-models/create", create, methods=["POST"]),
    Route("/registered-models/get", get, methods=["GET"]),
    Route("/registered-models/rename", rename, methods=["POST"]),
    Route("/registered-models/update", update, methods=["PATCH"]),
    Route("/registered-models/delete", delete, methods=["DELETE"]),
    Route("/registered-models/search", search, methods=["GET", "POST"]),
    Route("/registered-models/get-latest-versions", get_latest_versions, methods=["GET", "POST"]),
    Route("/registered-models/set-tag", set_tag, methods=["POST"]),
    Route("/registered-models/delete-tag", delete_tag, methods=["DELETE"]),
    Route("/registered-models/alias", set_alias, methods=["POST"]),
    Route("/registered-models/alias", delete_alias, methods=["DELETE"]),
    Route("/registered-models/alias", get_by_alias, methods=["GET"]),
]
