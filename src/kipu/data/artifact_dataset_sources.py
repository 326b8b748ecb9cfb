"""One source for each place that artifacts can lie in: local disk, S3, and so on."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Self

from kipu.data.dataset_source import required_key, split_uri
from kipu.data.filesystem_dataset_source import FileSystemDatasetSource
from kipu.fluent.downloads import download_artifacts


class ArtifactDatasetSource(FileSystemDatasetSource):
    """A file or folder in a place that artifacts can lie in.

    Args:
        uri: Where it is.
    """

    scheme: ClassVar[str]

    def __init__(self, uri: str) -> None:
        self._uri = uri

    @property
    def uri(self) -> str:
        """Where it is."""
        return self._uri

    @classmethod
    def _get_source_type(cls) -> str:
        return cls.scheme

    def load(self, dst_path: Any = None) -> str:
        """See ``FileSystemDatasetSource``.

        Raises:
            ResourceNotFound: There is nothing there.
            InvalidParameter: Its place cannot be opened from here.
        """
        return download_artifacts(self.uri, dst_path=dst_path)

    @classmethod
    def _can_resolve(cls, raw_source: Any) -> bool:
        parts = split_uri(raw_source)
        return parts is not None and parts.scheme == cls.scheme

    @classmethod
    def _resolve(cls, raw_source: Any) -> Self:
        return cls(str(raw_source))

    def to_dict(self) -> dict[Any, Any]:
        """The URI."""
        return {"uri": self.uri}

    @classmethod
    def from_dict(cls, source_dict: dict[Any, Any]) -> Self:
        """Build one from what ``to_dict`` gave.

        Raises:
            InvalidParameter: It has no URI.
        """
        return cls(required_key(cls, source_dict, "uri"))


class LocalArtifactDatasetSource(ArtifactDatasetSource):
    """A file or folder on this machine: a path, or a ``file:`` URI."""

    scheme = "local"

    @classmethod
    def _can_resolve(cls, raw_source: Any) -> bool:
        parts = split_uri(str(raw_source) if isinstance(raw_source, Path) else raw_source)
        if parts is None:
            return False
        host = parts.hostname or ""
        here = host in ("", ".") or host.startswith(("localhost", "127.0.0.1"))
        return not parts.scheme or (parts.scheme == "file" and here) or Path(raw_source).drive != ""


class S3ArtifactDatasetSource(ArtifactDatasetSource):
    """An object, or a prefix of objects, in S3."""

    scheme = "s3"


class R2ArtifactDatasetSource(ArtifactDatasetSource):
    """An object, or a prefix of objects, in Cloudflare's R2."""

    scheme = "r2"


class B2ArtifactDatasetSource(ArtifactDatasetSource):
    """A file, or a prefix of files, in Backblaze's B2."""

    scheme = "b2"


class GCSArtifactDatasetSource(ArtifactDatasetSource):
    """An object, or a prefix of objects, in Google Cloud Storage."""

    scheme = "gs"


class AzureBlobArtifactDatasetSource(ArtifactDatasetSource):
    """A blob, or a prefix of blobs, in Azure."""

    scheme = "wasbs"


class AzureDataLakeArtifactDatasetSource(ArtifactDatasetSource):
    """A file or folder in Azure's data lake."""

    scheme = "abfss"


class FTPArtifactDatasetSource(ArtifactDatasetSource):
    """A file or folder behind FTP."""

    scheme = "ftp"


class SFTPArtifactDatasetSource(ArtifactDatasetSource):
    """A file or folder behind SFTP."""

    scheme = "sftp"


class HdfsArtifactDatasetSource(ArtifactDatasetSource):
    """A file or folder in Hadoop's file system."""

    scheme = "hdfs"


class ViewFsArtifactDatasetSource(HdfsArtifactDatasetSource):
    """A file or folder in a mounted view of Hadoop's file systems."""

    scheme = "viewfs"


ARTIFACT_SOURCES: tuple[type[ArtifactDatasetSource], ...] = (
    LocalArtifactDatasetSource,
    S3ArtifactDatasetSource,
    R2ArtifactDatasetSource,
    B2ArtifactDatasetSource,
    GCSArtifactDatasetSource,
    AzureBlobArtifactDatasetSource,
    FTPArtifactDatasetSource,
    SFTPArtifactDatasetSource,
    HdfsArtifactDatasetSource,
    ViewFsArtifactDatasetSource,
    AzureDataLakeArtifactDatasetSource,
)
"""All of them, in the order in which they are asked."""
