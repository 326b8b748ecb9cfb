"""What every store promises; the service that wraps a store with the rules looks the same.

Stores trust their caller: names, lengths and batch sizes were checked by ``service``. A store is
safe to use from many threads, and many processes may open the same one at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from kipu.entities import (
    DatasetInput,
    Experiment,
    ExperimentTag,
    LoggedModelInput,
    LoggedModelOutput,
    Metric,
    PagedList,
    Param,
    Run,
    RunInfo,
    RunTag,
)
from kipu.series.buckets import Buckets as Buckets
from kipu.series.curves import Curve as Curve
from kipu.series.points import Points, SeriesName
from kipu.store.ended_runs import EndedRunStore
from kipu.store.logged_models import LoggedModelStore
from kipu.store.purge import PurgeStore
from kipu.store.registry import RegistryStore
from kipu.store.views import ViewStore
from kipu.store.webhooks import DeliveryQueue, WebhookStore, WebhookTrial


class ExperimentStore(Protocol):
    """Keeps experiments."""

    def create_experiment(
        self, name: str, artifact_location: str | None, tags: Sequence[ExperimentTag]
    ) -> str:
        """Make an experiment and return its id, a decimal number as text.

        Raises:
            ResourceExists: An active or deleted experiment has this name.
        """
        ...

    def get_experiment(self, experiment_id: str) -> Experiment:
        """Read an experiment, active or deleted.

        Raises:
            ResourceNotFound: No experiment has this id.
        """
        ...

    def get_experiment_by_name(self, experiment_name: str) -> Experiment | None:
        """Read an experiment, active or deleted, or None."""
        ...

    def search_experiments(
        self,
        view_type: int,
        max_results: int,
        filter_string: str | None,
        order_by: Sequence[str] | None,
        page_token: str | None,
    ) -> PagedList[Experiment]:
        """One page of the experiments that match.

        Raises:
            InvalidParameter: The filter, the order or the token cannot be read.
        """
        ...

    def delete_experiment(self, experiment_id: str) -> None:
        """Mark an experiment and its active runs deleted.

        Raises:
            ResourceNotFound: No active experiment has this id.
        """
        ...

    def restore_experiment(self, experiment_id: str) -> None:
        """Undo ``delete_experiment``, for the experiment and the runs deleted with it.

        Raises:
            ResourceNotFound: No deleted experiment has this id.
        """
        ...

    def rename_experiment(self, experiment_id: str, new_name: str) -> None:
        """Give an active experiment another name.

        Raises:
            ResourceNotFound: No experiment has this id.
            InvalidState: The experiment is deleted.
            ResourceExists: The name is taken.
        """
        ...

    def set_experiment_tag(self, experiment_id: str, tag: ExperimentTag) -> None:
        """Set a label of an active experiment."""
        ...

    def delete_experiment_tag(self, experiment_id: str, key: str) -> None:
        """Remove a label of an active experiment.

        Raises:
            ResourceNotFound: The experiment has no such tag.
        """
        ...


class RunPage(NamedTuple):
    """A page of runs as stored: each run is a JSON object in the shape of the wire."""

    documents: list[bytes]
    token: str | None


class RunStore(Protocol):
    """Keeps runs, with their params, tags and latest metrics."""

    def create_run(
        self,
        experiment_id: str,
        user_id: str | None,
        start_time: int,
        tags: Sequence[RunTag],
        run_name: str,
    ) -> Run:
        """Make an active, RUNNING run; the name is also kept as the tag ``mlflow.runName``.

        Raises:
            ResourceNotFound: No experiment has this id.
            InvalidParameter: The experiment is deleted.
        """
        ...

    def get_run(self, run_id: str) -> Run:
        """Read a run, active or deleted.

        Raises:
            ResourceNotFound: No run has this id.
        """
        ...

    def get_run_document(self, run_id: str) -> bytes:
        """Read a run as the wire's JSON object ``Run``; raises like ``get_run``."""
        ...

    def update_run_info(
        self, run_id: str, status: str | None, end_time: int | None, run_name: str | None
    ) -> RunInfo:
        """Change what is not None of an active run; a new name also rewrites ``mlflow.runName``.

        Raises:
            ResourceNotFound: No run has this id.
            InvalidParameter: The run is deleted.
        """
        ...

    def delete_run(self, run_id: str) -> None:
        """Mark a run deleted; harmless on a deleted one.

        Raises:
            ResourceNotFound: No run has this id.
        """
        ...

    def restore_run(self, run_id: str) -> None:
        """Mark a run active; harmless on an active one.

        Raises:
            ResourceNotFound: No run has this id.
        """
        ...

    def search_runs(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None,
        run_view_type: int,
        max_results: int,
        order_by: Sequence[str] | None,
        page_token: str | None,
    ) -> PagedList[Run]:
        """One page of the runs that match, newest first unless ordered otherwise.

        Raises:
            InvalidParameter: The filter, the order or the token cannot be read.
        """
        ...

    def search_run_documents(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None,
        run_view_type: int,
        max_results: int,
        order_by: Sequence[str] | None,
        page_token: str | None,
    ) -> RunPage:
        """``search_runs``, each run as JSON."""
        ...

    def set_tag(self, run_id: str, tag: RunTag) -> None:
        """Set a label of an active run; ``mlflow.runName`` also renames it.

        Raises:
            ResourceNotFound: No run has this id.
            InvalidParameter: The run is deleted.
        """
        ...

    def delete_tag(self, run_id: str, key: str) -> None:
        """Remove a label of an active run.

        Raises:
            ResourceNotFound: No run has this id, or the run has no such tag.
            InvalidParameter: The run is deleted.
        """
        ...

    def log_batch(
        self,
        run_id: str,
        metrics: Sequence[Metric],
        params: Sequence[Param],
        tags: Sequence[RunTag],
    ) -> None:
        """Write all of it in one transaction, or nothing.

        Raises:
            ResourceNotFound: No run has this id.
            InvalidParameter: The run is deleted, or a param has another value already.
        """
        ...

    def log_inputs(
        self,
        run_id: str,
        datasets: Sequence[DatasetInput],
        models: Sequence[LoggedModelInput],
    ) -> None:
        """Link data sets and models to an active run; a repeated link is harmless."""
        ...

    def log_outputs(self, run_id: str, models: Sequence[LoggedModelOutput]) -> None:
        """Link the models that an active run made.

        Raises:
            ResourceNotFound: No run has this id.
            MlflowException: A link is there already (BAD_REQUEST).
        """
        ...


