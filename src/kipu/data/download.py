"""Downloading a file of the web, whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from kipu.environment_variables import (
    MLFLOW_HTTP_REQUEST_MAX_RETRIES,
    MLFLOW_HTTP_REQUEST_TIMEOUT,
)
from kipu.exceptions import InvalidParameter, MlflowException, Unavailable, code_of_status
from kipu.transport.http import RETRIED, wait_s

_NAMELESS = "dataset_source"
_CHUNK_BYTES = 1 << 20


def download(url: str, folder: Path) -> Path:
    """Download a file, again where that may help.

    Args:
        url: Its address, ``http`` or ``https``.
        folder: Where to write it, made when absent.

    Returns:
        Where the file lies, under the name that the server gave it, else its address.

    Raises:
        InvalidParameter: The server names a place outside of the folder.
        MlflowException: The server answers an error.
        Unavailable: It cannot be reached, or stops in the middle.
    """
    attempts_left = 1 + MLFLOW_HTTP_REQUEST_MAX_RETRIES.get()
    while True:
        attempts_left -= 1
        try:
            return _once(url, folder)
        except HTTPError as error:
            error.close()
            if error.code not in RETRIED or not attempts_left:
                raise MlflowException(
                    f"{url} answered {error.code} {error.reason}.", code_of_status(error.code)
                ) from error
        except (URLError, ConnectionError, TimeoutError, HTTPException) as error:
            if not attempts_left:
                raise Unavailable(f"{url} cannot be read: {error}") from error
        time.sleep(wait_s(MLFLOW_HTTP_REQUEST_MAX_RETRIES.get() - attempts_left))


def _once(url: str, folder: Path) -> Path:
    with urlopen(url, timeout=MLFLOW_HTTP_REQUEST_TIMEOUT.get()) as answer:
        name = _name(url, answer.headers.get_filename())
        folder.mkdir(parents=True, exist_ok=True)
        return _write(answer, folder / name)


def _name(url: str, given: str | None) -> str:
    if given is None:
        name = os.path.basename(urlsplit(url).path)
        return _NAMELESS if name in ("", ".", "..") else name
    if given in ("", ".", "..") or any(sign in given for sign in ("/", "\\", "\0")):
        raise InvalidParameter(
            f"The server of {url} names the file {given!r}, which is a path, not a name."
        )
    return given


def _write(answer: Any, place: Path) -> Path:
    """Write the answer beside its place, and move it there once it is whole."""
    handle, part = tempfile.mkstemp(dir=place.parent, prefix=".kipu-")
    try:
        with os.fdopen(handle, "wb") as out:
            shutil.copyfileobj(answer, out, _CHUNK_BYTES)
        if answer.length:
            raise ConnectionResetError(f"{answer.length} bytes are missing")
        os.replace(part, place)
    except BaseException:
        os.unlink(part)
        raise
    return place
