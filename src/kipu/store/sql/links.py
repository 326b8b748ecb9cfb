"""What runs read and made: data sets and logged models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from kipu.entities import DatasetInput, LoggedModelInput, LoggedModelOutput
from kipu.exceptions import MlflowException
from kipu.store.sql.access import SqlAccess, experiment_number
from kipu.store.sql.keys import source_id
from kipu.store.sql.tables import datasets as dataset_table
from kipu.store.sql.tables import run_links, runs
from kipu.store.views import DatasetUse
from kipu.wire import runs as wire
from kipu.wire.message import Pair, encode

DATASET, MODEL_READ, MODEL_MADE = 1, 2, 3
"""Values of ``run_links.kind``."""

CONTEXT_TAG = "mlflow.data.context"
_MOST_USES = 1_000

_write_datasets = insert(dataset_table).on_conflict_do_nothing()
_write_links = insert(run_links).on_conflict_do_nothing()
_of: sa.BindParameter[int] = sa.bindparam("of_experiment")
_of_dataset = sa.and_(
    dataset_table.c.experiment_id == run_links.c.experiment_id,
    dataset_table.c.dataset_id == sa.cast(run_links.c.target, sa.BigInteger),
)
_last_position = sa.select(sa.func.coalesce(sa.func.max(run_links.c.position), 0)).where(
    run_links.c.experiment_id == _of, run_links.c.run_no == sa.bindparam("of_run")
)
_links = (
    sa.select(
        run_links.c.run_no, run_links.c.kind, run_links.c.target, run_links.c.step,
        run_links.c.tags, dataset_table,
    )
    .outerjoin(dataset_table, sa.and_(run_links.c.kind == DATASET, _of_dataset))
    .where(
        run_links.c.experiment_id == _of,
        run_links.c.run_no.in_(sa.bindparam("these_runs", expanding=True)),
    )
    .order_by(run_links.c.run_no, run_links.c.position)
)  # fmt: skip
_uses = (
    sa.select(
        dataset_table.c.experiment_id, dataset_table.c.name, dataset_table.c.digest,
        run_links.c.tags,
    )
    .join(run_links, sa.and_(run_links.c.kind == DATASET, _of_dataset))
    .join(
        runs,
        sa.and_(
            runs.c.experiment_id == run_links.c.experiment_id,
            runs.c.run_no == run_links.c.run_no,
            runs.c.lifecycle_stage == "active",
        ),
    )
    .where(run_links.c.experiment_id.in_(sa.bindparam("of_experiments", expanding=True)))
    .distinct()
)  # fmt: skip


class SqlLinks(SqlAccess):
    """Keeps what ``RunStore`` promises about inputs and outputs."""

    def log_inputs(
        self,
        run_id: str,
        datasets: Sequence[DatasetInput],
        models: Sequence[LoggedModelInput],
    ) -> None:
        """See ``RunStore``."""

        def write(db: sa.Connection) -> None:
            write_inputs(db, *self._change(db, run_id), datasets, models)

        self._write(write)

    def log_outputs(self, run_id: str, models: Sequence[LoggedModelOutput]) -> None:
        """See ``RunStore``."""

        def write(db: sa.Connection) -> None:
            if write_outputs(db, *self._change(db, run_id), models) < len(models):
                raise MlflowException(
                    f"One of the models {', '.join(model.model_id for model in models)} is an "
                    f"output of run {run_id} already; log each once.",
                    "BAD_REQUEST",
                )

        self._write(write)

    def search_datasets(self, experiment_ids: Sequence[str]) -> list[DatasetUse]:
        """See ``ViewStore``."""
        numbers = {experiment_number(one) for one in experiment_ids}
        with self._read() as db:
            rows = db.execute(_uses, {"of_experiments": sorted(numbers)}).all()
        uses = {
            DatasetUse(str(number), name, digest, msgspec.json.decode(tags).get(CONTEXT_TAG))
            for number, name, digest, tags in rows
        }
        return sorted(uses, key=lambda use: tuple(map(str, use)))[:_MOST_USES]


def write_inputs(
    db: sa.Connection,
    experiment_id: int,
    run_no: int,
    datasets: Sequence[DatasetInput],
    models: Sequence[LoggedModelInput],
) -> None:
    """Link data sets and models that a run read."""
    links = [_dataset_link(given) for given in datasets]
    links += [_link(MODEL_READ, model.model_id) for model in models]
    if datasets:
        db.execute(_write_datasets, [_dataset_row(experiment_id, one) for one in datasets])
    _insert_links(db, experiment_id, run_no, links)


def write_outputs(
    db: sa.Connection, experiment_id: int, run_no: int, models: Sequence[LoggedModelOutput]
) -> int:
    """Link models that a run made, and say how many are new."""
    links = [_link(MODEL_MADE, model.model_id, model.step) for model in models]
    return _insert_links(db, experiment_id, run_no, links)


def linked(
    db: sa.Connection, experiment_id: int, run_nos: Sequence[int]
) -> dict[int, tuple[wire.RunInputs, wire.RunOutputs]]:
    """Inputs and outputs of each run; MLflow shows both even when they are empty."""
    found = {run_no: (wire.RunInputs([], []), wire.RunOutputs([])) for run_no in run_nos}
    for row in db.execute(_links, {"of_experiment": experiment_id, "these_runs": run_nos}):
        inputs, outputs = found[row.run_no]
        match row.kind:
            case 1:
                inputs.dataset_inputs.append(_dataset_input(row))
            case 2:
                inputs.model_inputs.append(wire.ModelInput(row.target))
            case _:
                outputs.model_outputs.append(wire.ModelOutput(row.target, row.step))
    return found


def _insert_links(
    db: sa.Connection, experiment_id: int, run_no: int, links: Sequence[dict[str, Any]]
) -> int:
    """Write links, and say how many are new."""
    if not links:
        return 0
    place = {"experiment_id": experiment_id, "run_no": run_no}
    of = {"of_experiment": experiment_id, "of_run": run_no}
    last = db.execute(_last_position, of).scalar_one()
    rows = [place | link | {"position": last + at} for at, link in enumerate(links, 1)]
    return db.execute(_write_links, rows).rowcount


def _link(kind: int, target: str, step: int = 0, tags: str = "{}") -> dict[str, Any]:
    return {"kind": kind, "target": target, "step": step, "tags": tags}


def _dataset_link(given: DatasetInput) -> dict[str, Any]:
    tags = encode({tag.key: tag.value for tag in given.tags}).decode()
    return _link(DATASET, str(_dataset_id(given)), tags=tags)


def _dataset_id(given: DatasetInput) -> int:
    return source_id(None, given.dataset.name, given.dataset.digest)


def _dataset_row(experiment_id: int, given: DatasetInput) -> dict[str, Any]:
    place = {"experiment_id": experiment_id, "dataset_id": _dataset_id(given)}
    return place | given.dataset.to_dictionary()


def _dataset_input(row: Any) -> wire.DatasetInput:
    tags = msgspec.json.decode(row.tags)
    dataset = wire.Dataset(
        row.name, row.digest, row.source_type, row.source, row.schema, row.profile
    )
    return wire.DatasetInput(
        tags=[Pair(key, value) for key, value in tags.items()], dataset=dataset
    )
