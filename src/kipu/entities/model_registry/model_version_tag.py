"""A label of a model version, under the path that MLflow's users know."""

from kipu.entities.model_registry.model_version import ModelVersionTag

__all__ = ["ModelVersionTag"]
