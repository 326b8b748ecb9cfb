"""The 63-bit numbers that stand for names, texts and runs; any client can compute them offline."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

METRIC, PARAM, TAG = 1, 2, 3
"""Values of ``names.kind``."""

PREFIX_LENGTH = 64
"""Characters of a value that stand in ``value_prefix``."""

_TIE_BITS = 20
# What fits beside the tie bits in a signed 64-bit number: until the year 2248.
_LATEST_MS = (1 << (63 - _TIE_BITS)) - 1
_HEX = "0123456789abcdef"


@lru_cache(maxsize=65_536)
def key_id(name: str) -> int:
    """The number of a metric, param or tag name."""
    return _hash(name)


def value_hash(text: str) -> int:
    """The number that stands for a value in an index; compare the text too."""
    return _hash(text)


def value_prefix(text: str) -> str:
    """The beginning of a value, short enough for any engine's index."""
    return text[:PREFIX_LENGTH]


def source_id(model_id: str | None, dataset_name: str | None, dataset_digest: str | None) -> int:
    """The number of a point's model and data set; 0 for a plain point of the run."""
    parts = (model_id, dataset_name, dataset_digest)
    if not any(parts):
        return 0
    # Lengths keep ("ab", "c") and ("a", "bc") apart.
    return _hash("".join(f"{len(part)}:{part}" if part else "-" for part in parts)) or 1


def run_no(start_time_ms: int, run_id: str) -> int:
    """The place of a run in its experiment: greater is newer, ties descend by run id.

    Walking backwards so gives MLflow's order, start time descending and run id ascending. Two runs
    of one millisecond may collide (their ids begin alike): the store then takes the next number
    that is free below.
    """
    start = max(-_LATEST_MS, min(_LATEST_MS, start_time_ms))
    return (start << _TIE_BITS) | (~_leading_bits(run_id) & ((1 << _TIE_BITS) - 1))


def _hash(text: str) -> int:
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def _leading_bits(run_id: str) -> int:
    """The first 20 bits of a hexadecimal id; any other text keeps its place among such ids."""
    head = run_id[: _TIE_BITS // 4].ljust(_TIE_BITS // 4, "0")
    bits = 0
    for place, char in enumerate(head):
        digit = _HEX.find(char)
        left = 4 * (len(head) - place)
        if digit < 0:
            # The first character that is no digit decides all that follow, or order would be lost.
            below = sum(known < char for known in _HEX)
            return (bits << left) + max(0, (below << (left - 4)) - 1)
        bits = (bits << 4) | digit
    return bits
