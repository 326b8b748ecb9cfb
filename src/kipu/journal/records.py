"""The bytes of a journal file: a header, then records; ``docs/design/journal.md`` draws them.

Every record is a multiple of 8 bytes: CRC-32 of what follows it, a mark (size and kind), content.
"""

from __future__ import annotations

import struct
import zlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Self

MAGIC = b"KPJ1"
SUFFIX = ".journal"

POINT, ROW, RUN, SERIES, SHAPE, ROUND, NOTE = 1, 2, 3, 4, 5, 6, 7
POINT_SIZE = 40
POINT_MARK = POINT_SIZE << 8 | POINT
ROUND_SIZE = 32
ROW_HEAD = 32
MAX_SIZE = 1 << 24

# crc, mark | run, series, step, timestamp, value. The CRC comes before the rest.
POINT_BODY = struct.Struct("<IIIqqd")
_ROUND = struct.Struct("<IQQQ")
_HEAD = struct.Struct("<4sIIIQq16s")
_TWO = struct.Struct("<II")
_NUMBER = struct.Struct("<III")
_ABSENT = 0xFFFFFFFF


def sealed(body: bytes) -> bytes:
    """The record: the body behind its CRC."""
    return zlib.crc32(body).to_bytes(4, "little") + body


def row_body(width: int) -> struct.Struct:
    """How the body of a row of ``width`` values is packed."""
    return struct.Struct(f"<IIIqq{width}d")


def row_mark(width: int) -> int:
    """The mark of a row of ``width`` values."""
    return (ROW_HEAD + 8 * width) << 8 | ROW


def _padded(kind: int, content: bytes) -> bytes:
    content += bytes(-len(content) % 8)
    return sealed(((len(content) + 8) << 8 | kind).to_bytes(4, "little") + content)


def text_record(kind: int, number: int, texts: Iterable[str | None]) -> bytes:
    """A record that gives one or more texts a number: a run, a series, or a note."""
    raw = [None if text is None else text.encode("utf-8", "surrogatepass") for text in texts]
    sizes = [_ABSENT if text is None else len(text) for text in raw]
    head = struct.pack(f"<II{len(raw)}I", number, len(raw), *sizes)
    return _padded(kind, head + b"".join(text for text in raw if text is not None))


def read_texts(data: bytes | memoryview, at: int) -> tuple[int, list[str | None]]:
    """What ``text_record`` wrote: the number and the texts."""
    _, number, count = _NUMBER.unpack_from(data, at + 4)
    begin = at + 16 + 4 * count
    texts: list[str | None] = []
    for size in struct.unpack_from(f"<{count}I", data, at + 16):
        if size == _ABSENT:
            texts.append(None)
        else:
            texts.append(bytes(data[begin : begin + size]).decode("utf-8", "surrogatepass"))
            begin += size
    return number, texts


def shape_record(number: int, series: Iterable[int]) -> bytes:
    """A record that gives the columns of a row, as series numbers, a number of their own."""
    columns = list(series)
    return _padded(SHAPE, struct.pack(f"<II{len(columns)}I", number, len(columns), *columns))


def read_shape(data: bytes | memoryview, at: int) -> tuple[int, tuple[int, ...]]:
    """What ``shape_record`` wrote: the number and the series numbers."""
    number, count = _TWO.unpack_from(data, at + 8)
    return number, struct.unpack_from(f"<{count}I", data, at + 16)


def round_record(number: int, begin: int, end: int) -> bytes:
    """A record that says: all before ``begin`` is done, and ``begin`` to ``end`` is one round."""
    return sealed(_ROUND.pack(ROUND_SIZE << 8 | ROUND, number, begin, end))


def read_round(data: bytes | memoryview, at: int) -> tuple[int, int]:
    """Begin and end of a round."""
    _, _, begin, end = _ROUND.unpack_from(data, at + 4)
    return begin, end


class Header:
    """What a file says about itself: who wrote it, when (ms since the Unix epoch), for whom.

    ``boot`` names the machine's start; empty where the system does not tell.
    """

    def __init__(self, writer: int, created: int, boot: bytes, target: str) -> None:
        self.writer, self.created, self.boot, self.target = writer, created, boot, target
        self.size = _HEAD.size + len(target.encode()) + -len(target.encode()) % 8

    def encode(self) -> bytes:
        """The header's bytes."""
        name = self.target.encode()
        rest = _HEAD.pack(MAGIC, 1, 0, self.size, self.writer, self.created, self.boot)[12:]
        rest += name + bytes(-len(name) % 8)
        return _HEAD.pack(MAGIC, 1, zlib.crc32(rest), 0, 0, 0, b"")[:12] + rest

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read a header.

        Raises:
            ValueError: This is no journal, one of a newer version, or a damaged one.
        """
        if len(data) < _HEAD.size or data[:4] != MAGIC:
            raise ValueError("not a journal")
        _, version, crc, size, writer, created, boot = _HEAD.unpack_from(data)
        if version != 1:
            raise ValueError(f"journal of version {version}, which a newer Kipu wrote")
        if not _HEAD.size <= size <= len(data) or zlib.crc32(data[12:size]) != crc:
            raise ValueError("damaged header")
        target = data[_HEAD.size : size].rstrip(b"\0").decode()
        return cls(writer, created, boot.rstrip(b"\0"), target)


def is_intact(data: memoryview, at: int) -> int:
    """The size of the whole record at ``at``, or 0."""
    if at + 8 > len(data):
        return 0
    crc, mark = _TWO.unpack_from(data, at)
    size, kind = mark >> 8, mark & 0xFF
    if not POINT <= kind <= NOTE or size < 16 or size % 8 or at + size > len(data):
        return 0
    return size if zlib.crc32(data[at + 4 : at + size]) == crc else 0


def intact(data: memoryview, at: int) -> Iterator[tuple[int, int, int]]:
    """(offset, size, kind) of every whole record from ``at`` on; damaged bytes are stepped over."""
    while at + 8 <= len(data):
        size = is_intact(data, at)
        if size:
            yield at, size, data[at + 4]
        at += size or 8


def misfit(values: Sequence[object], step: object, time: object) -> str | None:
    """What keeps these from being packed, as a sentence; None when nothing does."""
    places = [("step", "<q", step), ("timestamp", "<q", time)]
    for what, form, number in places + [("value", "<d", value) for value in values]:
        try:
            struct.pack(form, number)
        except (struct.error, OverflowError, TypeError):
            wanted = "a number" if form == "<d" else "a whole number of 64 bits"
            return f"The {what} {number!r} is not {wanted}."
    return None
