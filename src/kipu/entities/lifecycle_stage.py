"""Active or deleted, under the path that MLflow's users know."""

from kipu.entities.states import LifecycleStage

__all__ = ["LifecycleStage"]
