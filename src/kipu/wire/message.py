"""What requests and answers are made of."""

from __future__ import annotations

import math
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

Int32 = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]
Int64 = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1, extra_json_schema={"format": "int64"})]
Required = Annotated[str, Meta(min_length=1)]
"""Text that must be there: MLflow takes an empty one for a missing one."""

Number = float | str
"""A double of an answer: NaN and infinities are the strings that MLflow uses."""

# The plain decoder takes numbers as text too, but no other spelling, so that a decoded body needs
# no second look: an unknown field may be a known one in camelCase (server/http.py).


class Asked(Struct, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """A request: body or query."""


class Answer(Struct, gc=False, omit_defaults=True):
    """An answer, or a part of one; what has its default is left out, as MLflow does."""


class ErrorAnswer(Struct, gc=False):
    """What went wrong; ``position`` is the character of a filter at fault, counted from 0."""

    error_code: str
    message: str
    position: int | None = None


class Pair(Struct, gc=False):
    """A tag or param; a value that was left out is the empty text."""

    key: str
    value: str = ""


def number(value: float) -> Number:
    """A double as the wire has it."""
    if math.isfinite(value):
        return value
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"


_encoder = msgspec.json.Encoder()


def encode(message: Any) -> bytes:
    """A struct, or plain data, as JSON; numbers must have passed through ``number``."""
    return _encoder.encode(message)


def joined(field: str, documents: list[bytes], token: str | None) -> bytes:
    """A page of stored JSON objects under ``field``, without taking them apart."""
    parts = []
    if documents:
        parts.append(b'"%b":[%b]' % (field.encode(), b",".join(documents)))
    if token:
        parts.append(b'"next_page_token":%b' % _encoder.encode(token))
    return b"{%b}" % b",".join(parts)
