"""Requests and answers about artifacts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct

from kipu import entities
from kipu.wire.message import Answer, Asked, Int64, Required

Size = Annotated[int, Meta(ge=0, le=2**63 - 1, extra_json_schema={"format": "int64"})]
Hexadecimal = Annotated[str, Meta(pattern="^[0-9a-f]{8,64}$")]


class FileInfo(Answer):
    """A file or folder; ``file_size`` in bytes."""

    path: str
    is_dir: bool
    file_size: int | None = None

    def entity(self) -> entities.FileInfo:
        """The file that was sent."""
        return entities.FileInfo(self.path, self.is_dir, self.file_size)


class ListArtifacts(Asked):
    """List a folder of a run's artifacts."""

    run_id: str = ""
    run_uuid: str = ""
    path: str = ""
    page_token: str | None = None


class ListArtifactsAnswer(Answer):
    """What lies in the folder; paths are relative to ``root_uri``."""

    root_uri: str = ""
    files: list[FileInfo] = []
    next_page_token: str | None = None

    @classmethod
    def of(cls, root_uri: str, files: Sequence[entities.FileInfo]) -> ListArtifactsAnswer:
        """The answer with these files."""
        return cls(
            root_uri=root_uri,
            files=[
                FileInfo(path=file.path, is_dir=file.is_dir, file_size=file.file_size)
                for file in files
            ],
        )


class GetArtifact(Asked, kw_only=True):
    """Download a file of a run."""

    run_id: str = ""
    run_uuid: str = ""
    path: Required


class UploadArtifact(Asked, kw_only=True):
    """Upload a small file of a run; the body is the file."""

    run_id: str = ""
    run_uuid: str = ""
    path: Required


class ListProxied(Asked):
    """List a folder of the server's own artifact store."""

    path: str = ""


class CreateMultipart(Asked):
    """Begin an upload in parts."""

    path: Required
    num_parts: Int64 = 1


class MultipartPart(Answer):
    """An uploaded part."""

    part_number: Int64 = 0
    etag: str = ""
    url: str | None = None


class CompleteMultipart(Asked, kw_only=True):
    """End an upload in parts."""

    path: Required
    upload_id: str = ""
    parts: list[MultipartPart]


class AbortMultipart(Asked):
    """Give up an upload in parts."""

    path: Required
    upload_id: str = ""


class BeginUpload(Asked, kw_only=True):
    """Begin an upload of a large file, or find it again; ``samples`` is a hash of parts of it."""

    path: Required
    size: Size
    samples: Hexadecimal


class BegunUpload(Struct, gc=False):
    """Where an upload goes on; ``challenge``, if the server has the content, probably."""

    offset: Int64
    challenge: str | None = None


class PartOfUpload(Asked, kw_only=True):
    """Send what comes next of an upload; the body is the bytes from ``offset`` on."""

    path: Required
    size: Size
    samples: Hexadecimal
    offset: Size


class FinishUpload(Asked, kw_only=True):
    """End an upload: the file appears if its content has this hash."""

    path: Required
    size: Size
    samples: Hexadecimal
    sha256: Hexadecimal


class LinkUpload(Asked, kw_only=True):
    """Answer a challenge: the SHA-256 of its text and of the file's bytes."""

    path: Required
    size: Size
    samples: Hexadecimal
    proof: Hexadecimal


class LinkedUpload(Struct, gc=False):
    """Whether the file is there now; if not, it must be sent."""

    linked: bool


class PresignUpload(Asked, kw_only=True):
    """Name an address for an upload to a run or a model; ``expiration`` in seconds."""

    run_id: str | None = None
    path: Required
    expiration: Int64 | None = None
    model_id: str | None = None


class PresignDownload(Asked, kw_only=True):
    """Name an address for a download from a run; ``expiration`` in seconds."""

    run_id: Required
    path: Required
    expiration: Int64 | None = None


class PresignedAnswer(Answer):
    """An address, and the headers to send there."""

    presigned_url: str
    headers: dict[str, str] = {}
    file_size: int | None = None
