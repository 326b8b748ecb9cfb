"""What started a run, under the path that MLflow's users know."""

from kipu.entities.states import SourceType

__all__ = ["SourceType"]
