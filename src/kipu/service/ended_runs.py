"""The rules of runs that are over before a store learns of them."""

from __future__ import annotations

from collections.abc import Sequence

from kipu.entities import RunStatus, RunTag
from kipu.exceptions import InvalidParameter
from kipu.service.inputs import check_inputs
from kipu.service.names import check_experiment_id
from kipu.service.run_names import random_name
from kipu.service.runs import RUN_NAME_TAG
from kipu.service.values import check_metrics, storable_param, storable_tag
from kipu.store.ended_runs import EndedRun
from kipu.store.interface import ServedStore


class EndedRunRules:
    """``EndedRunStore``, with everything checked and completed before the store sees it."""

    _store: ServedStore

    def add_ended_runs(self, experiment_id: str, runs: Sequence[EndedRun]) -> list[str]:
        """See ``EndedRunStore``; a run without a name gets a random one.

        Raises:
            InvalidParameter: Something cannot be stored, or a run is not over.
        """
        check_experiment_id(experiment_id)
        return self._store.add_ended_runs(experiment_id, [_checked(run) for run in runs])


def _checked(run: EndedRun) -> EndedRun:
    if not RunStatus.is_terminated(RunStatus.from_string(run.status)):
        raise InvalidParameter(f"A run that is {run.status} is not over.")
    check_metrics(run.metrics)
    check_inputs(run.datasets)
    tags = [storable_tag(tag) for tag in run.tags]
    tagged = next((tag.value for tag in tags if tag.key == RUN_NAME_TAG), None)
    return run._replace(
        name=storable_tag(RunTag(RUN_NAME_TAG, run.name or tagged or random_name())).value,
        tags=[tag for tag in tags if tag.key != RUN_NAME_TAG],
        params=[storable_param(param) for param in run.params],
    )
