"""From the tail into blocks: what waits is sorted, compressed and merged with small blocks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from kipu.series.blocks import (
    BLOCK_POINTS,
    FORMAT,
    Directory,
    EncodedBlock,
    Grouped,
    decode_points,
    encode_blocks,
)
from kipu.store.sql.tables import latest_metrics, metric_blocks, metric_tail, metric_writers
from kipu.store.sql.tail import group, read_tail

FOLD_SIZE = BLOCK_POINTS
"""A tail of this size is worth a fold."""

APPEND_SIZE = 16
"""What an append adds to that size beside its points: it costs a reader as much as so many."""


FRESH, SETTLED = 0, 1
"""Levels of blocks: a settled one holds one curve, or long stretches of each, and stays."""


class Stale(Exception):  # noqa: N818 - a turn of events, not an error
    """What a fold was computed from has changed since; the fold is void."""


class Fold(NamedTuple):
    """A fold, computed and not yet written."""

    experiment_id: int
    run_no: int
    last_seq: dict[int, int]
    appends: dict[int, int]
    replaced: list[int]
    blocks: list[EncodedBlock]
    level: int
    duplicates: dict[tuple[int, int], int]


def _of_run(table: sa.Table) -> sa.ColumnElement[bool]:
    return sa.and_(
        table.c.experiment_id == sa.bindparam("of_experiment"),
        table.c.run_no == sa.bindparam("of_run"),
    )


_tail_size = sa.select(
    sa.func.count(), sa.func.coalesce(sa.func.sum(metric_tail.c["count"]), 0)
).where(_of_run(metric_tail))
SIZES = (
    sa.select(metric_blocks.c.block_no, metric_blocks.c["count"], metric_blocks.c.level)
    .where(_of_run(metric_blocks))
    .order_by(metric_blocks.c.block_no)
)
_last_block_no = sa.select(sa.func.coalesce(sa.func.max(metric_blocks.c.block_no), 0)).where(
    _of_run(metric_blocks)
)
_block = sa.and_(_of_run(metric_blocks), metric_blocks.c.block_no == sa.bindparam("of_block"))
_read_block = sa.select(
    metric_blocks.c.format, metric_blocks.c.directory, metric_blocks.c.points
).where(_block)
_drop_block = metric_blocks.delete().where(_block)
_drop_tail = metric_tail.delete().where(
    _of_run(metric_tail),
    metric_tail.c.writer == sa.bindparam("of_writer"),
    metric_tail.c.seq <= sa.bindparam("last_seq"),
)
_new_writer = insert(metric_writers)
_remember = _new_writer.on_conflict_do_update(
    index_elements=[
        metric_writers.c.experiment_id, metric_writers.c.run_no, metric_writers.c.writer
    ],
    set_={"folded_seq": _new_writer.excluded.folded_seq},
)  # fmt: skip
_count_off = (
    latest_metrics.update()
    .where(
        _of_run(latest_metrics),
        latest_metrics.c.key_id == sa.bindparam("of_key"),
        latest_metrics.c.source_id == sa.bindparam("of_source"),
    )
    .values(count=latest_metrics.c["count"] - sa.bindparam("dropped"))
)
_idle = (
    sa.select(metric_tail.c.experiment_id, metric_tail.c.run_no)
    .group_by(metric_tail.c.experiment_id, metric_tail.c.run_no)
    .having(sa.func.max(metric_tail.c.appended) <= sa.bindparam("before"))
)


def wants_fold(db: sa.Connection, experiment_id: int, run_no: int) -> bool:
    """Whether a run's tail is worth a fold."""
    place = {"of_experiment": experiment_id, "of_run": run_no}
    appends, points = db.execute(_tail_size, place).one()
    return bool(points + APPEND_SIZE * appends >= FOLD_SIZE)


def idle_runs(db: sa.Connection, before_ms: int) -> list[tuple[int, int]]:
    """Runs with points in the tail, all of them appended before a time."""
    return [(row[0], row[1]) for row in db.execute(_idle, {"before": before_ms})]


def fold_run(db: sa.Connection, experiment_id: int, run_no: int) -> None:
    """Fold a run's whole tail inside a write transaction, as at the end of the run."""
    fold = plan_fold(db, experiment_id, run_no, final=True)
    if fold is not None:
        apply_fold(db, fold)


