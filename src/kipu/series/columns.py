"""Columns of numbers as bytes: each one chunk of pcodec, or as it is where that is smaller."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from pcodec import ChunkConfig, standalone

Column = npt.NDArray[Any]

_HEAD = struct.Struct("<BI")
_RAW, _PCODEC = 0, 1
# Level 8, pcodec's default, takes three times as long for two per cent less (docs/design).
_CONFIG = ChunkConfig(compression_level=4)


def pack(columns: Sequence[Column]) -> bytes:
    """The columns one after the other, each behind its coding and its size in bytes."""
    parts: list[bytes] = []
    for column in columns:
        raw = np.ascontiguousarray(column)
        coding, data = _RAW, raw.astype(raw.dtype.newbyteorder("<"), copy=False).tobytes()
        if len(raw) > 2:
            packed = standalone.simple_compress(raw, _CONFIG)
            if len(packed) < len(data):
                coding, data = _PCODEC, packed
        parts += (_HEAD.pack(coding, len(data)), data)
    return b"".join(parts)


def unpack(data: bytes, types: Sequence[str], at: int = 0) -> list[Column]:
    """Read what ``pack`` wrote; ``types`` are NumPy's names, such as ``<i8``.

    Raises:
        ValueError: The bytes are cut off, or coded in a way that this version does not know.
    """
    columns: list[Column] = []
    for kind in types:
        if len(data) < at + _HEAD.size:
            raise ValueError("The block is cut off.")
        coding, size = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        if len(data) < at + size:
            raise ValueError("The block is cut off.")
        if coding == _RAW:
            column: Column = np.frombuffer(data, kind, size // np.dtype(kind).itemsize, at)
        elif coding == _PCODEC:
            column = standalone.simple_decompress(data[at : at + size])
        else:
            raise ValueError(f"A column of the block is coded as {coding}: update Kipu.")
        columns.append(column)
        at += size
    return columns
