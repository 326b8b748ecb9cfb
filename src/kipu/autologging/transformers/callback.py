"""What logs a training of transformers' ``Trainer``: a callback like the one it has for MLflow."""

from __future__ import annotations

import functools
import json
import os
import re
from collections.abc import Mapping
from typing import Any

from kipu.autologging.guards import guarded
from kipu.autologging.integration import Integration
from kipu.autologging.transformers.model import log_trained
from kipu.fluent.active import active_run, end_run
from kipu.fluent.logging import log_metrics, log_params, set_tags
from kipu.fluent.runs import start_run
from kipu.pyfunc import PythonModel
from kipu.pyfunc import log_model as log_files
from kipu.service.limits import MAX_PARAM_VAL_LENGTH, MAX_PARAMS_TAGS_PER_BATCH

_TRUE = {"1", "ON", "TRUE", "YES"}
_REFUSED = re.compile(r"[^0-9A-Za-z_\-. :/]")


def callback_for(trainer: Any, integration: Integration) -> Any:
    """The callback that logs what a trainer does next, added unless it is there.

    None, where transformers' own callback for MLflow logs to Kipu already, or is not wanted.
    """
    if _is_set("DISABLE_MLFLOW_INTEGRATION"):
        return None
    kind = _callback_class(integration)
    for one in trainer.callback_handler.callbacks:
        if isinstance(one, kind):
            one.forget()
            return one
        if getattr(getattr(one, "_ml_flow", None), "start_run", None) is start_run:
            return None
    callback = kind()
    trainer.add_callback(callback)
    return callback


@functools.cache
def _callback_class(integration: Integration) -> Any:
    """The class, which cannot be made before transformers is imported."""
    from transformers import TrainerCallback

    class KipuCallback(TrainerCallback):  # type: ignore[misc]
        """Logs a training and what the trainer evaluates afterwards to one run."""

        def __init__(self) -> None:
            self._run_id = ""
            self._owns_run = False
            self._described = set[str]()
            self._told = set[str]()

        def forget(self) -> None:
            """Before the next training: it has a run of its own."""
            self._run_id, self._owns_run = "", False

        @guarded(integration)
        def close(self, status: str) -> None:
            """End the run if it was started here."""
            active = active_run()
            if self._owns_run and active is not None and active.info.run_id == self._run_id:
                end_run(status)
            self._owns_run = False

        @guarded(integration)
        def on_train_begin(self, args: Any, state: Any, control: Any, **more: Any) -> None:
            if state.is_world_process_zero and not self._run_id:
                self._begin(args, more.get("model"))

        @guarded(integration)
        def on_log(
            self, args: Any, state: Any, control: Any, logs: Any = None, **more: Any
        ) -> None:
            if not state.is_world_process_zero or not logs or integration.is_disabled:
                return
            if not self._run_id:
                self._begin(args, more.get("model"))
            numbers = {_REFUSED.sub("_", key): _number(one) for key, one in logs.items()}
            metrics = {key: one for key, one in numbers.items() if one is not None}
            active = active_run()
            is_active = active is not None and active.info.run_id == self._run_id
            # The active run is ten times faster to reach than one with a given id.
            log_metrics(metrics, state.global_step, run_id=None if is_active else self._run_id)
            unknown = numbers.keys() - metrics.keys() - self._told
            if unknown:
                self._told |= unknown
                integration.warn("These are no numbers and not logged: %s.", sorted(unknown))

        @guarded(integration)
        def on_save(self, args: Any, state: Any, control: Any, **more: Any) -> None:
            if state.is_world_process_zero and self._run_id and _is_set("HF_MLFLOW_LOG_ARTIFACTS"):
                name = f"checkpoint-{state.global_step}"
                files = {"model_path": os.path.join(args.output_dir, name)}
                log_files(name=name, artifacts=files, python_model=PythonModel())

        @guarded(integration)
        def on_train_end(self, args: Any, state: Any, control: Any, **more: Any) -> None:
            is_asked = not integration.is_configured_globally and integration.option("log_models")
            if is_asked and state.is_world_process_zero and self._run_id:
                log_trained(more.get("model"), more.get("processing_class"), state.global_step)

        def _begin(self, args: Any, model: Any) -> None:
            active, is_nested = active_run(), _is_set("MLFLOW_NESTED_RUN")
            if active is None or is_nested or os.environ.get("MLFLOW_RUN_ID"):
                tags = {str(k): str(v) for k, v in (integration.option("extra_tags") or {}).items()}
                active = start_run(run_name=args.run_name, nested=is_nested, tags=tags or None)
                self._owns_run = True
            self._run_id = active.info.run_id
            if self._run_id in self._described:
                return
            self._described.add(self._run_id)
            items = list(_params(args, model, integration).items())
            for at in range(0, len(items), MAX_PARAMS_TAGS_PER_BATCH):
                part = items[at : at + MAX_PARAMS_TAGS_PER_BATCH]
                log_params(dict(part), run_id=self._run_id)
            if wanted := os.environ.get("MLFLOW_TAGS"):
                set_tags(json.loads(wanted))

    return KipuCallback


def _params(args: Any, model: Any, integration: Integration) -> dict[str, Any]:
    """The model's configuration and the training's arguments, as far as they are short enough."""
    config = getattr(model, "config", None)
    params = {**(config.to_dict() if config is not None else {}), **args.to_dict()}
    if _is_set("MLFLOW_FLATTEN_PARAMS"):
        params = _flat(params)
    short = {key: one for key, one in params.items() if len(str(one)) <= MAX_PARAM_VAL_LENGTH}
    if long := sorted(params.keys() - short.keys()):
        integration.warn(
            "These are too long for params and not logged: %s. MLFLOW_FLATTEN_PARAMS=1 in the "
            "environment logs their parts.",
            ", ".join(long),
        )
    most = os.environ.get("MLFLOW_MAX_LOG_PARAMS", "")
    return dict(list(short.items())[: int(most)]) if most.isdigit() else short


def _flat(params: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in params.items():
        name = f"{above}.{key}" if above else str(key)
        flat |= _flat(value, name) if isinstance(value, Mapping) and value else {name: value}
    return flat


def _number(value: Any) -> float | None:
    if isinstance(value, (int, float)):
        return value
    return value.item() if hasattr(value, "numel") and value.numel() == 1 else None


def _is_set(name: str) -> bool:
    return os.environ.get(name, "").upper() in _TRUE