def plan_fold(
    db: sa.Connection, experiment_id: int, run_no: int, *, final: bool = False
) -> Fold | None:
    """Compute a fold, or None where nothing waits; needs no write transaction.

    A small block is taken along once what joins it is half its size, so that a slow run rewrites
    each point a few times and not at every fold. ``final`` takes along all small blocks.
    """
    tail = read_tail(db, experiment_id, run_no)
    place = {"of_experiment": experiment_id, "of_run": run_no}
    sizes = [(block.block_no, block[1]) for block in db.execute(SIZES, place)]
    fresh = sum(len(batch) for batch in tail.batches)
    replaced = _small_enough(sizes, fresh, final=final)
    if not tail.batches and len(replaced) < 2:
        return None
    old = [read_block(db, place | {"of_block": block_no}) for block_no in sorted(replaced)]
    grouped = group(tail.batches, old)
    blocks = encode_blocks(grouped)
    return Fold(
        experiment_id, run_no, tail.last_seq, tail.appends, replaced,
        blocks, FRESH, count_duplicates(grouped, blocks),
    )  # fmt: skip


def apply_fold(db: sa.Connection, fold: Fold) -> None:
    """Write a fold.

    Raises:
        Stale: Tail or blocks changed since; roll back.
    """
    place = {"of_experiment": fold.experiment_id, "of_run": fold.run_no}
    for writer, last_seq in fold.last_seq.items():
        found = db.execute(_drop_tail, place | {"of_writer": writer, "last_seq": last_seq})
        if found.rowcount != fold.appends[writer]:
            raise Stale
    # No number is given twice: a reader may still go by what it read of a block that is no more.
    first_block_no = 1 + db.execute(_last_block_no, place).scalar_one()
    for block_no in fold.replaced:
        if db.execute(_drop_block, place | {"of_block": block_no}).rowcount != 1:
            raise Stale
    run = {"experiment_id": fold.experiment_id, "run_no": fold.run_no}
    if fold.last_seq:
        db.execute(
            _remember,
            [run | {"writer": one, "folded_seq": last} for one, last in fold.last_seq.items()],
        )
    db.execute(
        metric_blocks.insert(),
        [
            run | {"block_no": first_block_no + at, "format": FORMAT,
                   "level": SETTLED if block.series_count == 1 else fold.level,
                   "count": block.count, "directory": block.directory, "points": block.points}
            for at, block in enumerate(fold.blocks)
        ],
    )  # fmt: skip
    if fold.duplicates:
        db.execute(
            _count_off,
            [
                place | {"of_key": key_id, "of_source": source_id, "dropped": dropped}
                for (key_id, source_id), dropped in fold.duplicates.items()
            ],
        )


def _small_enough(sizes: list[tuple[int, int]], joining: int, *, final: bool) -> list[int]:
    """Which blocks to take along, the smallest first."""
    taken = []
    for count, block_no in sorted((count, block_no) for block_no, count in sizes):
        if count >= BLOCK_POINTS or (not final and count > 2 * joining):
            break
        taken.append(block_no)
        joining += count
    return taken


def read_block(db: sa.Connection, place: dict[str, int]) -> Grouped:
    """The points of one block."""
    row = db.execute(_read_block, place).one()
    entries = list(Directory.decode(row.directory, row.format).entries())
    counts = [entry.count for entry in entries]
    code = np.repeat(np.arange(len(entries), dtype=np.uint32), counts)
    return Grouped([entry.series for entry in entries], code, decode_points(row.points, row.format))


def count_duplicates(grouped: Grouped, blocks: list[EncodedBlock]) -> dict[tuple[int, int], int]:
    """How many points of each curve the blocks lack."""
    if sum(block.count for block in blocks) == grouped.points.size:
        return {}
    missing = dict(enumerate(np.bincount(grouped.code, minlength=len(grouped.series)).tolist()))
    numbers = {series: number for number, series in enumerate(grouped.series)}
    for block in blocks:
        for entry in Directory.decode(block.directory).entries():
            missing[numbers[entry.series]] -= entry.count
    return {grouped.series[number]: count for number, count in missing.items() if count}
