"""Files of models that lie in a store already, changed in place."""

from __future__ import annotations

import posixpath
import tempfile
from collections.abc import Callable
from pathlib import Path

from kipu.client.artifact_uris import Place, resolve
from kipu.client.registry_uris import is_version_uri
from kipu.exceptions import InvalidParameter, ResourceNotFound


def changeable_place(model_uri: str) -> Place:
    """Where a model lies that may be changed.

    Raises:
        InvalidParameter: It is a version of a registered model.
    """
    if is_version_uri(model_uri):
        raise InvalidParameter(
            f"{model_uri!r} is a version of a registered model, which stays as it is. Change the "
            "model that it was made of, and make another version."
        )
    return resolve(model_uri)


def edit_file(place: Place, name: str, change: Callable[[str], str]) -> None:
    """Write another text into one of a model's files.

    Raises:
        ResourceNotFound: There is no such file.
    """
    path = posixpath.join(place.path, name)
    with tempfile.TemporaryDirectory(prefix="kipu-") as folder:
        try:
            local = Path(Place(place.blobs, path).fetch(folder))
        except ResourceNotFound as error:
            raise ResourceNotFound(f"There is no model here: {name} is missing.") from error
        written = Path(folder, f"new-{name}")
        written.write_text(change(local.read_text("utf-8")), "utf-8")
        place.blobs.put_file(path, written)
