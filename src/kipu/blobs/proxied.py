"""Artifacts through a tracking server's proxy."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import IO

import msgspec

from kipu.blobs.content import LEAST_BYTES
from kipu.blobs.interface import CHUNK_BYTES, Blob
from kipu.blobs.paths import validate_file_path, validate_path
from kipu.blobs.sending import LargeUpload, may_pass, try_again
from kipu.entities import FileInfo
from kipu.exceptions import (
    InvalidParameter,
    MlflowException,
    ResourceNotFound,
    RestException,
    Unavailable,
)
from kipu.transport import Transport
from kipu.transport.http import escape

_API = "/api/2.0/mlflow-artifacts/artifacts"


@cache
def _transport_to(server: str) -> Transport:
    """The connections to a server, which all transfers share."""
    transport = Transport(server)
    _transports.append(transport)
    return transport


_transports: list[Transport] = []
# To servers that take no parts: MLflow's, and those that keep artifacts in an object store.
_whole_only: set[Transport] = set()


def close_connections() -> None:
    """Close the connections that no transfer uses just now."""
    for transport in _transports:
        transport.close()


class _Listed(msgspec.Struct):
    path: str
    is_dir: bool = False
    file_size: int | None = None


class _Listing(msgspec.Struct):
    files: list[_Listed] = []


class ProxiedBlobs:
    """Files below a folder of a server's artifact store.

    Args:
        server: The server's URI.
        root: The folder.
    """

    def __init__(self, server: str, root: str) -> None:
        self._transport = _transport_to(server)
        self._root = validate_path(root.strip("/"))

    def put(self, path: str, stream: IO[bytes], size: int | None = None) -> None:
        """See ``BlobStore``; a stream that does not tell its size must be seekable."""
        url = self._url(validate_file_path(path))
        if size is None:
            begin = stream.tell()
            size = stream.seek(0, os.SEEK_END) - begin
            stream.seek(begin)
        self._transport.send_stream("PUT", url, stream, size)

    def put_file(self, path: str, source: Path) -> None:
        """See ``BlobStore``; a large one in parts, where the server is Kipu's."""
        self.send_file(path, source, lambda _bytes: None, try_again)

    def send_file(
        self,
        path: str,
        source: Path,
        progress: Callable[[int], object],
        again: Callable[[int, MlflowException], bool],
    ) -> None:
        """Write a copy of a local file, and try again where that may help.

        Args:
            path: Where to.
            source: The file.
            progress: Told how many more bytes are there.
            again: Asked after a failure, the how many-th in a row, whether to try again; it waits.
        """
        failures = 0
        while not self._in_parts(path, source, progress, again):
            try:
                self._whole(path, source)
                progress(source.stat().st_size)
                return
            except (Unavailable, RestException) as error:
                failures += 1
                if not may_pass(error) or not again(failures, error):
                    raise

    def _in_parts(
        self,
        path: str,
        source: Path,
        progress: Callable[[int], object],
        again: Callable[[int, MlflowException], bool],
    ) -> bool:
        place = self._below(validate_file_path(path))
        if source.stat().st_size < LEAST_BYTES or self._transport in _whole_only:
            return False
        if LargeUpload(self._transport, place, source, progress, again).run():
            return True
        _whole_only.add(self._transport)
        return False

    def _whole(self, path: str, source: Path) -> None:
        with source.open("rb") as stream:
            self.put(path, stream, os.fstat(stream.fileno()).st_size)

    def open(self, path: str, start: int = 0, end: int | None = None) -> Blob:
        """See ``BlobStore``."""
        last = "" if end is None else str(end - 1)
        headers = {"Range": f"bytes={start}-{last}"} if start or end is not None else {}
        try:
            status, answered, chunks = self._transport.read_stream(
                self._url(path), headers, CHUNK_BYTES
            )
        except RestException as error:
            if error.error_code in ("RESOURCE_DOES_NOT_EXIST", "ENDPOINT_NOT_FOUND"):
                raise ResourceNotFound(f"No such artifact: '{path}'") from error
            raise
        if status == 206:
            whole = int(answered["Content-Range"].rpartition("/")[2])
            return Blob(whole, chunks, answered.get("ETag"))
        if headers:
            chunks.close()  # type: ignore[attr-defined]
            raise InvalidParameter("The server cannot read a part of a file.")
        return Blob(int(answered.get("Content-Length", -1)), chunks, answered.get("ETag"))

    def list(self, path: str = "") -> list[FileInfo]:
        """See ``BlobStore``."""
        below = validate_path(path)
        place = "/".join(part for part in (self._root, below) if part)
        answer = self._transport.call("GET", _API, query={"path": place})
        files = msgspec.json.decode(answer.body, type=_Listing).files
        return [
            FileInfo(
                f"{below}/{os.path.basename(file.path)}" if below else os.path.basename(file.path),
                file.is_dir,
                None if file.is_dir else file.file_size,
            )
            for file in files
        ]

    def is_dir(self, path: str) -> bool:
        """See ``BlobStore``."""
        return bool(self.list(path))

    def delete(self, path: str) -> None:
        """See ``BlobStore``."""
        self._transport.call("DELETE", self._url(path), json_body=b"{}")

    def _url(self, path: str) -> str:
        return f"{_API}/{escape(self._below(validate_path(path)))}"

    def _below(self, path: str) -> str:
        return "/".join(part for part in (self._root, path) if part)
