"""Runs on a server."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from kipu.entities import (
    DatasetInput,
    LoggedModelInput,
    LoggedModelOutput,
    Metric,
    PagedList,
    Param,
    Run,
    RunInfo,
    RunTag,
)
from kipu.store.interface import RunPage
from kipu.store.rest.access import RestAccess
from kipu.wire import runs as wire
from kipu.wire.experiments import Empty
from kipu.wire.message import Pair
from kipu.wire.states import view_name


class _RunDocument(msgspec.Struct):
    run: msgspec.Raw


class _RunDocuments(msgspec.Struct):
    runs: list[msgspec.Raw] = []
    next_page_token: str | None = None


class RestRuns(RestAccess):
    """``RunStore`` over HTTP."""

    def create_run(
        self,
        experiment_id: str,
        user_id: str | None,
        start_time: int,
        tags: Sequence[RunTag],
        run_name: str,
    ) -> Run:
        """See ``RunStore``."""
        asked = wire.CreateRun(
            experiment_id=experiment_id,
            user_id=user_id,
            run_name=run_name,
            start_time=start_time,
            tags=[Pair(tag.key, tag.value) for tag in tags],
        )
        return self._post("/runs/create", asked, wire.RunAnswer, retry=False).run.entity()

    def get_run(self, run_id: str) -> Run:
        """See ``RunStore``."""
        return self._get("/runs/get", wire.RunAnswer, run_id=run_id).run.entity()

    def get_run_document(self, run_id: str) -> bytes:
        """See ``RunStore``."""
        return bytes(self._get("/runs/get", _RunDocument, run_id=run_id).run)

    def update_run_info(
        self, run_id: str, status: str | None, end_time: int | None, run_name: str | None
    ) -> RunInfo:
        """See ``RunStore``."""
        asked = wire.UpdateRun(
            run_id=run_id,
            status=status,  # type: ignore[arg-type]
            end_time=end_time,
            run_name=run_name,
        )
        return self._post("/runs/update", asked, wire.UpdateRunAnswer).run_info.entity()

    def delete_run(self, run_id: str) -> None:
        """See ``RunStore``."""
        self._post("/runs/delete", wire.DeleteRun(run_id), Empty)

    def restore_run(self, run_id: str) -> None:
        """See ``RunStore``."""
        self._post("/runs/restore", wire.RestoreRun(run_id), Empty)

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
        asked = _search(
            experiment_ids, filter_string, run_view_type, max_results, order_by, page_token
        )
        page = self._post("/runs/search", asked, wire.SearchRunsAnswer)
        return PagedList((run.entity() for run in page.runs), page.next_page_token)

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
        asked = _search(
            experiment_ids, filter_string, run_view_type, max_results, order_by, page_token
        )
        page = self._post("/runs/search", asked, _RunDocuments)
        return RunPage([bytes(document) for document in page.runs], page.next_page_token)

    def set_tag(self, run_id: str, tag: RunTag) -> None:
        """See ``RunStore``."""
        asked = wire.SetTag(run_id=run_id, key=tag.key, value=tag.value)
        self._post("/runs/set-tag", asked, Empty)

    def delete_tag(self, run_id: str, key: str) -> None:
        """See ``RunStore``."""
        self._post("/runs/delete-tag", wire.DeleteTag(run_id, key), Empty)

    def log_batch(
        self,
        run_id: str,
        metrics: Sequence[Metric],
        params: Sequence[Param],
        tags: Sequence[RunTag],
    ) -> None:
        """See ``RunStore``."""
        self._post("/runs/log-batch", wire.LogBatch.of(run_id, metrics, params, tags), Empty)

    def log_inputs(
        self,
        run_id: str,
        datasets: Sequence[DatasetInput],
        models: Sequence[LoggedModelInput],
    ) -> None:
        """See ``RunStore``."""
        asked = wire.LogInputs(
            run_id,
            [wire.DatasetInput.of(given) for given in datasets],
            [wire.ModelInput(model.model_id) for model in models],
        )
        self._post("/runs/log-inputs", asked, Empty)

    def log_outputs(self, run_id: str, models: Sequence[LoggedModelOutput]) -> None:
        """See ``RunStore``."""
        outputs = [wire.ModelOutput(model.model_id, model.step) for model in models]
        self._post("/runs/outputs", wire.LogOutputs(run_id, outputs), Empty, retry=False)


def _search(
    experiment_ids: Sequence[str],
    filter_string: str | None,
    run_view_type: int,
    max_results: int,
    order_by: Sequence[str] | None,
    page_token: str | None,
) -> wire.SearchRuns:
    return wire.SearchRuns(
        experiment_ids=list(experiment_ids),
        filter=filter_string,
        run_view_type=view_name(run_view_type),
        max_results=max_results,
        order_by=list(order_by or ()),
        page_token=page_token,
    )
