"""Files that a Python model brings along by name."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from kipu.exceptions import MlflowException
from kipu.fluent.downloads import download_artifacts

ARTIFACTS = "artifacts"
_HUGGING_FACE = "hf:/"


def save_artifacts(artifacts: Mapping[str, str], folder: Path) -> dict[str, dict[str, str]]:
    """Copy artifacts into a model's folder.

    Args:
        artifacts: URIs or paths, by name.
        folder: The model's.

    Returns:
        What the ``MLmodel`` file says of each: ``path`` in the folder, and ``uri``.

    Raises:
        ResourceNotFound: There is nothing at one of the URIs.
    """
    uris = dict.fromkeys(str(uri) for uri in artifacts.values())
    places = _places(list(uris))
    with tempfile.TemporaryDirectory(prefix="kipu-") as staging:
        for at, (uri, place) in enumerate(places.items()):
            target = folder / ARTIFACTS / place
            target.parent.mkdir(parents=True, exist_ok=True)
            if uri.startswith(_HUGGING_FACE):
                _snapshot(uri.removeprefix(_HUGGING_FACE), target)
                continue
            into = Path(staging, str(at))
            shutil.move(download_artifacts(uri, dst_path=into), target)
    return {
        name: {"path": str(PurePosixPath(ARTIFACTS, places[str(uri)])), "uri": str(uri)}
        for name, uri in artifacts.items()
    }


def _places(uris: list[str]) -> dict[str, str]:
    """A path for each URI: its last part, in a numbered folder where that is not enough."""
    names = {uri: uri.rstrip("/").rpartition("/")[2] for uri in uris}
    folded = [name.casefold() for name in names.values()]
    taken = {name for name in folded if folded.count(name) == 1}
    places, number = {}, 0
    for uri, name in names.items():
        if folded.count(name.casefold()) == 1:
            places[uri] = name
            continue
        while str(number) in taken:
            number += 1
        places[uri] = f"{number}/{name}"
        number += 1
    return places


def _snapshot(repository: str, target: Path) -> None:
    try:
        from huggingface_hub import snapshot_download  # noqa: PLC0415 - an optional package
    except ImportError as error:
        raise ImportError(
            f"The artifact hf:/{repository} needs huggingface_hub; install it with: "
            "pip install huggingface_hub"
        ) from error
    try:
        snapshot_download(repo_id=repository, local_dir=str(target))
    except Exception as error:
        raise MlflowException.invalid_parameter_value(
            f"hf:/{repository} cannot be downloaded: {error}"
        ) from error
