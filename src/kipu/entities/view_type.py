"""Views of lifecycle stages, under the path that MLflow's users know."""

from kipu.entities.states import ViewType

__all__ = ["ViewType"]