class MetricStore(Protocol):
    """Keeps metric points."""

    def append_points(self, run_id: str, writer: int, seq: int, points: Points) -> None:
        """Append points to the run's curves, all or none, exactly once.

        ``writer`` (63 bits, random) and ``seq`` (1, 2, 3, ... of that writer) name the append: one
        that the store has seen is ignored, so a retry changes nothing. A writer sends in order,
        one append at a time.

        Raises:
            ResourceNotFound: No run has this id.
            InvalidParameter: The run is deleted.
        """
        ...

    def get_metric_history(
        self, run_id: str, key: str, max_results: int | None, page_token: str | None
    ) -> PagedList[Metric]:
        """One page of a curve in order of (timestamp, step, value); all of it without a limit.

        Points of every model and data set under this key belong to it. A run without the key has
        an empty curve.

        Raises:
            ResourceNotFound: No run has this id.
            InvalidParameter: The token cannot be read.
        """
        ...

    def read_curve(self, run_id: str, series: SeriesName) -> Curve:
        """All points of one series as columns; empty if the run has none.

        Raises:
            ResourceNotFound: No run has this id.
        """
        ...

    def read_buckets(
        self,
        run_id: str,
        key: str,
        buckets: int,
        axis: str,
        lower: float | None = None,
        upper: float | None = None,
    ) -> Buckets:
        """At most ``buckets`` columns of the curve between two places of the axis, both included.

        Each point is in exactly one column; as many points or fewer come back one by one. In a long
        curve the edge of a column may lie up to a third of its width aside.

        ``axis`` is ``step``, ``time`` (ms since the Unix epoch) or ``relative`` (seconds since the
        run started).

        Raises:
            ResourceNotFound: No run has this id.
        """
        ...


class TrackingStore(
    ExperimentStore,
    RunStore,
    EndedRunStore,
    MetricStore,
    LoggedModelStore,
    RegistryStore,
    WebhookStore,
    Protocol,
):
    """A whole tracking store, which is a model registry too."""

    def close(self) -> None:
        """Finish what was accepted and let go of files and connections."""
        ...


class ServedStore(TrackingStore, ViewStore, PurgeStore, Protocol):
    """A store that a server can stand on."""


class BackingStore(ServedStore, DeliveryQueue, Protocol):
    """A store that the rules can stand on."""


class ClientStore(TrackingStore, WebhookTrial, Protocol):
    """What a client holds: a store with its rules, here or on a server."""
