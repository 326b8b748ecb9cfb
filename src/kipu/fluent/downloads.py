"""Reading artifacts by URI, or by run and path."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kipu.client.artifact_uris import Place, readable_place, resolve
from kipu.client.opening import open_tracking
from kipu.client.uris import get_tracking_uri
from kipu.entities import FileInfo
from kipu.exceptions import InvalidParameter, MlflowException

if TYPE_CHECKING:
    import PIL.Image


def download_artifacts(
    artifact_uri: str | None = None,
    run_id: str | None = None,
    artifact_path: str | None = None,
    dst_path: str | Path | None = None,
    tracking_uri: str | None = None,
    registry_uri: str | None = None,
) -> str:
    """A local copy of a file or folder.

    Args:
        artifact_uri: ``runs:/<run id>/<path>``, ``models:/<model id>``,
            ``models:/<name>/<version>``, ``models:/<name>@<alias>``,
            ``mlflow-artifacts:/<path>``, ``file:`` or a local path; or else:
        run_id: A run,
        artifact_path: and a path among its artifacts; left out, all of them.
        dst_path: Folder to copy to, made when absent; the copy lies in it under the last part of
            its path. Left out, a temporary one, or the thing itself where it is local already.
        tracking_uri: Where runs are looked up; left out, the store in use.
        registry_uri: Where registered models are looked up; left out, the registry in use.

    Returns:
        Where it lies.

    Raises:
        InvalidParameter: Both or neither of URI and run are given, or the URI names no place.
        ResourceNotFound: There is nothing there.

    Example:
        >>> kipu.artifacts.download_artifacts("runs:/4c1f.../plots", dst_path="here")
    """
    place = _place(artifact_uri, run_id, artifact_path, tracking_uri, registry_uri)
    return place.fetch(dst_path)


def list_artifacts(
    artifact_uri: str | None = None,
    run_id: str | None = None,
    artifact_path: str | None = None,
    tracking_uri: str | None = None,
) -> list[FileInfo]:
    """What lies in a folder, by name; see ``download_artifacts`` for the arguments."""
    return _place(artifact_uri, run_id, artifact_path, tracking_uri).list()


def load_text(artifact_uri: str) -> str:
    """The text of a UTF-8 file.

    Raises:
        MlflowException: It is not UTF-8.
    """
    with _local(artifact_uri) as place:
        try:
            return place.read_text("utf-8")
        except UnicodeDecodeError as error:
            raise MlflowException(
                f"{artifact_uri!r} is not UTF-8 text: {error}", "BAD_REQUEST"
            ) from error


def load_dict(artifact_uri: str) -> Any:
    """What a JSON file holds.

    Raises:
        MlflowException: It is not JSON.
    """
    try:
        return json.loads(load_text(artifact_uri))
    except json.JSONDecodeError as error:
        raise MlflowException(f"{artifact_uri!r} is not JSON: {error}", "BAD_REQUEST") from error


def load_image(artifact_uri: str) -> PIL.Image.Image:
    """An image file, as Pillow's object.

    Raises:
        ImportError: Pillow is not installed.
        MlflowException: It is no image.
    """
    try:
        import PIL.Image  # noqa: PLC0415 - an optional package
    except ImportError as error:
        raise ImportError("Images need Pillow; install it with: pip install pillow") from error
    with _local(artifact_uri) as place:
        try:
            with PIL.Image.open(place) as image:
                image.load()
                return image.copy()
        except OSError as error:
            raise MlflowException(
                f"{artifact_uri!r} is no image: {error}", "BAD_REQUEST"
            ) from error


def _place(
    uri: str | None,
    run_id: str | None,
    path: str | None,
    tracking_uri: str | None,
    registry_uri: str | None = None,
) -> Place:
    if (uri is None) == (run_id is None):
        raise InvalidParameter("Give either artifact_uri or run_id.")
    if uri is not None:
        if path is not None:
            raise InvalidParameter("artifact_path goes with run_id; put it behind artifact_uri.")
        return resolve(uri, tracking_uri, registry_uri)
    assert run_id is not None
    return readable_place(open_tracking(tracking_uri or get_tracking_uri()), run_id, path)


@contextmanager
def _local(artifact_uri: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="kipu-") as folder:
        yield Path(resolve(artifact_uri).fetch(folder))
