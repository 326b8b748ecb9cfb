"""From a tracking URI to its store, and to the journals of its clients."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, urlsplit

from kipu.service.tracking import TrackingService
from kipu.store.interface import ClientStore
from kipu.store.open import Place, locate, open_store


def open_bare(uri: str) -> ClientStore:
    """The store of a URI, with its rules but without journal and recovery."""
    if locate(uri).kind != "http":
        return TrackingService(open_store(uri))
    from kipu.store.rest import RestStore  # noqa: PLC0415 - loads an HTTP stack

    return RestStore(uri)


def journal_folders(uri: str) -> list[Path]:
    """Where journals may wait: those of this user for servers, and those of a store."""
    of_servers = locate("http://localhost").journal.parent
    folders = sorted(of_servers.iterdir()) if of_servers.is_dir() else []
    own = locate(uri).journal
    return [own, *(folder for folder in folders if folder.is_dir() and folder != own)]


def absolute(place: Place) -> str:
    """The URI of a place, whatever the working directory will be."""
    if place.folder is not None:
        return place.folder.as_uri()
    return f"sqlite:///{quote(place.database)}" if place.kind == "sqlite" else place.uri


def without_credentials(uri: str) -> str:
    """A server's address as it may be shown and written down."""
    parts = urlsplit(uri)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl().rstrip("/")
