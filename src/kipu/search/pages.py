"""Page tokens: where the last page ended, by the key of its last row, opaque to callers."""

from __future__ import annotations

import binascii
from base64 import b64decode, urlsafe_b64encode

import msgspec

from kipu.exceptions import InvalidParameter


class PageKey(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The last row of a page: its sort values, and what names it.

    Rows that arrive later and sort before it never shift the next page, as an offset would.
    """

    # (rank, value) for each part of the order, as ``SortValue`` has them.
    sort: tuple[tuple[int, int | float | str | None], ...]
    experiment_id: int
    # The run's number in its experiment; unused where the experiment is the row.
    run_no: int = 0
    # What was asked, as a number, where a token belongs to one search alone.
    search: int = 0


_VERSION = "k1"
_decoder = msgspec.json.Decoder(tuple[str, PageKey], strict=True)


def encode_token(key: PageKey | None) -> str | None:
    """The token of the page after this row; None, there is no such page, for None."""
    if key is None:
        return None
    return urlsafe_b64encode(msgspec.json.encode((_VERSION, key))).rstrip(b"=").decode()


def decode_token(token: str | bytes | None) -> PageKey | None:
    """Read what ``encode_token`` wrote; None, the first page, for None and ``""``.

    Raises:
        InvalidParameter: It is no token.
    """
    if not token:
        return None
    try:
        raw = token.encode("ascii") if isinstance(token, str) else token
        version, key = _decoder.decode(_unpacked(raw))
    except (UnicodeError, binascii.Error, msgspec.MsgspecError) as error:
        raise _invalid() from error
    if version != _VERSION or not _fits(key):
        raise _invalid()
    return key


def _unpacked(raw: bytes) -> bytes:
    return b64decode(raw + b"=" * (-len(raw) % 4), altchars=b"-_", validate=True)


def _fits(key: PageKey) -> bool:
    numbers = [
        key.experiment_id,
        key.run_no,
        key.search,
        *(v for _, v in key.sort if isinstance(v, int)),
    ]
    return all(-(1 << 63) <= number < 1 << 63 for number in numbers)


def _invalid() -> InvalidParameter:
    return InvalidParameter(
        "Invalid page token: pass the token of the previous page as it came, or none for the first"
        " page."
    )
