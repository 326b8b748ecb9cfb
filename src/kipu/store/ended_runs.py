"""What a store promises about runs that are over before it learns of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from kipu.entities import DatasetInput, Metric, Param, RunTag


class EndedRun(NamedTuple):
    """A run that is over, with all that it logged, but without an id; times as those of a run."""

    user_id: str | None
    start_time: int
    end_time: int
    name: str
    status: str = "FINISHED"
    tags: Sequence[RunTag] = ()
    params: Sequence[Param] = ()
    metrics: Sequence[Metric] = ()
    datasets: Sequence[DatasetInput] = ()


class EndedRunStore(Protocol):
    """Takes many runs at once, such as the candidates of a search for parameters."""

    def add_ended_runs(self, experiment_id: str, runs: Sequence[EndedRun]) -> list[str]:
        """Make runs that are over, and answer with their ids, in order.

        A store with transactions takes all of them or none.

        Raises:
            ResourceNotFound: No experiment has this id.
            InvalidParameter: The experiment is deleted, or a run has a param with two values.
        """
        ...
