"""From a server's settings to its store, its artifacts and its chores."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from kipu import journal
from kipu.blobs.content import ContentIndex
from kipu.blobs.interface import BlobStore
from kipu.blobs.local import LocalBlobs
from kipu.blobs.open import file_path, open_blobs
from kipu.blobs.uploads import Uploads
from kipu.exceptions import InvalidParameter
from kipu.server.app import Chore
from kipu.server.places import BesideStore
from kipu.server.settings import ServerSettings
from kipu.server.state import State
from kipu.service.deliveries import Courier
from kipu.service.tracking import TrackingService
from kipu.store.open import Place, locate, open_store

PROXY_ROOT = "mlflow-artifacts:/"
FOLDER = "mlruns"
ARTIFACT_FOLDER = "mlartifacts"
RECOVER_EVERY_S = 2
FOLD_EVERY_S = 30
IDLE_MS = 60_000
DELIVER_EVERY_S = 1
SWEEP_EVERY_S = 3600


def open_parts(settings: ServerSettings) -> tuple[State, list[Chore]]:
    """Open the store and the artifacts; with them, what must be done beside the requests.

    Raises:
        MlflowException: One of them cannot be opened; the message says which and what to do.
    """
    uri = settings.backend_store_uri or (Path.cwd() / FOLDER).as_uri()
    if urlsplit(uri).scheme in ("http", "https"):
        raise InvalidParameter(
            f"--backend-store-uri {uri!r} is itself a server; name a folder or sqlite:///file.db."
        )
    place = locate(uri)
    destination = _destination(settings, place)
    root = settings.default_artifact_root or (PROXY_ROOT if settings.serve_artifacts else None)
    roots = tuple(
        file_path(found)
        for found in (destination, settings.default_artifact_root)
        if found and urlsplit(found).scheme in ("", "file")
    )
    artifacts, uploads = None, None
    if settings.serve_artifacts:
        artifacts, uploads = _artifacts(destination, place)
    chores = []
    if uploads is not None:
        chores.append(Chore("Removing uploads that ended early", SWEEP_EVERY_S, uploads.sweep))
    if settings.artifacts_only:
        return State(None, artifacts, settings, roots, uploads=uploads), chores
    # Beside the runs, artifacts are found by local clients too; elsewhere by the server alone.
    elsewhere = settings.serve_artifacts and destination != str(place.folder)
    store = open_store(uri, root, durable=True, portable=False if elsewhere else None)
    tracking, courier = TrackingService(store), Courier(store)
    chores += [
        Chore("Folding idle metrics", FOLD_EVERY_S, lambda: store.fold_idle(IDLE_MS)),
        Chore(
            "Taking in the journals of ended processes",
            RECOVER_EVERY_S,
            lambda: journal.recover(place.journal, tracking),
        ),
        Chore("Telling webhooks", DELIVER_EVERY_S, courier.deliver_due, courier.stop),
    ]
    return State(tracking, artifacts, settings, roots, uploads=uploads), chores


def _destination(settings: ServerSettings, place: Place) -> str:
    """Where the artifacts behind the proxy lie: beside the runs, where these are in a folder."""
    if settings.artifacts_destination:
        return settings.artifacts_destination
    return str(place.folder or Path.cwd() / ARTIFACT_FOLDER)


def _artifacts(destination: str, place: Place) -> tuple[BlobStore, Uploads | None]:
    if urlsplit(destination).scheme not in ("", "file"):
        return open_blobs(destination, durable=True), None
    folder = file_path(destination).absolute()
    content = ContentIndex(folder)
    blobs = LocalBlobs(folder, True, content)
    root = folder.resolve()
    kept = [Path(path).resolve() for path in (place.database, place.journal)]
    own = [path.relative_to(root).as_posix() for path in kept if path.is_relative_to(root)]
    return BesideStore(blobs, own) if own else blobs, Uploads(blobs, content)
