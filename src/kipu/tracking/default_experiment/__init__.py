"""The experiment where nobody chose one, under the path that MLflow's users know."""

from kipu.fluent.default_experiment import DEFAULT_EXPERIMENT_ID
from kipu.tracking.default_experiment import abstract_context, registry

__all__ = ["DEFAULT_EXPERIMENT_ID", "abstract_context", "registry"]
