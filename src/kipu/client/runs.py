"""Runs, their params and tags."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

from kipu.client.operations import RunOperations
from kipu.client.tracking import Tracking
from kipu.entities import (
    DatasetInput,
    LoggedModelInput,
    LoggedModelOutput,
    PagedList,
    Param,
    Run,
    RunStatus,
    RunTag,
    ViewType,
)
from kipu.entities.tag_names import MLFLOW_PARENT_RUN_ID, MLFLOW_USER
from kipu.environment_variables import MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT
from kipu.service.limits import SEARCH_MAX_RESULTS_DEFAULT
from kipu.service.names import check_run_id
from kipu.store.ended_runs import EndedRun

_log = logging.getLogger(__name__)


class RunsClient:
    """What can be done with runs."""

    _tracking: Tracking

    def create_run(
        self,
        experiment_id: str,
        start_time: int | None = None,
        tags: Mapping[str, Any] | None = None,
        run_name: str | None = None,
    ) -> Run:
        """Make a RUNNING run; it does not become the active run.

        Args:
            experiment_id: Where it belongs.
            start_time: Milliseconds since the Unix epoch; left out, now.
            tags: Labels; values are made text. ``mlflow.user`` is also the run's user.
            run_name: Left out, the tag ``mlflow.runName``, else a random name.

        Raises:
            ResourceNotFound: No experiment has this id.
            InvalidState: The experiment is deleted.
        """
        labels = {key: str(value) for key, value in (tags or {}).items()}
        run = self._tracking.store.create_run(
            str(experiment_id),
            labels.get(MLFLOW_USER, "unknown"),
            start_time or time.time_ns() // 1_000_000,
            [RunTag(key, value) for key, value in labels.items()],
            run_name or "",
        )
        self._tracking.know_run(run)
        return run

    def add_ended_runs(self, experiment_id: str, runs: Sequence[EndedRun]) -> list[str]:
        """Make runs that are over, with all that they logged; in a local store all or none.

        Args:
            experiment_id: Where they belong.
            runs: Without a name, one gets a random one.

        Returns:
            Their ids, in order.

        Raises:
            ResourceNotFound: No experiment has this id.
            InvalidParameter: Something cannot be stored, or a run is not over.
        """
        return self._tracking.store.add_ended_runs(str(experiment_id), runs)

    def get_run(self, run_id: str) -> Run:
        """Read a run, active or deleted.

        Raises:
            InvalidParameter: No run can have this id.
            ResourceNotFound: No run has this id.
        """
        check_run_id(run_id)
        return self._tracking.settled(run_id).get_run(run_id)

    def get_parent_run(self, run_id: str) -> Run | None:
        """The run under which this one is nested, or None."""
        parent = self.get_run(run_id).data.tags.get(MLFLOW_PARENT_RUN_ID)
        return self.get_run(parent) if parent else None

    def update_run(self, run_id: str, status: str | None = None, name: str | None = None) -> None:
        """Change a run's status (``RUNNING``, ``FINISHED``, ...), name, or both.

        Raises:
            InvalidParameter: There is no such status.
            ResourceNotFound: No run has this id.
        """
        _check_status(status)
        if status is not None or name is not None:
            self._tracking.settled(run_id).update_run_info(run_id, status, None, name)
        if status is not None:
            self._tracking.note_status(run_id, status)

    def set_terminated(
        self, run_id: str, status: str | None = None, end_time: int | None = None
    ) -> None:
        """End a run, once all of its points are stored.

        Args:
            run_id: The run.
            status: ``FINISHED`` (when left out), ``FAILED`` or ``KILLED``.
            end_time: Milliseconds since the Unix epoch; left out, now.

        Raises:
            InvalidParameter: There is no such status.
            MlflowException: The store refused points that were logged before.
        """
        status = status or "FINISHED"
        _check_status(status)
        now = time.time_ns() // 1_000_000
        if not self._tracking.finish(run_id):
            _log.warning("Points of run %s wait in the journal; `kipu sync` sends them.", run_id)
        info = self._tracking.store.update_run_info(run_id, status, end_time or now, None)
        self._tracking.note_status(run_id, info.status)
        if self._tracking.server and not MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT.get():
            page = f"{self._tracking.server}/#/experiments/{info.experiment_id}"
            sys.stdout.write(f"View run {info.run_name} at: {page}/runs/{run_id}\n")
            sys.stdout.write(f"View experiment at: {page}\n")
        self._tracking.journal.raise_rejected(run_id)

    def delete_run(self, run_id: str) -> None:
        """Mark a run deleted; ``restore_run`` undoes it.

        Raises:
            ResourceNotFound: No run has this id.
        """
        self._tracking.forget_runs()
        self._tracking.settled(run_id).delete_run(run_id)

    def restore_run(self, run_id: str) -> None:
        """Undo ``delete_run``.

        Raises:
            ResourceNotFound: No run has this id.
        """
        self._tracking.store.restore_run(run_id)

    def search_runs(
        self,
        experiment_ids: Sequence[str] | str,
        filter_string: str = "",
        run_view_type: int = ViewType.ACTIVE_ONLY,
        max_results: int = SEARCH_MAX_RESULTS_DEFAULT,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[Run]:
        """One page of the runs that match.

        Args:
            experiment_ids: Where to look; one id will do.
            filter_string: Such as ``metrics.loss < 0.1 AND params.model = 'cnn'``.
            run_view_type: Active ones, deleted ones, or all.
            max_results: At most so many, 1 to 50,000.
            order_by: Such as ``["metrics.loss ASC"]``; left out, newest first.
            page_token: The ``token`` of the page before.

        Raises:
            InvalidParameter: Filter, order or token cannot be read.
        """
        if isinstance(experiment_ids, (int, str)):
            experiment_ids = [experiment_ids]
        return self._tracking.settled().search_runs(
            [str(experiment_id) for experiment_id in experiment_ids],
            filter_string,
            run_view_type,
            max_results,
            order_by,
            page_token,
        )

    def log_param(self, run_id: str, key: str, value: Any, synchronous: bool | None = None) -> Any:
        """Write one param, which cannot be changed afterwards.

        Args:
            run_id: The run.
            key: At most 250 characters: letters, digits, space and ``_ - . : /``.
            value: Made text; cut after 6,000 characters.
            synchronous: False writes in the background. Left out, the asynchronous logging
                setting decides.

        Returns:
            The value, or ``RunOperations`` from the background.

        Raises:
            InvalidParameter: The param has another value already, or key or value are refused.
        """
        params = [Param(key, str(value))]
        operations = self._tracking.write(
            lambda store: store.log_batch(run_id, (), params, ()), synchronous
        )
        return value if operations is None else operations

    def set_tag(
        self, run_id: str, key: str, value: Any, synchronous: bool | None = None
    ) -> RunOperations | None:
        """Label a run; the value is made text and cut after 8,000 characters.

        ``synchronous=False`` writes in the background and answers with ``RunOperations``.
        """
        tag = RunTag(key, str(value))
        return self._tracking.write(lambda store: store.set_tag(run_id, tag), synchronous)

    def delete_tag(self, run_id: str, key: str) -> None:
        """Remove a label.

        Raises:
            ResourceNotFound: The run has no such tag.
        """
        self._tracking.settled(run_id).delete_tag(run_id, key)

    def log_inputs(
        self,
        run_id: str,
        datasets: Sequence[DatasetInput] | None = None,
        models: Sequence[LoggedModelInput] | None = None,
    ) -> None:
        """Link data sets and models that the run read; a repeated link is harmless."""
        self._tracking.store.log_inputs(run_id, datasets or (), models or ())

    def log_outputs(self, run_id: str, models: Sequence[LoggedModelOutput]) -> None:
        """Link models that the run made, each at a training step.

        Raises:
            ResourceNotFound: No run has this id.
            MlflowException: The run made one of them already.
        """
        if not models:
            return
        self._tracking.store.log_outputs(run_id, models)
        self._tracking.models.note_outputs(run_id, models)


def _check_status(status: str | None) -> None:
    # Here, although stores refuse it too: an official server takes any word and changes nothing.
    if status is not None:
        RunStatus.from_string(status)
