"""Artifact paths: relative, with forward slashes, and never out of their root."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import unquote

from kipu.exceptions import InvalidParameter

_DRIVE = re.compile(r"^[A-Za-z]:")
# What an upload is called until all of it has arrived; no artifact may have such a name.
PART_PREFIX = ".kipu-part-"
# Beside the artifacts: what is known of their content, and uploads that are not finished.
CONTENT_FOLDER = ".kipu-content"


def validate_path(path: str) -> str:
    """The path in its normal form, ``""`` for the root.

    Percent escapes are resolved for the check only, as often as there are any, so that none can
    hide a way out; the path itself keeps the characters it has.

    Raises:
        InvalidParameter: The path is absolute, leaves its root, or has a backslash, ``#``, a NUL
            or a drive letter.
    """
    decoded = path
    while (once := unquote(decoded)) != decoded:
        _refuse_escape(path, decoded)
        decoded = once
    _refuse_escape(path, decoded)
    normal = posixpath.normpath(path) if path else ""
    return "" if normal == "." else normal


def is_reserved(name: str) -> bool:
    """Whether a file or folder of this name is no artifact."""
    # Case is ignored, as some file systems do.
    return name.lower().startswith((PART_PREFIX, CONTENT_FOLDER))


def validate_file_path(path: str) -> str:
    """The path of a file in its normal form; raises like ``validate_path``, and for the root."""
    normal = validate_path(path)
    if not normal:
        raise InvalidParameter(f"An artifact needs a path; {path!r} is the folder of all of them.")
    return normal


def _refuse_escape(path: str, decoded: str) -> None:
    parts = decoded.split("/")
    wrong = (
        "it is absolute" if decoded.startswith("/") or _DRIVE.match(decoded)
        else "it contains '..'" if ".." in parts
        else "it contains a backslash" if "\\" in decoded
        else "it contains '#'" if "#" in decoded
        else "it contains a NUL character" if "\0" in decoded
        else "the name is reserved for unfinished uploads"
        if any(is_reserved(part) for part in parts)
        else None
    )  # fmt: skip
    if wrong:
        raise InvalidParameter(f"Invalid artifact path {path!r}: {wrong}.")
