"""Logging metrics, params and tags into the active run."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, SupportsFloat

from kipu.client import MlflowClient
from kipu.client.opening import open_trackings
from kipu.client.operations import RunOperations
from kipu.entities import DatasetInput, Metric, Param, RunTag
from kipu.fluent.active import client_of, state
from kipu.fluent.inputs import as_entity
from kipu.fluent.model_links import models_of
from kipu.fluent.runs import current_run


def log_metric(
    key: str,
    value: SupportsFloat,
    step: int | None = None,
    synchronous: bool | None = None,
    timestamp: int | None = None,
    run_id: str | None = None,
    model_id: str | None = None,
    dataset: Any = None,
) -> RunOperations | None:
    """Log one point of a metric curve.

    It is safe in the journal when this returns, and in the store a moment later; every read of
    this process, and the end of the run, wait for it.

    Args:
        key: At most 250 characters: letters, digits, space and ``_ - . : /``.
        value: A number, or an array or tensor of exactly one element (shape ``()``, ``(1,)``,
            ``(1, 1)``, ...), which is copied to the host.
        step: Place on the x axis; may be negative and may repeat. Left out, 0.
        synchronous: True returns when the point is stored, False answers with ``RunOperations``
            to wait on. Left out, the asynchronous logging setting decides.
        timestamp: Milliseconds since the Unix epoch. Left out, now.
        run_id: The run to write to. Left out, the active run, started if there is none.
        model_id: Logged model that the value belongs to, which becomes an input of the run. Left
            out, the active model, else the models that the run made at this step.
        dataset: Data set that the value was measured on; also logged as the run's input.

    Raises:
        InvalidParameter: The key or the value cannot be stored.
        ResourceNotFound: No run has this ``run_id``.

    Example:
        >>> with kipu.start_run():
        ...     kipu.log_metric("loss", 0.25, step=3)
    """
    # One function, few calls: this is the line in the training loop.
    if run_id is None and synchronous is None and model_id is None and dataset is None:
        recorder = state.recorder
        if recorder is None:
            current_run()
            recorder = state.recorder
        if recorder is not None:
            return recorder.log(key, value, step, timestamp)
    return log_metrics({key: value}, step, synchronous, run_id, timestamp, model_id, dataset)


def log_metrics(
    metrics: Mapping[str, SupportsFloat],
    step: int | None = None,
    synchronous: bool | None = None,
    run_id: str | None = None,
    timestamp: int | None = None,
    model_id: str | None = None,
    dataset: Any = None,
) -> RunOperations | None:
    """Log one point of each of several curves, all with one step and time.

    Args:
        metrics: Values by key.
        step: See ``log_metric``, as for everything below.
        synchronous: See ``log_metric``.
        run_id: See ``log_metric``.
        timestamp: See ``log_metric``.
        model_id: See ``log_metric``.
        dataset: See ``log_metric``.

    Raises:
        InvalidParameter: A key or a value cannot be stored; then none is.
        ResourceNotFound: No run has this ``run_id``.

    Example:
        >>> with kipu.start_run():
        ...     kipu.log_metrics({"loss": 0.25, "accuracy": 0.9}, step=3)
    """
    run = current_run() if run_id is None else None
    if run and synchronous is None and model_id is None and dataset is None and state.recorder:
        return state.recorder.log_row(metrics, step, timestamp)
    client, run_id = client_and_run(run_id)
    name, digest = _note_dataset(client, run_id, dataset)
    models = models_of(client, run_id, run, step or 0, model_id)
    now = timestamp or time.time_ns() // 1_000_000
    points = [
        Metric(key, value, now, step or 0, model, name, digest)  # type: ignore[arg-type]
        for key, value in metrics.items()
        for model in models
    ]
    return client.log_batch(run_id, metrics=points, synchronous=synchronous)


def log_param(key: str, value: Any, synchronous: bool | None = None) -> Any:
    """Log one param of the active run, which cannot be changed afterwards.

    Args:
        key: At most 250 characters: letters, digits, space and ``_ - . : /``.
        value: Made text; cut after 6,000 characters.
        synchronous: False writes in the background. Left out, the asynchronous logging setting
            decides.

    Returns:
        The value, or ``RunOperations`` from the background.

    Raises:
        InvalidParameter: The param has another value already, or key or value are refused.
    """
    run_id = current_run().info.run_id
    return client_of(current_run()).log_param(run_id, key, value, synchronous)


def log_params(
    params: Mapping[str, Any], synchronous: bool | None = None, run_id: str | None = None
) -> RunOperations | None:
    """Log several params at once; see ``log_param``."""
    client, run_id = client_and_run(run_id)
    entities = [Param(key, str(value)) for key, value in params.items()]
    return client.log_batch(run_id, params=entities, synchronous=synchronous)


def set_tag(key: str, value: Any, synchronous: bool | None = None) -> RunOperations | None:
    """Label the active run; the last value set wins.

    Args:
        key: At most 250 characters: letters, digits, space and ``_ - . : /``.
        value: Made text; cut after 8,000 characters.
        synchronous: False writes in the background and answers with ``RunOperations``.
    """
    run_id = current_run().info.run_id
    return client_of(current_run()).set_tag(run_id, key, value, synchronous)


def set_tags(tags: Mapping[str, Any], synchronous: bool | None = None) -> RunOperations | None:
    """Label the active run several times at once; see ``set_tag``."""
    run_id = current_run().info.run_id
    entities = [RunTag(key, str(value)) for key, value in tags.items()]
    return client_of(current_run()).log_batch(run_id, tags=entities, synchronous=synchronous)


def delete_tag(key: str) -> None:
    """Remove a label of the active run.

    Raises:
        ResourceNotFound: The run has no such tag.
    """
    run_id = current_run().info.run_id
    client_of(current_run()).delete_tag(run_id, key)


def flush_async_logging() -> None:
    """Wait until everything that this process logged is stored."""
    for tracking in open_trackings():
        tracking.settled()


def flush_artifact_async_logging() -> None:
    """Wait until every image and model that was logged in the background is stored."""
    flush_async_logging()
    for tracking in open_trackings():
        tracking.stored()


def client_and_run(run_id: str | None) -> tuple[MlflowClient, str]:
    """A client and the id of the named run, or of the active one, started if there is none."""
    if run_id is not None:
        return MlflowClient(), run_id
    active = current_run().info.run_id
    return client_of(current_run()), active


def _note_dataset(client: MlflowClient, run_id: str, dataset: Any) -> tuple[str | None, str | None]:
    """Log the data set as an input of the run; its name and digest go with the points."""
    if dataset is None:
        return None, None
    entity = as_entity(dataset)
    client.log_inputs(run_id, [DatasetInput(entity)])
    return entity.name, entity.digest
