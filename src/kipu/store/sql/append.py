"""Points on their way in: the tail, and what each curve's newest point is."""

from __future__ import annotations

from functools import lru_cache
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from kipu.exceptions import Unavailable
from kipu.series.latest import latest
from kipu.series.points import Points
from kipu.store.sql.access import now_ms
from kipu.store.sql.keys import METRIC, key_id, source_id
from kipu.store.sql.model_points import write_model_points
from kipu.store.sql.names import Names
from kipu.store.sql.tables import latest_metrics, metric_tail, metric_writers

UNCOUNTED = 0
"""The writer of appends that nobody will send again; those who count have a number above."""

_writer: dict[str, sa.BindParameter[int]] = {
    "experiment_id": sa.bindparam("experiment_id"),
    "run_no": sa.bindparam("run_no"),
    "writer": sa.bindparam("writer"),
}
_folded = sa.select(metric_writers.c.folded_seq).where(
    *(metric_writers.c[name] == value for name, value in _writer.items())
)
_waiting = sa.select(sa.func.max(metric_tail.c.seq)).where(
    *(metric_tail.c[name] == value for name, value in _writer.items())
)
_last_seq = sa.select(
    sa.func.coalesce(_folded.scalar_subquery(), 0), sa.func.coalesce(_waiting.scalar_subquery(), 0)
)
# An append that was folded is in no row of the tail any more; ``metric_writers`` remembers it.
_columns = ("experiment_id", "run_no", "writer", "seq", "count", "appended", "points")
_arrive = (
    insert(metric_tail)
    .from_select(
        _columns,
        sa.select(*(sa.bindparam(name, type_=metric_tail.c[name].type) for name in _columns)).where(
            sa.not_(sa.exists(_folded.where(metric_writers.c.folded_seq >= sa.bindparam("seq"))))
        ),
    )
    .on_conflict_do_nothing()
)


def next_seq(db: sa.Connection, experiment_id: int, run_no: int, writer: int) -> int:
    """The number of a writer's next append to a run; true until the transaction ends."""
    place = {"experiment_id": experiment_id, "run_no": run_no, "writer": writer}
    folded, waiting = db.execute(_last_seq, place).one()
    return int(max(folded, waiting)) + 1


def log_points(
    db: sa.Connection, names: Names, experiment_id: int, run_no: int, points: Points
) -> None:
    """Append points that nobody will send again to an active run, in a write transaction.

    The number of the append is taken inside the transaction: what lies at or below the last one
    that was folded is ignored, so a number chosen before could lose its points.
    """
    seq = next_seq(db, experiment_id, run_no, UNCOUNTED)
    if not write_points(db, names, experiment_id, run_no, UNCOUNTED, seq, points) and len(points):
        raise Unavailable("Another write took this append's number; try again.")


def write_points(
    db: sa.Connection,
    names: Names,
    experiment_id: int,
    run_no: int,
    writer: int,
    seq: int,
    points: Points,
) -> bool:
    """Append points to an active run, in a write transaction; False if the store had them.

    For a sender that counts its appends and sends them one after the other.
    """
    if not len(points):
        return False
    place = (experiment_id, run_no, writer)
    row = (*place, seq, len(points), now_ms(), points.encode(), *place, seq)
    if db.exec_driver_sql(_text(_arrive, db.dialect), row).rowcount == 0:
        return False
    names.note(db, experiment_id, {(METRIC, series.key) for series in points.series})
    _supersede(db, experiment_id, run_no, points)
    write_model_points(db, experiment_id, run_no, points, all_known=writer == UNCOUNTED)
    return True


_new = insert(latest_metrics)
_old = latest_metrics.c
_place = (_old.experiment_id, _old.run_no, _old.key_id, _old.source_id)
_newer = sa.tuple_(_new.excluded.step, _new.excluded.timestamp, _new.excluded.value) > sa.tuple_(
    _old.step, _old.timestamp, _old.value
)
_upsert = _new.on_conflict_do_update(
    index_elements=_place,
    set_={
        name: sa.case((_newer, _new.excluded[name]), else_=_old[name])
        for name in ("kind", "value", "step", "timestamp")
    }
    | {
        "count": _old.count + _new.excluded.count,
        # Either side is NULL while it has seen no number.
        "min": sa.func.min(
            sa.func.coalesce(_old.min, _new.excluded.min),
            sa.func.coalesce(_new.excluded.min, _old.min),
        ),
        "max": sa.func.max(
            sa.func.coalesce(_old.max, _new.excluded.max),
            sa.func.coalesce(_new.excluded.max, _old.max),
        ),
    },
)
_of_run = sa.and_(
    _old.experiment_id == sa.bindparam("of_experiment"), _old.run_no == sa.bindparam("of_run")
)
_sourced = sa.select(sa.exists().where(_of_run, _old.source_id != sa.literal_column("0")))
_other = latest_metrics.alias("other")
_elect = (
    latest_metrics.update()
    .where(_of_run, _old.key_id == sa.bindparam("of_key"))
    .values(
        is_latest=sa.not_(
            sa.exists().where(
                _other.c.experiment_id == _old.experiment_id,
                _other.c.run_no == _old.run_no,
                _other.c.key_id == _old.key_id,
                sa.tuple_(_other.c.step, _other.c.timestamp, _other.c.value, _other.c.source_id)
                > sa.tuple_(_old.step, _old.timestamp, _old.value, _old.source_id),
            )
        )
    )
)


def _supersede(db: sa.Connection, experiment_id: int, run_no: int, points: Points) -> None:
    """Bring ``latest_metrics`` up to date."""
    # In order of the table's key, so that two transactions cannot wait for each other.
    rows = sorted(_latest_rows(experiment_id, run_no, points), key=itemgetter(2, 3))
    # As plain tuples: SQLAlchemy's handling of named values costs twice what SQLite does.
    db.exec_driver_sql(_text(_upsert, db.dialect), rows)
    sourced = (
        any(row[3] for row in rows)
        or db.exec_driver_sql(_text(_sourced, db.dialect), (experiment_id, run_no)).scalar()
    )
    if sourced:  # else each key has one row, and that is its newest
        place = {"of_experiment": experiment_id, "of_run": run_no}
        db.execute(_elect, [place | {"of_key": key} for key in sorted({row[2] for row in rows})])


def _latest_rows(experiment_id: int, run_no: int, points: Points) -> list[tuple[Any, ...]]:
    """Rows of ``latest_metrics`` in the order of its columns; its key comes first."""
    rows = []
    for number, count, kind, value, step, timestamp, least, most in latest(points):
        key, model_id, dataset_name, dataset_digest = points.series[number]
        source = source_id(model_id, dataset_name, dataset_digest)
        rows.append(
            (
                experiment_id, run_no, key_id(key), source,
                model_id, dataset_name, dataset_digest,
                kind, value, step, timestamp, count, least, most, True,
            )
        )  # fmt: skip
    return rows


@lru_cache(maxsize=32)
def _text(statement: sa.ClauseElement, dialect: sa.Dialect) -> str:
    """A statement for values that come as tuples, in the order in which it names them."""
    return str(statement.compile(dialect=dialect))
