"""A batch of points of one run, as columns: what the journal sends and the store's tail keeps."""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from kipu.entities import Metric

MAGIC = b"KP1\0"
_HEAD = struct.Struct("<4sII")
_step_of, _timestamp_of, _value_of = map(attrgetter, ("step", "timestamp", "value"))


class SeriesName(NamedTuple):
    """What tells one curve of a run from another."""

    key: str
    model_id: str | None = None
    dataset_name: str | None = None
    dataset_digest: str | None = None


class Points(NamedTuple):
    """Points of one run in order of arrival; the four columns have one length.

    ``series[index[i]]`` names the curve of point ``i``; ``timestamp`` is in ms since the Unix
    epoch.
    """

    series: list[SeriesName]
    index: npt.NDArray[np.uint32]  # type: ignore[assignment]  # hides tuple.index
    step: npt.NDArray[np.int64]
    timestamp: npt.NDArray[np.int64]
    value: npt.NDArray[np.float64]

    @classmethod
    def from_metrics(cls, metrics: Sequence[Metric]) -> Points:
        """The batch that holds these points."""
        # Column by column, mostly in C: a server's speed hangs on this.
        names = [
            (metric.key, metric.model_id, metric.dataset_name, metric.dataset_digest)
            for metric in metrics
        ]
        numbers: defaultdict[tuple[str, str | None, str | None, str | None], int] = defaultdict()
        numbers.default_factory = numbers.__len__  # a name's number is how many came before it
        size = len(names)
        index = np.fromiter(map(numbers.__getitem__, names), np.uint32, size)
        return cls(
            [SeriesName(*name) for name in numbers],
            index,
            np.fromiter(map(_step_of, metrics), np.int64, size),
            np.fromiter(map(_timestamp_of, metrics), np.int64, size),
            np.fromiter(map(_value_of, metrics), np.float64, size),
        )

    def metrics(self, run_id: str | None = None) -> Iterable[Metric]:
        """The points one by one."""
        columns = zip(
            self.index.tolist(), self.step.tolist(), self.timestamp.tolist(), self.value.tolist(),
            strict=True,
        )  # fmt: skip
        for number, step, timestamp, value in columns:
            key, model_id, dataset_name, dataset_digest = self.series[number]
            yield Metric(
                key, value, timestamp, step, model_id, dataset_name, dataset_digest, run_id
            )

    def __len__(self) -> int:  # the number of points, not of columns
        return len(self.index)

    def encode(self) -> bytes:
        """The batch as bytes: magic, sizes, names as JSON, then the columns, little-endian."""
        names = msgspec.json.encode(self.series)
        head = _HEAD.pack(MAGIC, len(names), len(self.index))
        columns = (
            self.step.astype("<i8", copy=False),
            self.timestamp.astype("<i8", copy=False),
            self.value.astype("<f8", copy=False),
            self.index.astype("<u4", copy=False),
        )
        return b"".join((head, names, *(column.tobytes() for column in columns)))

    @classmethod
    def decode(cls, data: bytes) -> Points:
        """Read what ``encode`` wrote.

        Raises:
            ValueError: The bytes are not a batch, are cut off, or point outside the names.
        """
        if len(data) < _HEAD.size:
            raise ValueError("The batch is shorter than its head.")
        magic, names_size, count = _HEAD.unpack_from(data)
        if magic != MAGIC:
            raise ValueError("The batch does not begin with KP1.")
        at = _HEAD.size + names_size
        if len(data) != at + count * 28:
            raise ValueError(f"The batch has {len(data)} bytes, not {at + count * 28}.")
        try:
            series = msgspec.json.decode(data[_HEAD.size : at], type=list[SeriesName])
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ValueError(f"The names of the batch: {error}") from None
        step = np.frombuffer(data, "<i8", count, at)
        timestamp = np.frombuffer(data, "<i8", count, at + count * 8)
        value = np.frombuffer(data, "<f8", count, at + count * 16)
        index = np.frombuffer(data, "<u4", count, at + count * 24)
        if count and int(index.max()) >= len(series):
            raise ValueError("A point of the batch names a series that is not there.")
        return cls(series, index, step, timestamp, value)
