"""The steps that every client walks on every server; one file an area."""

from walk import batches, experiments, metrics, params_and_tags, runs  # noqa: F401
from walk.step import STEPS, Walk, masked

__all__ = ["STEPS", "Walk", "masked"]
