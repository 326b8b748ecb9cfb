"""A file on the web as a source."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Self

from kipu.data.dataset_source import DatasetSource, required_key, split_uri
from kipu.exceptions import InvalidParameter


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
        """Download the file, again where that may help; nothing of a broken download stays.

        Args:
            dst_path: Folder to write to, made when absent; left out, a temporary one.

        Returns:
            Where the file lies, under the name that the server gave it, else its address.

        Raises:
            InvalidParameter: The server names a place outside of the folder.
            MlflowException: The server answers an error.
            Unavailable: It cannot be reached, or stops in the middle.
        """
        from kipu.data.download import download  # noqa: PLC0415 - loads an HTTP stack

        if not self._can_resolve(self.url):
            raise InvalidParameter(f"{self.url!r} is no http or https address.")
        return str(download(self.url, Path(dst_path or tempfile.mkdtemp(prefix="kipu-"))))

    @staticmethod
    def _can_resolve(raw_source: Any) -> bool:
        parts = split_uri(raw_source)
        return parts is not None and parts.scheme in ("http", "https")

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
