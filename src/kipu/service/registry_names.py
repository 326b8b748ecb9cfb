"""What may be a name, an alias or a tag in the model registry."""

from __future__ import annotations

import posixpath
import re

from kipu.entities.model_registry import ModelVersionTag, RegisteredModelTag
from kipu.exceptions import InvalidParameter
from kipu.service.names import check_key

MAX_MODEL_NAME_LENGTH = 256
MAX_REGISTERED_MODEL_ALIAS_LENGTH = 255
MAX_MODEL_REGISTRY_TAG_KEY_LENGTH = 250
MAX_MODEL_REGISTRY_TAG_VALUE_LENGTH = 100_000
MAX_LINK_LENGTH = 256
LATEST = "latest"
"""The alias, in any case, that always leads to the highest version."""

_ALIAS = re.compile(r"[\w\-]+")
_VERSION_ALIAS = re.compile(r"[vV]\d+")
_GREATEST = (1 << 63) - 1


def check_model_name(name: object) -> None:
    """Refuse what cannot be the name of a registered model.

    Raises:
        InvalidParameter: It is no text, blank, too long, has a slash or a colon, or would mean
            another folder as a path.
    """
    if not isinstance(name, str) or not name.strip():
        raise InvalidParameter(f"A registered model needs a name that is a text, not {name!r}.")
    if "/" in name or ":" in name:
        raise InvalidParameter(
            f"Invalid model name {name!r}: a name has no slash and no colon, which separate its "
            "parts in models:/ URIs."
        )
    if posixpath.normpath(name) != name or name in (".", ".."):
        raise InvalidParameter(f"Invalid model name {name!r}: as a path it names another folder.")
    if len(name) > MAX_MODEL_NAME_LENGTH:
        raise InvalidParameter(
            f"A model name has {len(name)} characters; at most {MAX_MODEL_NAME_LENGTH} are allowed."
        )


def check_alias(alias: object) -> None:
    """Refuse what cannot be an alias.

    Raises:
        InvalidParameter: It is no text, empty, too long, or has a character that none may have.
    """
    if not isinstance(alias, str) or not _ALIAS.fullmatch(alias):
        raise InvalidParameter(
            f"Invalid alias {alias!r}: an alias is made of letters, digits, underscores and dashes."
        )
    if len(alias) > MAX_REGISTERED_MODEL_ALIAS_LENGTH:
        raise InvalidParameter(
            f"An alias has {len(alias)} characters; at most {MAX_REGISTERED_MODEL_ALIAS_LENGTH} "
            "are allowed."
        )


def check_new_alias(alias: object) -> None:
    """Refuse what cannot be set as an alias; raises like ``check_alias``, and for taken words."""
    check_alias(alias)
    word = str(alias)
    if word.lower() == LATEST or _VERSION_ALIAS.fullmatch(word):
        raise InvalidParameter(
            f"The alias {word!r} is reserved: 'latest' and 'v' with a number mean versions already."
        )


def check_registry_tag(tag: RegisteredModelTag | ModelVersionTag) -> None:
    """Refuse a tag that cannot be stored; nothing is cut.

    Raises:
        InvalidParameter: The key is refused, or the value is no text or too long.
    """
    check_registry_tag_key(tag.key)
    if not isinstance(tag.value, str):
        raise InvalidParameter(f"The value of tag {tag.key!r} must be text, not {tag.value!r}.")
    limit = MAX_MODEL_REGISTRY_TAG_VALUE_LENGTH
    if len(tag.value) > limit:
        raise InvalidParameter(
            f"The value of tag {tag.key!r} has {len(tag.value)} characters; at most {limit} are "
            "allowed."
        )


def check_registry_tag_key(key: object) -> None:
    """Refuse what cannot be the key of a tag; raises like ``check_key``."""
    check_key(key, "tag", MAX_MODEL_REGISTRY_TAG_KEY_LENGTH)


def check_link(what: str, given: str | None) -> None:
    """Refuse the id of a run or model that is longer than any.

    Raises:
        InvalidParameter: It has more characters than an id may have.
    """
    if given is not None and len(given) > MAX_LINK_LENGTH:
        raise InvalidParameter(
            f"{what} has {len(given)} characters; at most {MAX_LINK_LENGTH} are allowed."
        )


def version_number(version: object) -> str:
    """A version in its one spelling, a decimal number.

    Raises:
        InvalidParameter: It is no whole number.
    """
    try:
        number = int(str(version))
    except ValueError:
        raise InvalidParameter(f"A version is a whole number, not {version!r}.") from None
    # Beyond every engine's integers, so nobody's.
    return str(number if abs(number) <= _GREATEST else -1)
