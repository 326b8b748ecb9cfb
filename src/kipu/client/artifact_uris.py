"""From any artifact URI to the store that holds it and the path inside."""

from __future__ import annotations

import posixpath
import tempfile
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from kipu.blobs.interface import BlobStore
from kipu.blobs.local import LocalBlobs
from kipu.blobs.open import file_path, open_blobs
from kipu.blobs.transfer import download
from kipu.client.opening import open_tracking
from kipu.client.registry_uris import is_version_uri, locate_version
from kipu.client.tracking import Tracking
from kipu.client.uris import get_tracking_uri
from kipu.entities import FileInfo
from kipu.exceptions import InvalidParameter, ResourceNotFound


class Place(NamedTuple):
    """A path inside an artifact store; ``""`` is its root.

    ``shown`` is the folder under which the store's files are shown: a model's among its run's.
    """

    blobs: BlobStore
    path: str
    shown: str = ""

    def list(self) -> list[FileInfo]:
        """What lies in the folder."""
        files = self.blobs.list(self.path)
        if not self.shown:
            return files
        return [
            FileInfo(f"{self.shown}/{file.path}", file.is_dir, file.file_size) for file in files
        ]

    def holds_something(self) -> bool:
        """Whether there is a file or a folder here."""
        return self.blobs.is_dir(self.path) or any(
            file.path == self.path for file in self.blobs.list(posixpath.dirname(self.path))
        )

    def fetch(self, destination: str | Path | None) -> str:
        """A local copy of the file or folder, or the thing itself where it is local already.

        Raises:
            ResourceNotFound: There is nothing here.
        """
        if destination is None and isinstance(self.blobs, LocalBlobs):
            local = self.blobs.local_path(self.path)
            if local is None:
                raise ResourceNotFound(f"No such artifact: {self.path!r}")
            return str(local)
        folder = Path(destination) if destination else Path(tempfile.mkdtemp(prefix="kipu-"))
        folder = folder / self.shown
        folder.mkdir(parents=True, exist_ok=True)
        return str(download(self.blobs, self.path, folder.absolute()))


def run_place(tracking: Tracking, run_id: str, path: str | None = None) -> Place:
    """A path among the artifacts of a run.

    Raises:
        ResourceNotFound: No run has this id.
    """
    return Place(tracking.blobs(tracking.artifact_uri(run_id)), path or "")


def readable_place(tracking: Tracking, run_id: str, path: str | None = None) -> Place:
    """``run_place`` for readers: the name of a model that the run made is a folder of its files.

    Raises:
        ResourceNotFound: No run has this id.
    """
    place = run_place(tracking, run_id, path)
    name, _, rest = place.path.strip("/").partition("/")
    if not name or "'" in name or place.holds_something():
        return place
    experiment_id = tracking.store.get_run(run_id).info.experiment_id
    made_here = f"name = '{name}' AND source_run_id = '{run_id}'"
    found = tracking.store.search_logged_models([experiment_id], made_here, None, 1, None, None)
    if not found:
        return place
    tracking.stored(found[0].model_id)
    return Place(tracking.blobs(found[0].artifact_location), rest, shown=name)


def model_place(tracking: Tracking, model_id: str, path: str | None = None) -> Place:
    """A path among the files of a logged model, once they are there.

    Raises:
        ResourceNotFound: No model has this id.
    """
    tracking.stored(model_id)
    return Place(tracking.blobs(tracking.models.artifact_uri(model_id)), path or "")


def resolve(
    uri: str | Path, tracking_uri: str | None = None, registry_uri: str | None = None
) -> Place:
    """The place that a URI names.

    Args:
        uri: ``runs:/<run id>/<path>``, ``models:/<model id>``, ``models:/<name>/<version>``,
            ``models:/<name>@<alias>``, ``mlflow-artifacts:/<path>``, ``file:`` or a local path.
        tracking_uri: Where runs and logged models are looked up; left out, the store in use.
        registry_uri: Where registered models are looked up; left out, the registry in use.

    Raises:
        InvalidParameter: The URI names no place.
        ResourceNotFound: It names a run that is not there.
    """
    text, tracking_uri = str(uri), tracking_uri or get_tracking_uri()
    parts = urlsplit(text)
    if parts.scheme == "runs":
        run_id, _, path = parts.path.strip("/").partition("/")
        if not run_id or parts.netloc:
            raise InvalidParameter(f"{text!r} names no run; write runs:/<run id>/<path>.")
        return readable_place(open_tracking(tracking_uri), run_id, path)
    if is_version_uri(text):
        found = locate_version(text, tracking_uri, registry_uri)
        return Place(open_blobs(found.location, found.base_uri), found.path)
    if parts.scheme == "models":
        return _place_of_model(text, unquote(parts.path).strip("/"), tracking_uri)
    if parts.scheme == "mlflow-artifacts":
        root = f"mlflow-artifacts://{parts.netloc}/" if parts.netloc else "mlflow-artifacts:/"
        return Place(open_blobs(root, tracking_uri), unquote(parts.path).strip("/"))
    if parts.scheme in ("", "file"):
        local = file_path(text).absolute()
        return Place(LocalBlobs(local.parent), local.name)
    root, _, name = text.rstrip("/").rpartition("/")
    return Place(open_blobs(root, tracking_uri), name)


def _place_of_model(uri: str, path: str, tracking_uri: str) -> Place:
    model_id, _, rest = path.partition("/")
    if not model_id:
        raise InvalidParameter(f"{uri!r} names no logged model; write models:/<model id>.")
    return model_place(open_tracking(tracking_uri), model_id, rest)


def split(artifact_file: str) -> tuple[str, str]:
    """Folder and name of an artifact, the folder ``""`` at the root."""
    return posixpath.split(posixpath.normpath(artifact_file))
