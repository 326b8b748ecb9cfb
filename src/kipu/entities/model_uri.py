"""``models:/`` URIs: a version by number, alias or stage, the latest one, or a logged model."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from kipu.exceptions import InvalidParameter

_LATEST = "latest"
_MODEL_ID = re.compile(r"m-[0-9a-f]{32}")


class ModelUri(NamedTuple):
    """What a ``models:/`` URI names.

    A logged model has ``model_id`` and no name. Else there is a name with one of version, alias
    and stage; with none of them it means the latest version.
    """

    name: str = ""
    version: str | None = None
    alias: str | None = None
    stage: str | None = None
    model_id: str | None = None


def is_model_uri(uri: str) -> bool:
    """Whether a URI is of the kind ``models:/``."""
    return urlsplit(uri).scheme == "models"


def is_model_id(text: str) -> bool:
    """Whether a text looks like the id of a logged model."""
    return _MODEL_ID.fullmatch(text) is not None


def parse_model_uri(uri: str) -> ModelUri:
    """Read ``models:/name/version``, ``models:/name/stage``, ``models:/name@alias``.

    ``models:/name/latest`` and ``models:/model_id`` are read too.

    Raises:
        InvalidParameter: It is none of these.
    """
    parts = urlsplit(uri, allow_fragments=False)
    if parts.scheme != "models" or parts.netloc or not parts.path.startswith("/"):
        raise _improper(uri)
    match parts.path.lstrip("/").split("/"):
        case [name, suffix] if name.strip() and suffix.strip():
            return _suffixed(name, suffix)
        case [name] if "@" in name:
            name, _, alias = name.rpartition("@")
            if name.strip() and alias.strip():
                return ModelUri(name, alias=alias)
        case [model_id] if model_id.strip():
            return ModelUri(model_id=model_id)
    raise _improper(uri)


def _suffixed(name: str, suffix: str) -> ModelUri:
    if suffix.isdecimal():
        return ModelUri(name, version=suffix)
    return ModelUri(name, stage=None if suffix.lower() == _LATEST else suffix)


def _improper(uri: str) -> InvalidParameter:
    return InvalidParameter(
        f"{uri!r} names no model: write models:/<name>/<version>, models:/<name>/<stage>, "
        "models:/<name>/latest, models:/<name>@<alias> or models:/<model id>."
    )
