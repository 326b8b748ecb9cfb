"""Tags that runs get by themselves, under the path that MLflow's users know."""

from kipu.fluent.context import resolve_tags
from kipu.tracking.context import abstract_context, registry

__all__ = ["abstract_context", "registry", "resolve_tags"]
