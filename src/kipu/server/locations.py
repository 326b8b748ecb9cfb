"""Which places a client may name as an experiment's artifact location."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from kipu.blobs.open import file_path
from kipu.environment_variables import (
    KIPU_ALLOWED_ARTIFACT_ROOTS,
    MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES,
)
from kipu.exceptions import InvalidParameter

# Opening one of these makes the server talk to a host of the client's choice.
_HOST_ADDRESSED = {
    "ftp", "sftp", "hdfs", "viewfs", "http", "https", "mlflow-artifacts", "r2", "b2", "abfss",
}  # fmt: skip


def check_location(location: str, own_roots: Sequence[Path]) -> None:
    """Refuse what would let a client read or write outside the server's own places.

    Raises:
        InvalidParameter: The location is a local path outside ``own_roots`` and
            ``KIPU_ALLOWED_ARTIFACT_ROOTS``, or of a scheme that names a host.
    """
    if urlsplit(location).scheme in ("", "file"):
        _check_local(location, own_roots)
    else:
        check_host(location)


def check_host(location: str) -> None:
    """Refuse what would make the server talk to a host of the client's choice.

    Raises:
        InvalidParameter: The location is of a scheme that names a host, which is not among those
            that ``MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES`` allows.
    """
    parts = urlsplit(location)
    if parts.scheme in _HOST_ADDRESSED and (parts.netloc or parts.scheme != "mlflow-artifacts"):
        _check_scheme(location, parts.scheme)


def _check_local(location: str, own_roots: Sequence[Path]) -> None:
    place = file_path(location).resolve()
    allowed = (KIPU_ALLOWED_ARTIFACT_ROOTS.get() or "").split(",")
    roots = [*own_roots, *(Path(root.strip()) for root in allowed if root.strip())]
    if not any(place.is_relative_to(root.resolve()) for root in roots):
        raise InvalidParameter(
            f"The artifact location {location!r} is a folder of the server's machine that clients"
            " may not name. Leave it out, or have the server started with the folder in"
            f" {KIPU_ALLOWED_ARTIFACT_ROOTS.name}."
        )


def _check_scheme(location: str, scheme: str) -> None:
    setting = MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES
    allowed = {name.strip().lower() for name in (setting.get() or "").split(",")}
    if scheme not in allowed:
        raise InvalidParameter(
            f"The artifact location {location!r} names a host, and this server opens no {scheme}:"
            f" locations for clients. Have it started with {scheme} in {setting.name} to allow it."
        )
