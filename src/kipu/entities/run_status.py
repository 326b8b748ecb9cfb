"""The state of a run, under the path that MLflow's users know."""

from kipu.entities.states import RunStatus

__all__ = ["RunStatus"]
