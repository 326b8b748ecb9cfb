"""A setting of a run, under the path that MLflow's users know."""

from kipu.entities.tags import Param

__all__ = ["Param"]
