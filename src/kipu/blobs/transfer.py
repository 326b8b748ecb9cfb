"""Files and folders between local disk and a blob store."""

from __future__ import annotations

import os
import posixpath
import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

from kipu.blobs.interface import Blob, BlobStore
from kipu.blobs.paths import PART_PREFIX, validate_path
from kipu.environment_variables import MLFLOW_HTTP_REQUEST_MAX_RETRIES
from kipu.exceptions import InvalidParameter, ResourceNotFound, Unavailable

# Small files are bound by the way to the server and back, not by the work.
_THREADS = 8


def upload_folder(store: BlobStore, source: Path, path: str = "") -> None:
    """Write all files of a local folder below ``path``, several at a time.

    Raises:
        InvalidParameter: ``source`` is no folder, or the store refuses a path.
    """
    if not source.is_dir():
        raise InvalidParameter(f"{str(source)!r} is not a folder.")
    below = validate_path(path)

    def upload(file: Path) -> None:
        store.put_file("/".join(filter(None, (below, file.relative_to(source).as_posix()))), file)

    with ThreadPoolExecutor(_THREADS) as pool:
        for _ in pool.map(upload, _files(source)):
            pass


def download(store: BlobStore, path: str, destination: Path) -> Path:
    """Copy a file or folder into ``destination``, under the last part of its path.

    A file appears under its name only when all of it is there.

    Returns:
        The copy; for the root, ``destination`` itself.

    Raises:
        ResourceNotFound: There is nothing at ``path``.
    """
    path = validate_path(path)
    place = destination / posixpath.basename(path)
    if not store.is_dir(path):
        if path:
            _download_file(store, path, place)
        else:
            place.mkdir(parents=True, exist_ok=True)
        return place
    place.mkdir(parents=True, exist_ok=True)

    def copy(file: str) -> None:
        _download_file(store, file, place / posixpath.relpath(file, path or "."))

    with ThreadPoolExecutor(_THREADS) as pool:
        for _ in pool.map(copy, walk(store, path)):
            pass
    return place


def walk(store: BlobStore, path: str = "") -> Iterator[str]:
    """The path of every file below a folder."""
    for info in store.list(path):
        if info.is_dir:
            yield from walk(store, info.path)
        else:
            yield info.path


def _download_file(store: BlobStore, path: str, place: Path) -> None:
    blob = store.open(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.parent / f"{PART_PREFIX}{secrets.token_hex(8)}"
    try:
        with part.open("xb") as file:
            rest: Blob | None = blob
            failures, reached = 0, 0
            while rest is None or not _is_copied(rest, file):
                failures = 1 if file.tell() > reached else failures + 1
                reached = max(reached, file.tell())
                if failures > MLFLOW_HTTP_REQUEST_MAX_RETRIES.get():
                    raise ResourceNotFound(
                        f"The download of {path!r} was cut off: {file.tell()} of {blob.size} bytes."
                    )
                time.sleep(_wait_s(failures))
                rest = _rest(store, path, blob, file)
                blob = rest or blob
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)


def _wait_s(failures: int) -> float:
    return min(0.2 * 2.0**failures, 30.0)


def _is_copied(blob: Blob, file: IO[bytes]) -> bool:
    """Write what comes; whether that is all, or the connection broke."""
    try:
        for chunk in blob.chunks:
            file.write(chunk)
    except Unavailable:
        return False
    return blob.size < 0 or file.tell() == blob.size


def _rest(store: BlobStore, path: str, blob: Blob, file: IO[bytes]) -> Blob | None:
    """What is missing of a file; all of it again, if it may be another by now.

    None while the store cannot be reached: a server that was started anew takes its time.
    """
    at = file.tell()
    try:
        if blob.version is not None and 0 < at < blob.size:
            rest = store.open(path, at)
            if rest.version == blob.version:
                return rest
        whole = store.open(path)
    except Unavailable:
        return None
    file.seek(0)
    file.truncate()
    return whole


def _files(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder, followlinks=True):
        yield from (Path(parent, name) for name in sorted(names))
