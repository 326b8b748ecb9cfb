"""Importances of features as artifacts of a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kipu.autologging.patching import Call
from kipu.autologging.plots import Importance, log_plot
from kipu.client import MlflowClient


def log_importance(call: Call, names: Sequence[str], values: Any, kind: str) -> None:
    """Log how much a model makes of each feature: numbers, and pictures if there is any.

    Args:
        call: The training.
        names: The features.
        values: A number for each; or several, one for each class.
        kind: How it is measured, such as ``gain``; part of the files' names.
    """
    client, name = MlflowClient(), f"feature_importance_{kind}"
    if len(names):
        log_plot(client, call.run_id, name, Importance(names, values, kind))
    else:
        client.log_dict(call.run_id, {}, f"{name}.json")
