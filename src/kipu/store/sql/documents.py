"""Runs as the wire's JSON, kept beside their tables so that a search need not build them again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from kipu.exceptions import ResourceNotFound
from kipu.store.sql.access import SqlAccess
from kipu.store.sql.keys import METRIC, PARAM, TAG
from kipu.store.sql.links import linked
from kipu.store.sql.locations import of_run
from kipu.store.sql.tables import (
    latest_metrics,
    names,
    params,
    run_documents,
    run_tags,
    runs,
)
from kipu.wire.message import Pair, encode
from kipu.wire.metrics import Metric
from kipu.wire.runs import Run, RunData, RunInfo

RunKey = tuple[int, int]
"""(experiment_id, run_no)"""

_ENDED = ("FINISHED", "FAILED", "KILLED")
_AT_ONCE = 500
"""Runs of one statement."""
_MOST_KEPT = 5_000
"""Documents that one read puts away."""
_HEAD = b'{"info":{'


class Built(NamedTuple):
    """A row of ``run_documents``, and whether the run has ended."""

    experiment_id: int
    run_no: int
    changed: int
    artifact_uri: str
    document: bytes
    ended: bool


_of: sa.BindParameter[int] = sa.bindparam("of_experiment")
_these: sa.BindParameter[int] = sa.bindparam("these_runs", expanding=True)
_cached = (
    sa.select(runs.c.run_no, run_documents.c.artifact_uri, run_documents.c.document)
    .join(
        run_documents,
        sa.and_(
            run_documents.c.experiment_id == runs.c.experiment_id,
            run_documents.c.run_no == runs.c.run_no,
            run_documents.c.changed == runs.c.changed,
        ),
    )
    # The list restricts the documents: on ``runs``, SQLite would go through it for each document.
    .where(run_documents.c.experiment_id == _of, run_documents.c.run_no.in_(_these))
)
_infos = sa.select(runs).where(runs.c.experiment_id == _of, runs.c.run_no.in_(_these))
_new = insert(run_documents)
_keep = _new.on_conflict_do_update(
    index_elements=[run_documents.c.experiment_id, run_documents.c.run_no],
    set_={column: _new.excluded[column] for column in ("changed", "artifact_uri", "document")},
    where=_new.excluded.changed > run_documents.c.changed,
)


def _named(table: sa.Table, kind: int, *columns: sa.Column[Any]) -> sa.Select[Any]:
    """Rows of some runs, with the text of their key."""
    named = sa.and_(
        names.c.experiment_id == table.c.experiment_id,
        names.c.kind == kind,
        names.c.key_id == table.c.key_id,
    )
    return (
        sa.select(table.c.run_no, names.c.name, *columns)
        .join(names, named)
        .where(table.c.experiment_id == _of, table.c.run_no.in_(_these))
    )


_params = _named(params, PARAM, params.c.value)
_tags = _named(run_tags, TAG, run_tags.c.value)
_metrics = _named(
    latest_metrics,
    METRIC,
    latest_metrics.c.kind,
    latest_metrics.c.value,
    latest_metrics.c.timestamp,
    latest_metrics.c.step,
).where(latest_metrics.c.is_latest)


class SqlDocuments(SqlAccess):
    """Reads runs as JSON, from the cache or from their tables."""

    def get_run_document(self, run_id: str) -> bytes:
        """See ``RunStore``."""
        with self._read() as db:
            documents, built = self._documents(db, [self._locate(db, run_id)])
        if not documents:
            raise ResourceNotFound(f"Run with id={run_id} not found")
        self._keep_documents(built)
        return documents[0]

    def _documents(
        self, db: sa.Connection, keys: Sequence[RunKey]
    ) -> tuple[list[bytes], list[Built]]:
        """The documents of runs, in the order of their keys; runs that are gone are left out.

        Also those that had to be built, for ``_keep_documents`` after the transaction.
        """
        found: dict[RunKey, bytes] = {}
        for experiment_id, run_nos in _chunks(keys):
            wanted = {"of_experiment": experiment_id, "these_runs": run_nos}
            for run_no, uri, document in db.execute(_cached, wanted):
                found[experiment_id, run_no] = self._with_uri(uri, document)
        missing = [key for key in keys if key not in found]
        built = [
            one
            for experiment_id, run_nos in _chunks(missing)
            for one in self._build(db, experiment_id, run_nos)
        ]
        for one in built:
            found[one.experiment_id, one.run_no] = self._with_uri(one.artifact_uri, one.document)
        return [found[key] for key in keys if key in found], built

    def _with_uri(self, kept: str, document: bytes) -> bytes:
        uri = encode(self._locations.resolved(kept))
        return b'%b"artifact_uri":%b,%b' % (_HEAD, uri, document[len(_HEAD) :])

    def _build(self, db: sa.Connection, experiment_id: int, run_nos: list[int]) -> Iterator[Built]:
        wanted = {"of_experiment": experiment_id, "these_runs": run_nos}
        location = self._experiment_location(db, experiment_id)
        data: defaultdict[int, RunData] = defaultdict(lambda: RunData([], [], []))
        for run_no, name, value in db.execute(_params, wanted):
            data[run_no].params.append(Pair(name, value))
        for run_no, name, value in db.execute(_tags, wanted):
            data[run_no].tags.append(Pair(name, value))
        for run_no, name, kind, value, timestamp, step in db.execute(_metrics, wanted):
            # Infinities are kept, and sent, as the largest double: MLflow knows no others.
            number = "NaN" if kind == 1 else value
            data[run_no].metrics.append(Metric(name, number, timestamp, step))
        links = linked(db, experiment_id, run_nos)
        for row in db.execute(_infos, wanted).mappings():
            run_no = row["run_no"]
            inputs, outputs = links[run_no]
            run = Run(_info(row), _sorted(data[run_no]), inputs, outputs)
            yield Built(
                experiment_id,
                run_no,
                row["changed"],
                row["artifact_uri"] or of_run(location, row["run_id"]),
                encode(run),
                row["status"] in _ENDED,
            )

    def _keep_documents(self, built: Sequence[Built]) -> None:
        """Put away what a read had to build, if nobody else is writing: no read waits for that.

        Runs that go on change before they are read again.
        """
        rows = [one._asdict() for one in built if one.ended][:_MOST_KEPT]
        if rows:
            self._database.write_if_free(lambda db: _store(db, rows))


def _store(db: sa.Connection, rows: list[dict[str, Any]]) -> None:
    db.execute(_keep, rows)


def _info(row: Any) -> RunInfo:
    return RunInfo(
        run_uuid=row["run_id"],
        experiment_id=str(row["experiment_id"]),
        run_name=row["name"],
        user_id=row["user_id"],
        status=row["status"],
        start_time=row["start_time"],
        end_time=row["end_time"],
        lifecycle_stage=row["lifecycle_stage"],
        run_id=row["run_id"],
    )


def _sorted(data: RunData) -> RunData:
    data.metrics.sort(key=attrgetter("key"))
    data.params.sort(key=attrgetter("key"))
    data.tags.sort(key=attrgetter("key"))
    return data


def _chunks(keys: Sequence[RunKey]) -> Iterator[tuple[int, list[int]]]:
    """The keys by experiment, few enough for one statement."""
    by_experiment: defaultdict[int, list[int]] = defaultdict(list)
    for experiment_id, run_no in keys:
        by_experiment[experiment_id].append(run_no)
    for experiment_id, run_nos in by_experiment.items():
        for at in range(0, len(run_nos), _AT_ONCE):
            yield experiment_id, run_nos[at : at + _AT_ONCE]
