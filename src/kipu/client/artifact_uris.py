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
from kipu.client.tracking import Tracking
from kipu.client.uris import get_tracking_uri
from kipu.entities import FileInfo
from kipu.exceptions import InvalidParameter, ResourceNotFound


class Place(NamedTuple):
    """A path inside an artifact store; ``""`` is its root."""

    blobs: BlobStore
    path: str

    def list(self) -> list[FileInfo]:
        """What lies in the folder."""
        return self.blobs.list(self.path)

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
        folder.mkdir(parents=True, exist_ok=True)
        return str(download(self.blobs, self.path, folder.absolute()))


def run_place(tracking: Tracking, run_id: str, path: str | None = None) -> Place:
    """A path among the artifacts of a run.

    Raises:
        ResourceNotFound: No run has this id.
    """
    return Place(open_blobs(tracking.artifact_uri(run_id), tracking.uri), path or "")


def resolve(uri: str | Path, tracking_uri: str | None = None) -> Place:
    """The place that a URI names.

    Args:
        uri: ``runs:/<run id>/<path>``, ``mlflow-artifacts:/<path>``, ``file:`` or a local path.
        tracking_uri: Where runs are looked up; left out, the store in use.

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
        return run_place(open_tracking(tracking_uri), run_id, path)
    if parts.scheme == "mlflow-artifacts":
        root = f"mlflow-artifacts://{parts.netloc}/" if parts.netloc else "mlflow-artifacts:/"
        return Place(open_blobs(root, tracking_uri), unquote(parts.path).strip("/"))
    if parts.scheme in ("", "file"):
        local = file_path(text).absolute()
        return Place(LocalBlobs(local.parent), local.name)
    root, _, name = text.rstrip("/").rpartition("/")
    return Place(open_blobs(root, tracking_uri), name)


def split(artifact_file: str) -> tuple[str, str]:
    """Folder and name of an artifact, the folder ``""`` at the root."""
    return posixpath.split(posixpath.normpath(artifact_file))
