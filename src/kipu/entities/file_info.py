"""A file or folder among a run's artifacts."""

from kipu.entities.record import Record


class FileInfo(Record, frozen=True):
    """``path`` is relative to the artifact root; ``file_size`` is in bytes, None for a folder."""

    path: str
    is_dir: bool
    file_size: int | None = None
