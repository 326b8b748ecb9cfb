"""Experiments: which one is chosen, and what can be done with them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kipu.client import MlflowClient
from kipu.entities import Experiment, LifecycleStage, ViewType
from kipu.environment_variables import MLFLOW_EXPERIMENT_ID, MLFLOW_EXPERIMENT_NAME
from kipu.exceptions import InvalidParameter, MlflowException
from kipu.fluent.active import state
from kipu.fluent.default_experiment import get_experiment_id

_log = logging.getLogger(__name__)
_PAGE = 1000

_chosen: str | None = None
_lock = threading.Lock()


def set_experiment(
    experiment_name: str | None = None,
    experiment_id: str | None = None,
    trace_location: Any = None,
) -> Experiment:
    """Choose the experiment of the runs that start from now on, in every thread.

    Also sets ``MLFLOW_EXPERIMENT_ID``, so that processes started from here use it, too.

    Args:
        experiment_name: Its name; made when there is none.
        experiment_id: Its id, instead of the name.
        trace_location: Accepted for MLflow's sake; Kipu keeps no traces.

    Raises:
        InvalidParameter: Both or neither are given, or the experiment is deleted.
        ResourceNotFound: No experiment has this id.

    Example:
        >>> kipu.set_experiment("digits")
    """
    global _chosen
    if (experiment_name is None) == (experiment_id is None):
        raise InvalidParameter("set_experiment takes either experiment_name or experiment_id.")
    client = MlflowClient()
    with _lock:
        if experiment_id is not None:
            experiment = client.get_experiment(experiment_id)
        else:
            assert experiment_name is not None
            experiment = _by_name(client, experiment_name)
        if experiment.lifecycle_stage != LifecycleStage.ACTIVE:
            raise InvalidParameter(
                f"The experiment {experiment.name!r} is deleted; bring it back with "
                f"restore_experiment({experiment.experiment_id!r}), or choose another name."
            )
        _chosen = experiment.experiment_id
        MLFLOW_EXPERIMENT_ID.set(_chosen)
    return experiment


def _by_name(client: MlflowClient, name: str) -> Experiment:
    found = client.get_experiment_by_name(name)
    if found is not None:
        return found
    _log.info("There is no experiment %r yet; it is made.", name)
    try:
        return client.get_experiment(client.create_experiment(name))
    except MlflowException as error:
        # Another process may have made it in between.
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
        found = client.get_experiment_by_name(name)
        if found is None:
            raise
        return found


def chosen_experiment_id() -> str | None:
    """The experiment that ``set_experiment`` chose in this process, or None."""
    return _chosen


def current_experiment_id() -> str:
    """The experiment of a run that starts now: chosen, of the environment, else a default."""
    return _chosen or _of_environment() or get_experiment_id()


def _of_environment() -> str | None:
    name, experiment_id = MLFLOW_EXPERIMENT_NAME.get(), MLFLOW_EXPERIMENT_ID.get()
    if name is not None:
        found = _by_name(MlflowClient(), name).experiment_id
        if experiment_id and experiment_id != found:
            raise InvalidParameter(
                f"MLFLOW_EXPERIMENT_NAME is {name!r}, the experiment {found}, but "
                f"MLFLOW_EXPERIMENT_ID is {experiment_id!r}. Set one of them."
            )
        return found
    if experiment_id is not None:
        try:
            return MlflowClient().get_experiment(experiment_id).experiment_id
        except MlflowException as error:
            raise InvalidParameter(
                f"MLFLOW_EXPERIMENT_ID is {experiment_id!r}, but the store has no such experiment: "
                f"{error.message}"
            ) from error
    return None


def create_experiment(
    name: str,
    artifact_location: str | Path | None = None,
    tags: Mapping[str, Any] | None = None,
    trace_location: Any = None,
) -> str:
    """Make an experiment, without choosing it.

    Args:
        name: 1 to 500 characters; unique among active and deleted experiments.
        artifact_location: Folder or URI for the files of its runs; left out, the store's own.
        tags: Labels; values are made text.
        trace_location: Accepted for MLflow's sake; Kipu keeps no traces.

    Returns:
        The experiment's id.

    Raises:
        ResourceExists: The name is taken.
    """
    return MlflowClient().create_experiment(name, artifact_location, tags)


def get_experiment(experiment_id: str) -> Experiment:
    """Read an experiment, active or deleted.

    Raises:
        ResourceNotFound: No experiment has this id.
    """
    return MlflowClient().get_experiment(experiment_id)


def get_experiment_by_name(name: str) -> Experiment | None:
    """Read an experiment, active or deleted; None if there is none of this name."""
    return MlflowClient().get_experiment_by_name(name)


def search_experiments(
    view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int | None = None,
    filter_string: str | None = None,
    order_by: Sequence[str] | None = None,
) -> list[Experiment]:
    """The experiments that match, all pages of them.

    Args:
        view_type: Active ones, deleted ones, or all.
        max_results: At most so many; left out, all.
        filter_string: Such as ``name LIKE 'vision%' AND tags.team = 'a'``.
        order_by: Such as ``["last_update_time DESC"]``; left out, newest first.

    Raises:
        InvalidParameter: Filter or order cannot be read.
    """
    client, found = MlflowClient(), list[Experiment]()
    token: str | None = None
    while max_results is None or len(found) < max_results:
        size = _PAGE if max_results is None else min(_PAGE, max_results - len(found))
        page = client.search_experiments(view_type, size, filter_string, order_by, token)
        found += page
        token = page.token
        if not token:
            break
    return found


def delete_experiment(experiment_id: str) -> None:
    """Mark an experiment and its runs deleted; ``restore_experiment`` undoes it.

    Raises:
        ResourceNotFound: No active experiment has this id.
    """
    MlflowClient().delete_experiment(experiment_id)


def restore_experiment(experiment_id: str) -> None:
    """Undo ``delete_experiment``.

    Raises:
        ResourceNotFound: No deleted experiment has this id.
    """
    MlflowClient().restore_experiment(experiment_id)


def set_experiment_tag(key: str, value: Any) -> None:
    """Label the current experiment; the value is made text, at most 20,000 characters."""
    MlflowClient().set_experiment_tag(_of_active_run(), key, value)


def set_experiment_tags(tags: Mapping[str, Any]) -> None:
    """Label the current experiment, several times."""
    for key, value in tags.items():
        set_experiment_tag(key, value)


def delete_experiment_tag(key: str) -> None:
    """Remove a label of the current experiment.

    Raises:
        ResourceNotFound: The experiment has no such tag.
    """
    MlflowClient().delete_experiment_tag(_of_active_run(), key)


def _of_active_run() -> str:
    if state.stack:
        return state.stack[-1].info.experiment_id
    return current_experiment_id()
