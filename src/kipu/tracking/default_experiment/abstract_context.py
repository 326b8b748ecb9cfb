"""What providers of an experiment are made from, under the path that MLflow's users know."""

from kipu.fluent.default_experiment import DefaultExperimentProvider

__all__ = ["DefaultExperimentProvider"]
