"""From the URI of a registered version to where its files lie."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from kipu.client.opening import open_tracking
from kipu.client.uris import chosen_registry_uri
from kipu.entities.model_uri import is_model_id, is_model_uri, parse_model_uri
from kipu.service.model_uris import version_of


class Located(NamedTuple):
    """Files of a version: the root of all of them, the store it belongs to, the path in it."""

    location: str
    base_uri: str
    path: str


def is_version_uri(uri: str) -> bool:
    """Whether a URI names a version of a registered model, not a logged model."""
    if not is_model_uri(uri):
        return False
    first, _, rest = _path(uri).partition("/")
    return "@" in first or (rest != "" and not is_model_id(first))


def locate_version(uri: str, tracking_uri: str, registry_uri: str | None = None) -> Located:
    """Find the files that ``models:/name/version/path`` or ``models:/name@alias/path`` names.

    Args:
        uri: Such a URI; the version may be a stage or ``latest``, and the path left out.
        tracking_uri: Where runs are looked up.
        registry_uri: Where registered models are looked up; left out, the registry in use, or the
            tracking store.

    Raises:
        InvalidParameter: The URI names no version.
        ResourceNotFound: It names one that is not there.
    """
    steps = _path(uri).split("/")
    named = 1 if "@" in steps[0] else 2
    parsed = parse_model_uri("models:/" + "/".join(steps[:named]))
    path = "/".join(steps[named:])
    registry_uri = registry_uri or chosen_registry_uri() or tracking_uri
    registry = open_tracking(registry_uri)
    version = version_of(registry.store, parsed)
    location = registry.store.get_model_version_download_uri(parsed.name, version)
    parts = urlsplit(location)
    if parts.scheme == "runs":
        run_id, _, within = parts.path.strip("/").partition("/")
        root = open_tracking(tracking_uri).artifact_uri(run_id)
        return Located(f"{root}/{within}".rstrip("/"), tracking_uri, path)
    # A server means itself by mlflow-artifacts:/; in a database it is the server of the runs.
    return Located(location, registry.uri if registry.server else tracking_uri, path)


def _path(uri: str) -> str:
    return unquote(urlsplit(uri).path).strip("/")
