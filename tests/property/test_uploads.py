"""An upload, however it is broken off, ends with exactly the bytes that were sent."""

from __future__ import annotations

import hashlib
import io
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from kipu.blobs.content import ContentIndex, Sketch
from kipu.blobs.local import LocalBlobs
from kipu.blobs.uploads import Conflict, Uploads
from kipu.exceptions import InvalidParameter


class Part(NamedTuple):
    """One request: from where it claims to go on, how much it sends, where its connection ends."""

    shift: int
    length: int
    breaks_at: int | None
    restarts_server: bool


parts = st.builds(
    Part,
    st.sampled_from([0, 0, 0, -1, 1, 50]),
    st.integers(0, 400),
    st.none() | st.integers(0, 400),
    st.booleans(),
)


class Breaking(io.BytesIO):
    """A body whose connection ends after some bytes, perhaps."""

    def __init__(self, data: bytes, breaks_at: int | None) -> None:
        super().__init__(data if breaks_at is None else data[:breaks_at])
        self._breaks = breaks_at is not None

    def read(self, size: int | None = -1) -> bytes:
        chunk = super().read(min(size or 64, 64))
        if not chunk and self._breaks:
            raise InvalidParameter("The upload was cut off.")
        return chunk


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=1000), st.lists(parts, max_size=12))
def test_what_is_finished_is_what_was_sent(data: bytes, requests: list[Part]) -> None:
    sketch = Sketch.of(io.BytesIO(data))
    with tempfile.TemporaryDirectory() as folder:
        blobs = LocalBlobs(Path(folder), content=ContentIndex(Path(folder)))
        uploads = fresh(blobs)
        for part in requests:
            if part.restarts_server:
                uploads = fresh(blobs)
            at = uploads.begin("f", sketch).offset
            begin = at + part.shift
            sent = data[max(begin, 0) : max(begin, 0) + part.length]
            with suppress(InvalidParameter, Conflict):
                uploads.append("f", sketch, begin, Breaking(sent, part.breaks_at))
            expected = len(sent if part.breaks_at is None else sent[: part.breaks_at])
            assert uploads.begin("f", sketch).offset == at + (expected if not part.shift else 0)
            assert blobs.list() == []
        at = uploads.begin("f", sketch).offset
        uploads.append("f", sketch, at, io.BytesIO(data[at:]))
        uploads.finish("f", sketch, hashlib.sha256(data).hexdigest())
        assert b"".join(blobs.open("f").chunks) == data


@settings(max_examples=50, deadline=None)
@given(st.binary(min_size=1, max_size=1000), st.data())
def test_a_changed_byte_is_refused(data: bytes, draw: st.DataObject) -> None:
    at = draw.draw(st.integers(0, len(data) - 1))
    wrong = data[:at] + bytes([data[at] ^ draw.draw(st.integers(1, 255))]) + data[at + 1 :]
    sketch = Sketch.of(io.BytesIO(data))
    with tempfile.TemporaryDirectory() as folder:
        blobs = LocalBlobs(Path(folder), content=ContentIndex(Path(folder)))
        uploads = fresh(blobs)
        uploads.append("f", sketch, 0, io.BytesIO(wrong))
        with suppress(InvalidParameter):
            uploads.finish("f", sketch, hashlib.sha256(data).hexdigest())
            raise AssertionError("The damage was not seen.")
        assert blobs.list() == []
        assert uploads.begin("f", sketch).offset == 0


def fresh(blobs: LocalBlobs) -> Uploads:
    """What a server that was just started knows of its uploads."""
    assert blobs.content is not None
    return Uploads(blobs, blobs.content)
