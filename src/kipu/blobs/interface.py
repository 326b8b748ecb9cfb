"""What every place for artifacts promises."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple, Protocol

from kipu.entities import FileInfo

CHUNK_BYTES = 1 << 20


class Blob(NamedTuple):
    """A file being read: its whole size in bytes, and the bytes asked for, in chunks.

    ``version`` is another text once the file is replaced, or None where that is not known.
    """

    size: int
    chunks: Iterator[bytes]
    version: str | None = None


class BlobStore(Protocol):
    """Files by path, below one root. Paths are relative and were normalised by the store."""

    def put(self, path: str, stream: IO[bytes], size: int | None = None) -> None:
        """Write a file from a stream; it is visible only when all of it is there.

        Args:
            path: Where to; folders are made as needed.
            stream: Read to its end, in chunks.
            size: How many bytes must come, where the sender said so.

        Raises:
            InvalidParameter: The path is refused, or fewer or more bytes came than ``size``.
        """
        ...

    def put_file(self, path: str, source: Path) -> None:
        """Write a copy of a local file; raises like ``put``."""
        ...

    def open(self, path: str, start: int = 0, end: int | None = None) -> Blob:
        """Read a file from byte ``start`` up to, not including, ``end``.

        Raises:
            ResourceNotFound: There is no such file.
            InvalidParameter: The path is refused or names a folder.
        """
        ...

    def list(self, path: str = "") -> list[FileInfo]:
        """What lies in a folder, by name; paths are relative to the root.

        A file or nothing at all at ``path`` gives an empty list.
        """
        ...

    def is_dir(self, path: str) -> bool:
        """Whether something lies below ``path``."""
        ...

    def delete(self, path: str) -> None:
        """Remove a file or a folder with all it holds; harmless where there is nothing."""
        ...
