"""Full blocks merged key by key, so that a curve of a run with many keys lies in few of them."""

from __future__ import annotations

import sqlalchemy as sa

from kipu.series.blocks import BLOCK_POINTS, encode_blocks
from kipu.store.sql.fold import FRESH, SETTLED, SIZES, Fold, count_duplicates, read_block
from kipu.store.sql.tail import group

MERGED_AT_ONCE = 32
"""So many blocks become as many others, each with fewer keys and longer stretches of them."""


def plan_merge(db: sa.Connection, experiment_id: int, run_no: int) -> Fold | None:
    """Compute the merge of the oldest full blocks of a run, or None while they are too few.

    A run of many keys spreads each of them over all blocks, a few points in each. After the merge
    a key lies in one or two of 32; every point is rewritten once for that.
    """
    place = {"of_experiment": experiment_id, "of_run": run_no}
    fresh = [
        block_no
        for block_no, count, level in db.execute(SIZES, place)
        if level == FRESH and count == BLOCK_POINTS
    ]
    if len(fresh) < MERGED_AT_ONCE:
        return None
    replaced = fresh[:MERGED_AT_ONCE]
    grouped = group([], [read_block(db, place | {"of_block": block_no}) for block_no in replaced])
    blocks = encode_blocks(grouped)
    dropped = count_duplicates(grouped, blocks)
    return Fold(experiment_id, run_no, {}, {}, replaced, blocks, SETTLED, dropped)
