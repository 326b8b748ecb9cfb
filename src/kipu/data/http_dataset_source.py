"""A file on the web as a source."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from kipu.data.dataset_source import DatasetSource, required_key
from kipu.environment_variables import MLFLOW_HTTP_REQUEST_TIMEOUT
from kipu.exceptions import InvalidParameter, MlflowException, Unavailable, code_of_status

_NAMELESS = "dataset_source"
_CHUNK_BYTES = 1 << 20


class HTTPDatasetSource(DatasetSource):
    """A file on the web.

    Args:
        url: Its address, ``http`` or ``https``.
    """

    def __init__(self, url: str) -> None:
        self._url = url

    @property
    def url(self) -> str:
        """Its address."""
        return self._url

    @staticmethod
    def _get_source_type() -> str:
        return "http"

    def load(self, dst_path: Any = None) -> str:
        """Download the file; nothing of an interrupted download stays.

        Args:
            dst_path: Folder to write to, made when absent; left out, a temporary one.

        Returns:
            Where the file lies, under the name that the server gave it, else its address.

        Raises:
            InvalidParameter: The server names a place outside of the folder.
            MlflowException: The server answers an error.
            Unavailable: It cannot be reached, or stops in the middle.
        """
        from urllib.error import HTTPError  # noqa: PLC0415 - loads an HTTP stack
        from urllib.request import urlopen  # noqa: PLC0415

        if not self._can_resolve(self.url):
            raise InvalidParameter(f"{self.url!r} is no http or https address.")
        try:
            with urlopen(self.url, timeout=MLFLOW_HTTP_REQUEST_TIMEOUT.get()) as answer:
                name = self._name(answer.headers.get_filename())
                folder = Path(dst_path or tempfile.mkdtemp(prefix="kipu-"))
                folder.mkdir(parents=True, exist_ok=True)
                return str(_write(answer, folder / name))
        except HTTPError as error:
            with error:
                raise MlflowException(
                    f"{self.url} answered {error.code} {error.reason}.", code_of_status(error.code)
                ) from error
        except OSError as error:
            raise Unavailable(f"{self.url} cannot be read: {error}") from error

    def _name(self, given: str | None) -> str:
        if given is None:
            name = os.path.basename(urlsplit(self.url).path)
            return _NAMELESS if name in ("", ".", "..") else name
        if given in ("", ".", "..") or any(sign in given for sign in ("/", "\\", "\0")):
            raise InvalidParameter(
                f"The server of {self.url} names the file {given!r}, which is a path, not a name."
            )
        return given

    @staticmethod
    def _can_resolve(raw_source: Any) -> bool:
        return isinstance(raw_source, str) and urlsplit(raw_source).scheme in ("http", "https")

    @classmethod
    def _resolve(cls, raw_source: Any) -> Self:
        return cls(raw_source)

    def to_dict(self) -> dict[Any, Any]:
        """The address."""
        return {"url": self.url}

    @classmethod
    def from_dict(cls, source_dict: dict[Any, Any]) -> Self:
        """Build one from what ``to_dict`` gave.

        Raises:
            InvalidParameter: It has no address.
        """
        return cls(required_key(cls, source_dict, "url"))


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
