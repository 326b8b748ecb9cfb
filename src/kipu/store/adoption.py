"""What a store promises about taking over what another store made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from kipu.entities import Experiment, LoggedModel, Run
from kipu.entities.model_registry import ModelVersion, RegisteredModel
from kipu.series.points import Points


class AdoptedVersion(NamedTuple):
    """A version of a registered model; its files lie at the source where no place is named."""

    version: ModelVersion
    storage_location: str | None


class Held(NamedTuple):
    """The ids of all that a store has, what is deleted among it."""

    experiments: set[str]
    runs: set[str]


class AdoptionStore(Protocol):
    """Takes over things as they are, with their ids, times, stages and locations.

    Each is taken over with all that it has, in one transaction. One whose id is there already is
    left alone, so that whoever was interrupted can begin again. Locations must be absolute; an
    empty one means the usual place.
    """

    def held(self) -> Held:
        """What is there already."""
        ...

    def adopt_experiment(self, experiment: Experiment) -> bool:
        """Take over an experiment with its tags; False if it is there.

        One with the same id that holds nothing yet, as ``Default`` in a new store, is replaced.

        Raises:
            ResourceExists: Another experiment has its name.
        """
        ...

    def adopt_run(self, run: Run, points: Points, deleted_time: int | None) -> bool:
        """Take over a run with its params, tags, inputs, outputs and points; False if it is there.

        ``run.data.metrics`` counts for nothing: the points tell. ``deleted_time`` (ms since the
        Unix epoch) is that of a deleted run.

        Raises:
            ResourceNotFound: Its experiment is not there.
        """
        ...

    def adopt_logged_model(self, model: LoggedModel, is_deleted: bool) -> bool:
        """Take over a logged model with its params, tags and metrics; False if it is there.

        Its metrics need not be points of their runs.

        Raises:
            ResourceNotFound: Its experiment is not there.
        """
        ...

    def adopt_registered_model(
        self, model: RegisteredModel, versions: Sequence[AdoptedVersion], last_version: int
    ) -> bool:
        """Take over a registered model with its tags, aliases and versions; False if it is there.

        ``last_version`` is the highest number that a version ever had, deleted ones among them.
        """
        ...
