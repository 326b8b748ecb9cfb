"""Runs that are over, on a server: one after the other, as MLflow's wire has it."""

from __future__ import annotations

from collections.abc import Sequence

from kipu.store.ended_runs import EndedRun
from kipu.store.rest.runs import RestRuns

_PARAMS_AT_ONCE = 100
_POINTS_AT_ONCE = 900  # with as many params, the most that a request may have


class RestEndedRuns(RestRuns):
    """``EndedRunStore`` over HTTP."""

    def add_ended_runs(self, experiment_id: str, runs: Sequence[EndedRun]) -> list[str]:
        """See ``EndedRunStore``; what was sent before a failure stays."""
        return [self._add_run(experiment_id, run) for run in runs]

    def _add_run(self, experiment_id: str, run: EndedRun) -> str:
        made = self.create_run(experiment_id, run.user_id, run.start_time, run.tags, run.name)
        run_id = made.info.run_id
        params, points = list(run.params), list(run.metrics)
        while params or points:
            self.log_batch(run_id, points[:_POINTS_AT_ONCE], params[:_PARAMS_AT_ONCE], ())
            params, points = params[_PARAMS_AT_ONCE:], points[_POINTS_AT_ONCE:]
        if run.datasets:
            self.log_inputs(run_id, run.datasets, ())
        self.update_run_info(run_id, run.status, run.end_time, None)
        return run_id
