"""All providers of an experiment, under the path that MLflow's users know."""

from kipu.fluent.default_experiment import get_experiment_id
from kipu.fluent.default_experiment import providers as _default_experiment_provider_registry

__all__ = ["_default_experiment_provider_registry", "get_experiment_id"]
