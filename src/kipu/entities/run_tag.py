"""A label of a run, under the path that MLflow's users know."""

from kipu.entities.tags import RunTag

__all__ = ["RunTag"]
