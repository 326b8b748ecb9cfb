"""Which files a client may name as the source of a model version, and where they lie."""

from __future__ import annotations

import re
from typing import NamedTuple, NoReturn
from urllib.parse import SplitResult, unquote, urlsplit

from kipu.blobs.open import file_path
from kipu.entities.model_uri import ModelUri, is_model_uri, parse_model_uri
from kipu.entities.tag_names import IS_PROMPT_TAG
from kipu.environment_variables import MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX
from kipu.exceptions import InvalidParameter, ResourceNotFound
from kipu.server.locations import check_host
from kipu.service.model_uris import version_of
from kipu.service.tracking import TrackingService
from kipu.wire.model_versions import CreateModelVersion

# What MLflow's clients send for a prompt, which has no files.
_PROMPT_SOURCES = ("dummy-source", "prompt-template")
_PROXY = ["api", "2.0", "mlflow-artifacts", "artifacts"]


class Source(NamedTuple):
    """Where the files of a version come from: a URI, and the run and the logged model behind it."""

    uri: str
    run_id: str | None
    model_id: str | None


def admitted(tracking: TrackingService, asked: CreateModelVersion) -> Source:
    """The source that a request names, if its sender may read it anyway.

    Raises:
        InvalidParameter: It lies outside the run or logged model that the request names, or where
            no client may send the server.
        ResourceNotFound: It names a registered model or version that is not there.
    """
    source = Source(asked.source, asked.run_id, asked.model_id)
    pattern = MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX.get()
    if pattern and not re.search(pattern, source.uri):
        raise InvalidParameter(f"This server takes no source such as {source.uri!r}.")
    tags = {tag.key: tag.value for tag in asked.tags}
    if tags.get(IS_PROMPT_TAG, "").lower() == "true":
        if source.uri not in _PROMPT_SOURCES:
            raise InvalidParameter(f"A prompt has no files, so {source.uri!r} is no source of one.")
        return source
    check_host(source.uri)
    if is_model_uri(source.uri):
        uri = parse_model_uri(source.uri)
        if uri.model_id is None:
            return _copied(tracking, source, uri)
        if uri.model_id != source.model_id:
            _refuse(source, "model_id")
        return source
    parts = urlsplit(source.uri)
    if parts.scheme in ("", "file"):
        _check_local(tracking, source)
    else:
        _check_remote(tracking, source, parts)
    return source


def artifact_uri_of(tracking: TrackingService, name: str, version: str) -> str:
    """Where the server finds the files of a version.

    Raises:
        ResourceNotFound: There is no such version, or the run of its files is gone.
    """
    uri = tracking.get_model_version_download_uri(name, version)
    parts = urlsplit(uri)
    if parts.scheme != "runs":
        return uri
    run_id, _, path = parts.path.strip("/").partition("/")
    root = tracking.get_run(run_id).info.artifact_uri or ""
    return f"{root}/{path}".rstrip("/")


def _copied(tracking: TrackingService, source: Source, uri: ModelUri) -> Source:
    """A version of a registered model as source: its run and its logged model go with it."""
    model = tracking.get_registered_model(uri.name)
    if model.tags.get(IS_PROMPT_TAG, "").lower() == "true":
        raise InvalidParameter(f"{source.uri!r} is a prompt, which has no files.")
    version = tracking.get_model_version(uri.name, version_of(tracking, uri))
    for said, known in ((source.run_id, version.run_id), (source.model_id, version.model_id)):
        if said is not None and said != (known or ""):
            raise InvalidParameter(
                f"run_id and model_id must be those of the version {source.uri!r}, or be left out."
            )
    return Source(
        f"models:/{uri.name}/{version.version}",
        version.run_id if source.run_id is None else source.run_id,
        version.model_id if source.model_id is None else source.model_id,
    )


def _check_local(tracking: TrackingService, source: Source) -> None:
    root = _root(tracking, source)
    if root is not None and urlsplit(root).scheme in ("", "file"):
        home = file_path(root).resolve()
        if file_path(source.uri).resolve().is_relative_to(home):
            return
    raise InvalidParameter(
        f"The source {source.uri!r} is a folder of the server's machine; clients may only name "
        "folders among the artifacts of the run or logged model that they name too, as run_id or "
        "model_id."
    )


def _check_remote(tracking: TrackingService, source: Source, parts: SplitResult) -> None:
    if any(step in (".", "..") or "\0" in step for step in _unquoted(source.uri).split("/")):
        raise InvalidParameter(f"The source {source.uri!r} must be absolute, without '.' and '..'.")
    if parts.scheme == "runs":
        run_id = parts.path.strip("/").partition("/")[0]
        if parts.netloc or source.model_id or not run_id or run_id != source.run_id:
            _refuse(source, "model_id" if source.model_id else "run_id")
    elif parts.scheme == "mlflow-artifacts" or _is_proxied(parts):
        root = _root(tracking, source)
        if root is None or not _lies_in(parts, urlsplit(root)):
            _refuse(source, "model_id" if source.model_id else "run_id")


def _root(tracking: TrackingService, source: Source) -> str | None:
    """Where the artifacts of the logged model, or else of the run, of a source lie."""
    try:
        if source.model_id:
            return tracking.get_logged_model(source.model_id).artifact_location
        if source.run_id:
            return tracking.get_run(source.run_id).info.artifact_uri
    except ResourceNotFound:
        _refuse(source, "model_id" if source.model_id else "run_id")
    return None


def _steps(parts: SplitResult) -> list[str]:
    return [step for step in _unquoted(parts.path).split("/") if step]


def _is_proxied(parts: SplitResult) -> bool:
    steps = _steps(parts)
    return any(steps[at : at + len(_PROXY)] == _PROXY for at in range(len(steps)))


def _lies_in(place: SplitResult, root: SplitResult) -> bool:
    inside = _steps(root)
    same_host = (place.scheme, place.netloc) == (root.scheme, root.netloc)
    return same_host and bool(inside) and _steps(place)[: len(inside)] == inside


def _unquoted(text: str) -> str:
    while (once := unquote(text)) != text:
        text = once
    return text


def _refuse(source: Source, field: str) -> NoReturn:
    raise InvalidParameter(
        f"The source {source.uri!r} lies outside of what {field} names; pass the {field} of the "
        "run or logged model that it belongs to."
    )
