"""Reads curves: what the tail and the blocks have of a key."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import sqlalchemy as sa

from kipu.series.blocks import Directory, Entry, SeriesId, decode_points
from kipu.series.curves import Curve
from kipu.series.overview import Axis, Part, apart
from kipu.store.sql.keys import key_id
from kipu.store.sql.tables import metric_blocks
from kipu.store.sql.tail import curves_of_key, read_tail

_AT_ONCE = 64
"""Blocks whose points one statement reads: some MiB."""

_of_run = sa.and_(
    metric_blocks.c.experiment_id == sa.bindparam("experiment_id"),
    metric_blocks.c.run_no == sa.bindparam("run_no"),
)
_directories = (
    sa.select(metric_blocks.c.block_no, metric_blocks.c.format, metric_blocks.c.directory)
    .where(_of_run)
    .order_by(metric_blocks.c.block_no)
)
_points = sa.select(metric_blocks.c.block_no, metric_blocks.c.format, metric_blocks.c.points).where(
    _of_run, metric_blocks.c.block_no.in_(sa.bindparam("block_nos", expanding=True))
)


class StoredCurves:
    """The curves of one key of a run, at one moment.

    Args:
        db: A read transaction: what leaves the tail between two statements would be seen twice.
        experiment_id: Where the run is.
        run_no: Which one it is.
        key: The name of the metric.
        source_id: Only the curve of this model and data set; None for all.
    """

    def __init__(
        self,
        db: sa.Connection,
        experiment_id: int,
        run_no: int,
        key: str,
        source_id: int | None = None,
    ) -> None:
        self._db = db
        self._place = {"experiment_id": experiment_id, "run_no": run_no}
        self._tail: dict[SeriesId, Curve] = {}
        self.parts: list[Part] = []
        for series, curve in curves_of_key(
            read_tail(db, experiment_id, run_no).batches, key
        ).items():
            if source_id in (None, series.source_id):
                self._tail[series] = curve
                self.parts.append(Part(_entry(series, curve)))
        for block_no, block_format, data in db.execute(_directories, self._place):
            directory = Directory.decode(data, block_format)
            for entry in directory.entries(key_id(key)):
                if source_id in (None, entry.series.source_id):
                    self.parts.append(Part(entry, directory, block_no))
        self.parts.sort(key=lambda part: (part.first, part.last))

    def load(self, parts: Sequence[Part]) -> list[Curve]:
        """The points of parts."""
        wanted = iter(sorted({part.block_no for part in parts if part.directory}))
        blocks: dict[int, Curve] = {}
        while block_nos := list(islice(wanted, _AT_ONCE)):
            for block_no, block_format, data in self._db.execute(
                _points, self._place | {"block_nos": block_nos}
            ):
                blocks[block_no] = decode_points(data, block_format)
        return [self._slice(part, blocks) for part in parts]

    def by_source(self, from_ms: int | None = None, count: int | None = None) -> dict[int, Curve]:
        """All points, for each model and data set.

        With a time and a count at least so many of the points after that time, if there are as
        many, and all of its own millisecond; the rest is left out where that is easy.
        """
        found: dict[int, list[Curve]] = {}
        parts = self.parts if count is None else self._excerpt(from_ms, count)
        for part, curve in zip(parts, self.load(parts), strict=True):
            found.setdefault(part.entry.series.source_id, []).append(curve)
        return {source: Curve.join(pieces).arranged() for source, pieces in found.items()}

    def _excerpt(self, from_ms: int | None, count: int) -> list[Part]:
        sources = {part.entry.series for part in self.parts}
        if len(sources) != 1 or not apart(self.parts, Axis(by_time=True)):
            return self.parts  # the order of time is not that of the parts
        later = [part for part in self.parts if from_ms is None or part.last[1] >= from_ms]
        excerpt: list[Part] = []
        held = 0
        for part in later:
            # What the time begins in the midst of, or ends with, may hold nothing after it.
            if from_ms is None or part.first[1] > from_ms:
                held += part.entry.count
            excerpt.append(part)
            if held >= count:
                break
        return excerpt

    def _slice(self, part: Part, blocks: dict[int, Curve]) -> Curve:
        entry = part.entry
        if part.directory is None:
            return self._tail[entry.series]
        return blocks[part.block_no].take(slice(entry.start, entry.start + entry.count))


def _entry(series: SeriesId, curve: Curve) -> Entry:
    """The directory entry that a curve of the tail would have."""
    return Entry(
        series, 0, curve.size,
        int(curve.step[0]), int(curve.step[-1]),
        int(curve.timestamp[0]), int(curve.timestamp[-1]),
        bool((curve.timestamp[1:] >= curve.timestamp[:-1]).all()),
        0, 0,
    )  # fmt: skip
