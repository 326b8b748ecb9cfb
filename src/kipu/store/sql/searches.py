"""The searches of runs and experiments: text in, a page out."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from kipu.entities import Experiment, PagedList, Run
from kipu.search import (
    decode_token,
    encode_token,
    parse_experiment_filter,
    parse_experiment_order,
    parse_run_filter,
    parse_run_order,
)
from kipu.store.interface import RunPage
from kipu.store.sql.access import experiment_number
from kipu.store.sql.documents import SqlDocuments
from kipu.store.sql.experiments import SqlExperiments
from kipu.store.sql.search import find_experiments, find_runs
from kipu.store.sql.tables import experiments
from kipu.wire.runs import run_of_document

_by_ids = sa.select(experiments).where(
    experiments.c.experiment_id.in_(sa.bindparam("these", expanding=True))
)


class SqlSearches(SqlExperiments, SqlDocuments):
    """Keeps what ``ExperimentStore`` and ``RunStore`` promise about searches."""

    def search_experiments(
        self,
        view_type: int,
        max_results: int,
        filter_string: str | None,
        order_by: Sequence[str] | None,
        page_token: str | None,
    ) -> PagedList[Experiment]:
        """See ``ExperimentStore``."""
        tree = parse_experiment_filter(filter_string)
        order = parse_experiment_order(order_by)
        after = decode_token(page_token)
        with self._read() as db:
            found = find_experiments(db, tree, order, view_type, max_results, after)
            rows = db.execute(_by_ids, {"these": found.experiment_ids}).all()
            by_id = {int(one.experiment_id): one for one in self._experiments(db, rows)}
        return PagedList([by_id[one] for one in found.experiment_ids], encode_token(found.next))

    def search_runs(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None,
        run_view_type: int,
        max_results: int,
        order_by: Sequence[str] | None,
        page_token: str | None,
    ) -> PagedList[Run]:
        """See ``RunStore``."""
        page = self.search_run_documents(
            experiment_ids, filter_string, run_view_type, max_results, order_by, page_token
        )
        return PagedList([run_of_document(document) for document in page.documents], page.token)

    def search_run_documents(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None,
        run_view_type: int,
        max_results: int,
        order_by: Sequence[str] | None,
        page_token: str | None,
    ) -> RunPage:
        """See ``RunStore``."""
        tree = parse_run_filter(filter_string)
        order = parse_run_order(order_by)
        after = decode_token(page_token)
        numbers = [experiment_number(one) for one in experiment_ids]
        with self._read() as db:
            found = find_runs(
                db, numbers, tree, order, run_view_type, max_results, after,
                self._locations.resolved,
            )  # fmt: skip
            documents, built = self._documents(db, found.runs)
        self._keep_documents(built)
        return RunPage(documents, encode_token(found.next))
