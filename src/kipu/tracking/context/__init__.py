"""Tags that runs get by themselves, under the path that MLflow's users know."""

from kipu.fluent.context import resolve_tags

__all__ = ["resolve_tags"]
