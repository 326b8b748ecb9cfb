"""Starting, resuming, ending, reading and deleting runs."""

from __future__ import annotations

import atexit
import logging
import sys
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from kipu.client import MlflowClient
from kipu.client.opening import close_all
from kipu.entities import LifecycleStage, Run, RunTag
from kipu.entities.tag_names import MLFLOW_PARENT_RUN_ID, MLFLOW_RUN_NAME, MLFLOW_RUN_NOTE
from kipu.environment_variables import MLFLOW_RUN_ID
from kipu.exceptions import InvalidParameter, MlflowException
from kipu.fluent import experiments
from kipu.fluent.active import ActiveRun, active_run, end_active_run, state
from kipu.fluent.context import resolve_tags
from kipu.fluent.system_metrics import start_monitor

_log = logging.getLogger(__name__)


def start_run(
    run_id: str | None = None,
    experiment_id: str | None = None,
    run_name: str | None = None,
    nested: bool = False,
    parent_run_id: str | None = None,
    tags: Mapping[str, Any] | None = None,
    description: str | None = None,
    log_system_metrics: bool | None = None,
) -> ActiveRun:
    """Start a run, or resume one, and make it this thread's active run.

    Args:
        run_id: A run to resume; ``MLFLOW_RUN_ID`` in the environment names one, too, once.
        experiment_id: Where a new run belongs; left out, the experiment that ``set_experiment``
            or the environment chose, else ``Default``.
        run_name: Left out, a random one.
        nested: Whether there may be an active run already, which becomes the parent.
        parent_run_id: A parent for a run that is started outside of it.
        tags: Labels; values are made text.
        description: Markdown shown with the run; the tag ``mlflow.note.content``.
        log_system_metrics: Whether to sample CPU, memory, disk, network and GPUs until the run
            ends; left out, ``MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING`` decides.

    Returns:
        The run, which is also a context manager: it ends with the block.

    Raises:
        MlflowException: A run is active and ``nested`` is False, or the run to resume is deleted
            or belongs to another experiment.

    Example:
        >>> with kipu.start_run(run_name="baseline") as run:
        ...     kipu.log_param("lr", 0.1)
        ...     kipu.log_metric("loss", 0.25, step=3)
    """
    if state.stack and not nested:
        raise MlflowException(
            f"The run {state.stack[0].info.run_id} is active already. End it with kipu.end_run(), "
            "or start this one inside it with nested=True."
        )
    client = MlflowClient()
    resumed = run_id or _run_id_of_environment()
    labels = _with_description(tags, description)
    if resumed:
        run = _resume(client, resumed, run_name, labels)
    else:
        run = _create(client, experiment_id, run_name, parent_run_id, labels)
    active = ActiveRun(run, client._tracking)
    state.push(active)
    start_monitor(run.info.run_id, log_system_metrics, resumed=bool(resumed))
    return active


def last_active_run() -> Run | None:
    """The active run, else the one that ended last in this thread, read anew; None without one."""
    run = active_run()
    if run is not None:
        return run
    return get_run(state.last_run_id) if state.last_run_id else None


def get_run(run_id: str) -> Run:
    """Read a run, active or deleted.

    Raises:
        ResourceNotFound: No run has this id.
    """
    return MlflowClient().get_run(run_id)


def get_parent_run(run_id: str) -> Run | None:
    """The run under which this one is nested, or None."""
    return MlflowClient().get_parent_run(run_id)


def delete_run(run_id: str) -> None:
    """Mark a run deleted; ``restore_run`` undoes it.

    Raises:
        ResourceNotFound: No run has this id.
    """
    MlflowClient().delete_run(run_id)


def restore_run(run_id: str) -> None:
    """Undo ``delete_run``.

    Raises:
        ResourceNotFound: No run has this id.
    """
    MlflowClient().restore_run(run_id)


def current_run() -> ActiveRun:
    """The active run, started if there is none."""
    return state.stack[-1] if state.stack else start_run()


def _run_id_of_environment() -> str | None:
    run_id = MLFLOW_RUN_ID.get()
    MLFLOW_RUN_ID.unset()  # for this run only, not for the next one
    return run_id


def _with_description(tags: Mapping[str, Any] | None, description: str | None) -> dict[str, Any]:
    labels = dict(tags or {})
    if description:
        if MLFLOW_RUN_NOTE in labels:
            raise InvalidParameter(
                f"Give the description either as description= or as the tag {MLFLOW_RUN_NOTE}, "
                "not both."
            )
        labels[MLFLOW_RUN_NOTE] = description
    return labels


def _resume(client: MlflowClient, run_id: str, run_name: str | None, labels: dict[str, Any]) -> Run:
    info = client.get_run(run_id).info
    chosen = experiments.chosen_experiment_id()
    if chosen is not None and chosen != info.experiment_id:
        raise MlflowException(
            f"The run {run_id} belongs to experiment {info.experiment_id}, but experiment {chosen} "
            "was chosen with set_experiment(). Choose the run's experiment, or none."
        )
    if info.lifecycle_stage == LifecycleStage.DELETED:
        raise MlflowException(
            f"The run {run_id} is deleted; bring it back with restore_run() to resume it."
        )
    client.update_run(run_id, "RUNNING", run_name)
    if labels:
        client.log_batch(run_id, tags=[RunTag(key, str(value)) for key, value in labels.items()])
    return client.get_run(run_id)


def _create(
    client: MlflowClient,
    experiment_id: str | None,
    run_name: str | None,
    parent_run_id: str | None,
    labels: dict[str, Any],
) -> Run:
    parent = _checked_parent(client, parent_run_id)
    if parent is not None:
        labels[MLFLOW_PARENT_RUN_ID] = parent
    if run_name:
        labels[MLFLOW_RUN_NAME] = run_name
    if experiment_id is None:
        experiment_id = experiments.current_experiment_id()
    return client.create_run(experiment_id, tags=resolve_tags(labels), run_name=run_name)


def _checked_parent(client: MlflowClient, parent_run_id: str | None) -> str | None:
    active = state.stack[-1].info.run_id if state.stack else None
    if not parent_run_id:
        return active
    if active is not None and active != parent_run_id:
        raise MlflowException(
            f"The active run {active} is not the parent {parent_run_id} that was asked for. End "
            "it with kipu.end_run() first."
        )
    if client.get_run(parent_run_id).info.lifecycle_stage == LifecycleStage.DELETED:
        raise MlflowException(
            f"The parent run {parent_run_id} is deleted; bring it back with restore_run() first."
        )
    return parent_run_id


_failed = False


def _note_failure(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    global _failed
    _failed = True
    _previous_hook(kind, error, traceback)


def _end_all() -> None:
    """At exit: end what the main thread left open, and store what waits in the journals."""
    patience_s = None
    while state.stack:
        run_id = state.stack[-1].info.run_id
        try:
            if not end_active_run("FAILED" if _failed else "FINISHED"):
                patience_s = 0.0  # one wait was enough
        except Exception as error:
            _log.warning("The run %s could not be ended: %s", run_id, error)
    close_all(patience_s)


_previous_hook, sys.excepthook = sys.excepthook, _note_failure
atexit.register(_end_all)
