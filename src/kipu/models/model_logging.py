"""From a model saved by a flavor to a logged model with its files."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kipu.client import MlflowClient
from kipu.entities import LoggedModel, LoggedModelOutput, LoggedModelStatus, Metric, Run
from kipu.entities.run import RunOutputs
from kipu.entities.tag_names import MLFLOW_MODEL_IS_EXTERNAL
from kipu.fluent.active import active_run, client_of, state
from kipu.fluent.logged_models import create_model
from kipu.fluent.registry import register_model
from kipu.models.delivery import delivery
from kipu.models.loaders import being_logged
from kipu.models.model_config import read_config_file

if TYPE_CHECKING:
    from kipu.models.model_info import ModelInfo

_log = logging.getLogger(__name__)


def log_model(
    kind: Callable[..., Any],
    flavor: Any,
    arguments: Mapping[str, Any],
    *,
    name: str | None,
    registered_model_name: str | None,
    await_registration_for: int | None,
    metadata: dict[str, Any] | None,
    run_id: str | None,
    resources: Any,
    auth_policy: Any,
    prompts: list[Any] | None,
    model_type: str | None,
    params: Mapping[str, Any] | None,
    tags: Mapping[str, Any] | None,
    step: int,
    model_id: str | None,
) -> ModelInfo:
    """What ``Model.log`` does; the arguments are explained there, ``kind`` is the class.

    The logged model is READY once its files are there, FAILED if that raised. Those of a large
    model may come later, in the background: it is PENDING until then.
    """
    if resources is not None and auth_policy is not None:
        raise ValueError("Give resources or auth_policy, not both.")
    active = active_run()
    if run_id is None and active is not None:
        run_id = active.info.run_id
    client = client_of(active) if active is not None else MlflowClient()
    run = client.get_run(run_id) if run_id else None
    if model_id is not None:
        logged = client.get_logged_model(model_id)
    else:
        settings = {**(params or {}), **(run.data.params if run else {})}
        experiment_id = run.info.experiment_id if run else None
        logged = create_model(name, run_id, tags, settings, model_type, experiment_id)
        state.last_model_id = logged.model_id
    registered_version = None
    try:
        if run is not None:
            _link(client, run, logged.model_id, step)
        model = kind(
            artifact_path=logged.artifact_location,
            model_uuid=logged.model_id,
            run_id=run_id,
            metadata=metadata,
            resources=resources,
            auth_policy=auth_policy,
            prompts=[getattr(one, "uri", one) for one in prompts] if prompts is not None else None,
            model_id=logged.model_id,
        )
        # The end of the run waits for it. Without a run, or with a version of it, nothing would.
        may_wait = active is not None and run_id == active.info.run_id
        may_wait = may_wait and registered_model_name is None
        is_stored = _write(client, model, flavor, arguments, logged, run_id, may_wait)
        _log_config(client, run_id, arguments.get("model_config"))
    except BaseException:
        client.finalize_logged_model(logged.model_id, LoggedModelStatus.FAILED)
        raise
    if is_stored:
        logged = client.finalize_logged_model(logged.model_id, LoggedModelStatus.READY)
    if registered_model_name is not None:
        registered_version = register_model(
            logged.model_uri, registered_model_name, await_registration_for, tags=tags
        ).version
    info: ModelInfo = model.get_model_info(logged)
    if registered_version is not None:
        # As with MLflow, text.
        info.registered_model_version = registered_version
    return info


def _write(
    client: MlflowClient,
    model: Any,
    flavor: Any,
    arguments: Mapping[str, Any],
    logged: LoggedModel,
    run_id: str | None,
    may_wait: bool,
) -> bool:
    """Save and store the files; whether they are there, not still on their way."""
    with delivery(client._tracking, logged, run_id, may_wait) as place:
        with being_logged():
            flavor.save_model(path=str(place.folder), mlflow_model=model, **arguments)
        for cache in list(place.folder.rglob("__pycache__")):
            shutil.rmtree(cache, ignore_errors=True)
        is_stored = place.deliver()
    if logged.tags.get(MLFLOW_MODEL_IS_EXTERNAL, "false").lower() == "true":
        client.delete_logged_model_tag(logged.model_id, MLFLOW_MODEL_IS_EXTERNAL)
    return is_stored


def _link(client: MlflowClient, run: Run, model_id: str, step: int) -> None:
    """Tell that the run made the model, and give it what the run measured at that step."""
    run_id = run.info.run_id
    made = LoggedModelOutput(model_id, step)
    client.log_outputs(run_id, [made])
    _note_in_active_run(run_id, made)
    # A curve that ends before the step has no point there.
    latest = client.get_run(run_id).data._metric_objs
    keys = [metric.key for metric in latest if metric.step >= step]
    points = [
        Metric(
            point.key,
            point.value,
            point.timestamp,
            step,
            model_id,
            point.dataset_name,
            point.dataset_digest,
            run_id,
        )
        for key in keys
        for point in client.get_metric_history(run_id, key)
        if point.step == step and point.model_id is None
    ]
    if points:
        client.log_batch(run_id, metrics=points)


def _note_in_active_run(run_id: str, made: LoggedModelOutput) -> None:
    for active in state.stack:
        if active.info.run_id == run_id:
            if active.outputs is None:
                active._outputs = RunOutputs(model_outputs=[made])
            else:
                active.outputs.model_outputs.append(made)
    state.renew()


def _log_config(client: MlflowClient, run_id: str | None, given: Any) -> None:
    """Make a model's configuration params of its run."""
    if not given or run_id is None:
        return
    try:
        config = read_config_file(given) if isinstance(given, (str, Path)) else given
        for key, value in _flat(config).items():
            client.log_param(run_id, key, value)
    except Exception as error:
        _log.warning("The model's configuration is not among the run's params: %s", error)


def _flat(config: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in config.items():
        name = f"{above}/{key}" if above else str(key)
        flat |= _flat(value, name) if isinstance(value, dict) else {name: value}
    return flat
