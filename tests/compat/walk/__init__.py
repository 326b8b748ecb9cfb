"""The steps that every client walks on every server; one file an area."""

from walk import (  # noqa: F401
    artifacts,
    batches,
    experiments,
    inputs,
    logged_models,
    metrics,
    params_and_tags,
    registry,
    runs,
    search_experiments,
    search_runs,
)
from walk.step import STEPS, Walk, masked

__all__ = ["STEPS", "Walk", "masked"]
