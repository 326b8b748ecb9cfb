"""A label of a registered model, under the path that MLflow's users know."""

from kipu.entities.model_registry.registered_model import RegisteredModelTag

__all__ = ["RegisteredModelTag"]
