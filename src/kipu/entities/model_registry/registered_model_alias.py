"""A name for a version, under the path that MLflow's users know."""

from kipu.entities.model_registry.registered_model import RegisteredModelAlias

__all__ = ["RegisteredModelAlias"]
