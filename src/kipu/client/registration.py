"""From the URI of a model to a version of a registered model."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from kipu.client.artifact_uris import run_place
from kipu.client.client import MlflowClient
from kipu.client.opening import open_tracking
from kipu.entities import LoggedModel
from kipu.entities.model_registry import ModelVersion
from kipu.entities.model_uri import is_model_uri, parse_model_uri
from kipu.exceptions import InvalidParameter, MlflowException, ResourceExists

_log = logging.getLogger(__name__)
_MODEL_FILE = "MLmodel"


class _Source(NamedTuple):
    uri: str
    run_id: str | None = None
    model_id: str | None = None


def register(
    client: MlflowClient,
    model_uri: str,
    name: str,
    tags: Mapping[str, Any] | None,
    await_registration_for: int | None,
) -> ModelVersion:
    """Make a version of a registered model, which is made too if it is not there.

    Raises:
        MlflowException: The run has no model there (NOT_FOUND).
        InvalidParameter: Name or tags cannot be stored, or the URI names no model.
    """
    source = _source(client, model_uri)
    try:
        client.create_registered_model(name)
        _log.info("Made the registered model %r.", name)
    except ResourceExists:
        _log.info("The registered model %r is there; it gets a new version.", name)
    version = client.create_model_version(
        name,
        source.uri,
        source.run_id,
        tags,
        await_creation_for=await_registration_for,
        model_id=source.model_id,
    )
    _log.info("Made version %s of the registered model %r.", version.version, name)
    return version


def _source(client: MlflowClient, uri: str) -> _Source:
    parts = urlsplit(uri)
    if parts.scheme == "runs":
        run_id, _, path = parts.path.strip("/").partition("/")
        if not run_id or parts.netloc:
            raise InvalidParameter(f"{uri!r} names no run; write runs:/<run id>/<path>.")
        return _of_run(client, run_id, path)
    if is_model_uri(uri):
        named = parse_model_uri(uri)
        if named.version is not None:
            version = client.get_model_version(named.name, named.version)
            return _Source(uri, model_id=version.model_id)
        return _Source(uri, model_id=named.model_id)
    return _Source(uri)


def _of_run(client: MlflowClient, run_id: str, path: str) -> _Source:
    """The files of a model in a run, or the logged model that the run made under this name."""
    tracking = open_tracking(client.tracking_uri)
    place = run_place(tracking, run_id, path)
    if any(file.path.rpartition("/")[2] == _MODEL_FILE for file in place.list()):
        return _Source(f"{tracking.artifact_uri(run_id)}/{path}".rstrip("/"), run_id)
    models = _models_of(client, run_id, path)
    if not models:
        raise MlflowException(
            f"The run {run_id} has no model at {path!r}: neither a folder with a file "
            f"{_MODEL_FILE}, nor a logged model of this name.",
            "NOT_FOUND",
        )
    model_id = models[0].model_id
    if len(models) > 1:
        outputs = client.get_run(run_id).outputs
        steps = {made.model_id: made.step for made in outputs.model_outputs} if outputs else {}
        model_id = max(models, key=lambda model: steps.get(model.model_id, -1)).model_id
    _log.info("The run's model %r is the logged model %s, which is registered.", path, model_id)
    return _Source(f"models:/{model_id}", run_id, model_id)


def _models_of(client: MlflowClient, run_id: str, name: str) -> list[LoggedModel]:
    if not name or "'" in name:
        return []
    experiment_id = client.get_run(run_id).info.experiment_id
    made_here = f"name = '{name}' AND source_run_id = '{run_id}'"
    return list(client.search_logged_models([experiment_id], made_here, max_results=1000))
