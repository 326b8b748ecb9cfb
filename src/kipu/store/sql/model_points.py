"""The points that name logged models, in a table of their own beside the curves of their runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from kipu.entities import Metric
from kipu.exceptions import MlflowException
from kipu.series.latest import NAN, as_stored
from kipu.series.points import Points
from kipu.store.sql.keys import source_id
from kipu.store.sql.tables import logged_model_metrics as table
from kipu.store.sql.tables import model_directory, runs

_AT_ONCE = 500

_these: sa.BindParameter[str] = sa.bindparam("these_models", expanding=True)
_homes = sa.select(model_directory.c.model_id, model_directory.c.experiment_id).where(
    model_directory.c.model_id.in_(_these)
)
_run_id = sa.select(runs.c.run_id).where(
    runs.c.experiment_id == sa.bindparam("of_experiment"), runs.c.run_no == sa.bindparam("of_run")
)
# A point that is there already is the same point: its value is part of the key.
WRITE_POINTS = insert(table).on_conflict_do_nothing()
_of_models = (
    sa.select(
        table.c.model_id, table.c.key, table.c.kind, table.c.value, table.c.timestamp,
        table.c.step, table.c.dataset_name, table.c.dataset_digest, table.c.run_id,
    )
    .where(table.c.experiment_id == sa.bindparam("of_experiment"), table.c.model_id.in_(_these))
    .order_by(table.c.model_id, table.c.key, table.c.timestamp, table.c.step, table.c.run_id)
)  # fmt: skip


def homes(db: sa.Connection, model_ids: Sequence[str]) -> dict[str, int]:
    """The experiments of those models that are there, deleted ones among them."""
    found: dict[str, int] = {}
    for at in range(0, len(model_ids), _AT_ONCE):
        rows = db.execute(_homes, {"these_models": model_ids[at : at + _AT_ONCE]})
        found |= {row[0]: row[1] for row in rows}
    return found


def write_model_points(
    db: sa.Connection, experiment_id: int, run_no: int, points: Points, *, all_known: bool
) -> None:
    """Keep those points of a run that name a model.

    Args:
        db: A connection in a write transaction.
        experiment_id: The run's experiment.
        run_no: The run.
        points: Its points, with models and without.
        all_known: Whether a model that is not there is an error. A journal's points come too late
            for that, and are the run's as well: there it is passed over.

    Raises:
        MlflowException: A model is not there (BAD_REQUEST).
    """
    named = list(dict.fromkeys(one.model_id for one in points.series if one.model_id))
    if not named:
        return
    known = homes(db, named)
    if all_known and len(known) < len(named):
        unknown = ", ".join(one for one in named if one not in known)
        raise MlflowException(f"No logged model has the ID {unknown}.", "BAD_REQUEST")
    place = {"of_experiment": experiment_id, "of_run": run_no}
    run_id = db.execute(_run_id, place).scalar_one()
    kinds, values = as_stored(points.value)
    columns = (points.index, points.timestamp, points.step, kinds, values)
    rows = []
    for number, timestamp, step, kind, value in zip(*(c.tolist() for c in columns), strict=True):
        key, model_id, dataset_name, dataset_digest = points.series[number]
        if model_id in known:
            rows.append({
                "experiment_id": known[model_id],
                "model_id": model_id,
                "key": key,
                "timestamp": timestamp,
                "step": step,
                "run_id": run_id,
                "source_id": source_id(model_id, dataset_name, dataset_digest),
                "kind": kind,
                "value": value,
                "dataset_name": dataset_name,
                "dataset_digest": dataset_digest,
            })  # fmt: skip
    if rows:
        db.execute(WRITE_POINTS, rows)


def model_points(
    db: sa.Connection, experiment_id: int, model_ids: Sequence[str]
) -> dict[str, list[Metric]]:
    """All points of some models, by key, time, step and run; models without any are left out."""
    found: defaultdict[str, list[Metric]] = defaultdict(list)
    wanted = {"of_experiment": experiment_id, "these_models": model_ids}
    rows = db.execute(_of_models, wanted).all()
    for model_id, key, kind, value, timestamp, step, name, digest, run_id in rows:
        # Infinities are kept, and shown, as the largest double: MLflow knows no others.
        number = float("nan") if kind == NAN else value
        found[model_id].append(Metric(key, number, timestamp, step, model_id, name, digest, run_id))
    return found
