"""From an artifact URI to the store that holds it."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from kipu.blobs.content import ContentIndex
from kipu.blobs.interface import BlobStore
from kipu.blobs.local import LocalBlobs
from kipu.exceptions import InvalidParameter


def open_blobs(
    uri: str,
    tracking_uri: str | None = None,
    durable: bool = False,
    stored_once: str | Path | None = None,
) -> BlobStore:
    """The store below an artifact root.

    Args:
        uri: A local path, ``file:``, ``mlflow-artifacts:/path`` (on the server at
            ``tracking_uri``) or ``mlflow-artifacts://host:port/path``.
        tracking_uri: The server that ``mlflow-artifacts:/`` means.
        durable: Whether a local store must have each file on the disk before it is acknowledged.
        stored_once: A folder below which a local store keeps large files of equal content once.

    Raises:
        InvalidParameter: The URI names no place that can be opened.
    """
    parts = urlsplit(uri)
    match parts.scheme:
        case "":
            return _local(Path(uri), durable, stored_once)
        case "file":
            return _local(file_path(uri), durable, stored_once)
        case "mlflow-artifacts":
            from kipu.blobs.proxied import ProxiedBlobs  # noqa: PLC0415 - loads an HTTP stack

            return ProxiedBlobs(_server(uri, tracking_uri), unquote(parts.path))
        case "http" | "https":
            raise InvalidParameter(
                f"The artifact location {uri!r} is a web address; artifacts of a server are named"
                " mlflow-artifacts:/..."
            )
        case scheme:
            from kipu.blobs import plugin  # noqa: PLC0415 - seldom used

            repository = plugin.maker(scheme)
            if repository is not None:
                return plugin.make(repository, uri, tracking_uri)
            raise InvalidParameter(
                f"Artifacts under {scheme}: cannot be opened (in {uri!r}); today a local path,"
                " file: and mlflow-artifacts: can, and what an installed plug-in adds."
            )


def _local(place: Path, durable: bool, stored_once: str | Path | None) -> LocalBlobs:
    is_within = stored_once is not None and place.absolute().is_relative_to(stored_once)
    content = ContentIndex(Path(stored_once)) if stored_once is not None and is_within else None
    return LocalBlobs(place.absolute() if content else place, durable, content)


def close_connections() -> None:
    """Close the connections to servers that no transfer uses just now."""
    proxied = sys.modules.get("kipu.blobs.proxied")
    if proxied is not None:
        proxied.close_connections()


def file_path(uri: str) -> Path:
    """The local path that a ``file:`` URI or a plain path names.

    Raises:
        InvalidParameter: The URI names another host, or a path that no file can have.
    """
    parts = urlsplit(uri)
    if parts.scheme == "file" and parts.netloc not in ("", "localhost"):
        raise InvalidParameter(f"{uri!r} names a file on the host {parts.netloc!r}, not here.")
    path = unquote(parts.path) if parts.scheme == "file" else uri
    if "\0" in path:
        raise InvalidParameter(f"{uri!r} holds a null character, which no path can.")
    return Path(path)


def _server(uri: str, tracking_uri: str | None) -> str:
    parts, tracking = urlsplit(uri), urlsplit(tracking_uri or "")
    if parts.netloc:
        scheme = tracking.scheme if tracking.scheme in ("http", "https") else "http"
        return f"{scheme}://{parts.netloc}"
    if tracking_uri and tracking.scheme in ("http", "https"):
        return tracking_uri
    raise InvalidParameter(
        f"{uri!r} lies on a tracking server, but the tracking URI {tracking_uri!r} names none:"
        " set it to the server's address (http://...)."
    )
