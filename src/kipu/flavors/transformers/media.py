"""Images and sounds that a generic model is given: a file, an address, bytes, or base64."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from kipu.exceptions import MlflowException
from kipu.flavors.transformers.inputs import first_values


def images(data: Any) -> Any:
    """Images as the pipeline reads them; rows give their first column.

    Raises:
        MlflowException: A text is no file, address or base64.
    """
    given = first_values(data)
    for one in given if isinstance(given, list) else [given]:
        if isinstance(one, str) and not _is_base64_text(one):
            _check_place(one)
    return given


def sounds(data: Any) -> Any:
    """Sounds as the pipeline reads them; rows give their first column, and one is no list.

    Raises:
        MlflowException: It is no sound.
    """
    if not isinstance(data, list):
        return _sound(data)
    found = [_sound(one) for one in first_values(data)]
    return found if len(found) > 1 else found[0]


def _sound(given: Any) -> Any:
    if isinstance(given, str):
        _check_place(given)
        return given
    if isinstance(given, bytes):
        return base64.b64decode(given) if _is_base64(given) else given
    if isinstance(given, np.ndarray):
        return given
    raise MlflowException(
        f"A sound is a file, an address, bytes or an array, not a {type(given).__name__}."
    )


def _is_base64(given: bytes) -> bool:
    try:
        return base64.b64encode(base64.b64decode(given)) == given
    except binascii.Error:
        return False


def _is_base64_text(given: str) -> bool:
    try:
        decoded = base64.b64decode(given)
    except (binascii.Error, ValueError):
        return False
    return given in (base64.b64encode(decoded).decode(), base64.encodebytes(decoded).decode())


def _check_place(text: str) -> None:
    try:
        parts = urlsplit(text)
        is_address = bool(parts.scheme and parts.netloc)
        is_file = is_address or Path(text).is_file()
    except (OSError, ValueError):
        is_file = False
    if not is_file:
        shown = text if len(text) <= 20 else f"{text[:20]}..."
        raise MlflowException(
            f"A text as image or sound is a file or an address; {shown!r} is neither.",
            "BAD_REQUEST",
        )
