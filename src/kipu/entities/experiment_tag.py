"""A label of an experiment, under the path that MLflow's users know."""

from kipu.entities.experiment import ExperimentTag

__all__ = ["ExperimentTag"]
