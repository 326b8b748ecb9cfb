"""Logs what is given to TensorBoard's writer, to the active run."""

from __future__ import annotations

from typing import Any

from kipu.autologging.patching import Call
from kipu.client import MlflowClient
from kipu.entities import Metric, Param


def add_event(call: Call, writer: Any, event: Any, *args: Any, **kwargs: Any) -> None:
    """What runs in place of ``FileWriter.add_event``, through which all scalars go."""
    call.original(writer, event, *args, **kwargs)
    every = call.option("log_every_n_step")
    step = (args[0] if args else kwargs.get("step")) or 0
    if not call.run_id or not every or step % every or event.WhichOneof("what") != "summary":
        return
    at = round((event.wall_time or 0) * 1000)
    points = [
        Metric(one.tag, one.simple_value, at, step)
        for one in event.summary.value
        if one.HasField("simple_value")
    ]
    if points:
        MlflowClient().log_batch(call.run_id, metrics=points)


def add_hparams(
    call: Call, writer: Any, hparam_dict: Any, metric_dict: Any, *args: Any, **kwargs: Any
) -> None:
    """What runs in place of ``SummaryWriter.add_hparams``."""
    call.original(writer, hparam_dict, metric_dict, *args, **kwargs)
    if not call.run_id or not hparam_dict:
        return
    client = MlflowClient()
    params = [Param(key, str(value)) for key, value in hparam_dict.items()]
    client.log_batch(call.run_id, params=params)
    for key, value in metric_dict.items():
        client.log_metric(call.run_id, key, value, step=0)
