"""What may be a key or an id; one check for stores, servers and journals."""

from __future__ import annotations

import posixpath
import re
import sys

from kipu.exceptions import InvalidParameter
from kipu.service.limits import (
    MAX_ENTITY_KEY_LENGTH,
    MAX_EXPERIMENT_NAME_LENGTH,
    MAX_EXPERIMENT_TAG_KEY_LENGTH,
)

_KEY = re.compile(r"[/\w.\- ]*" if sys.platform == "win32" else r"[/\w.\- :]*")
_RUN_ID = re.compile(r"[a-zA-Z0-9][\w\-]{0,255}")
_EXPERIMENT_ID = re.compile(r"[a-zA-Z0-9][\w\-]{0,63}")
_ALLOWED = "letters, digits, underscores, dashes, periods, spaces, colons and slashes"


def is_key(name: str) -> bool:
    """Whether a name has only characters that keys may have."""
    return _KEY.fullmatch(name) is not None


def check_key(key: object, kind: str, limit: int = MAX_ENTITY_KEY_LENGTH) -> None:
    """Refuse what cannot be the key of a metric, a param or a tag.

    Args:
        key: What the caller wants to use.
        kind: What it would be, as the message names it: ``metric``, ``param`` or ``tag``.
        limit: The longest key, in characters.

    Raises:
        InvalidParameter: It is no text, empty, too long, has a character that no key may have, or
            is a path with something to resolve.
    """
    if not isinstance(key, str):
        raise InvalidParameter(
            f"A {kind} needs a key that is text; {key!r} is {type(key).__name__}."
        )
    if not _KEY.fullmatch(key):
        wrong = sorted({char for char in key if not _KEY.fullmatch(char)})
        raise InvalidParameter(
            f"Invalid {kind} key {_short(key)}: {' '.join(map(repr, wrong))} is not allowed. "
            f"A key may hold {_ALLOWED}."
        )
    if not key:
        raise InvalidParameter(f"Invalid {kind} key '': a key has at least one character.")
    normal = posixpath.normpath(key)
    if normal != key or key == "." or key.startswith(("..", "/")):
        raise InvalidParameter(
            f"Invalid {kind} key {_short(key)}: slashes in keys make folders, so a key must be a "
            f"relative path in its shortest form"
            + (f", such as {_short(normal.lstrip('./'))}." if normal.strip("./") else ".")
        )
    if len(key) > limit:
        raise InvalidParameter(
            f"The {kind} key {_short(key)} has {len(key)} characters; at most {limit} are allowed."
        )


def check_experiment_tag_key(key: object) -> None:
    """Refuse what cannot be the key of an experiment's tag; raises like ``check_key``."""
    check_key(key, "experiment tag", MAX_EXPERIMENT_TAG_KEY_LENGTH)


def check_run_id(run_id: object) -> None:
    """Refuse what cannot be a run's id.

    Raises:
        InvalidParameter: It is no text, or has a character that no id has.
    """
    if not isinstance(run_id, str) or not _RUN_ID.fullmatch(run_id):
        raise InvalidParameter(
            f"Invalid run id {_short(run_id)}: an id is 1 to 256 letters, digits, underscores and "
            "dashes, and begins with a letter or digit."
        )


def check_experiment_id(experiment_id: object) -> None:
    """Refuse what cannot be an experiment's id.

    Raises:
        InvalidParameter: It is no text, or has a character that no id has.
    """
    if not isinstance(experiment_id, str) or not _EXPERIMENT_ID.fullmatch(experiment_id):
        raise InvalidParameter(
            f"Invalid experiment id {_short(experiment_id)}: an id is 1 to 64 letters, digits, "
            "underscores and dashes, and begins with a letter or digit."
        )


def check_experiment_name(name: object) -> None:
    """Refuse what cannot be an experiment's name.

    Raises:
        InvalidParameter: It is no text, empty or too long.
    """
    if name is None or name == "":
        raise InvalidParameter("An experiment needs a name of at least one character.")
    if not isinstance(name, str):
        raise InvalidParameter(f"An experiment's name is text; {name!r} is {type(name).__name__}.")
    if len(name) > MAX_EXPERIMENT_NAME_LENGTH:
        raise InvalidParameter(
            f"The experiment name {_short(name)} has {len(name)} characters; at most "
            f"{MAX_EXPERIMENT_NAME_LENGTH} are allowed."
        )


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:76] + "...'"
