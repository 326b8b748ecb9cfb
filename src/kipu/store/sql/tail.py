"""Points of a run that no block holds yet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import sqlalchemy as sa

from kipu.series.blocks import Grouped, SeriesId
from kipu.series.curves import Curve
from kipu.series.points import Points, SeriesName
from kipu.store.sql.keys import key_id, source_id
from kipu.store.sql.tables import metric_tail

_rows = (
    sa.select(metric_tail.c.writer, metric_tail.c.seq, metric_tail.c.points)
    .where(
        metric_tail.c.experiment_id == sa.bindparam("experiment_id"),
        metric_tail.c.run_no == sa.bindparam("run_no"),
    )
    .order_by(metric_tail.c.writer, metric_tail.c.seq)
)


class Tail(NamedTuple):
    """The appends that wait: the last number and the number of appends of each writer."""

    last_seq: dict[int, int]
    appends: dict[int, int]
    batches: list[Points]


def read_tail(db: sa.Connection, experiment_id: int, run_no: int) -> Tail:
    """All that waits for a run."""
    tail = Tail({}, {}, [])
    place = {"experiment_id": experiment_id, "run_no": run_no}
    for writer, seq, data in db.execute(_rows, place):
        tail.last_seq[writer] = seq
        tail.appends[writer] = tail.appends.get(writer, 0) + 1
        tail.batches.append(Points.decode(data))
    return tail


def series_id(series: SeriesName) -> SeriesId:
    """The numbers that stand for a curve."""
    source = source_id(series.model_id, series.dataset_name, series.dataset_digest)
    return SeriesId(key_id(series.key), source)


def group(batches: Iterable[Points], blocks: Iterable[Grouped] = ()) -> Grouped:
    """The points of batches and blocks together, each with the number of its curve."""
    # Blocks first: they are older, and what is in order need not be sorted.
    pieces = [(block.series, block.code, block.points) for block in blocks] + [
        ([series_id(series) for series in batch.series], batch.index, _curve(batch))
        for batch in batches
    ]
    series = sorted({one for piece in pieces for one in piece[0]})
    numbers = {one: number for number, one in enumerate(series)}
    codes = [np.array([numbers[one] for one in own], np.uint32)[code] for own, code, _ in pieces]
    code = np.concatenate(codes) if codes else np.empty(0, np.uint32)
    return Grouped(series, code, Curve.join([points for *_, points in pieces]))


def curves_of_key(batches: Iterable[Points], key: str) -> dict[SeriesId, Curve]:
    """The points of one key, by (step, timestamp, value), for each of its curves."""
    found: dict[SeriesId, list[Curve]] = {}
    for batch in batches:
        for number, series in enumerate(batch.series):
            if series.key == key:
                chosen = _curve(batch)
                if len(batch.series) > 1:
                    chosen = chosen.take(np.flatnonzero(batch.index == number))
                if chosen.size:
                    found.setdefault(series_id(series), []).append(chosen)
    return {one: Curve.join(pieces).arranged() for one, pieces in found.items()}


def _curve(batch: Points) -> Curve:
    return Curve(batch.step, batch.timestamp, batch.value)
