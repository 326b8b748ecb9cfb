"""Ids, state and times of a run, under the path that MLflow's users know."""

from kipu.entities.run import RunInfo

__all__ = ["RunInfo"]
