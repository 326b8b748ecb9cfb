"""Tags that a run gets by itself: who started it, from which source, at which commit."""

from kipu.fluent.context.registry import resolve_tags

__all__ = ["resolve_tags"]
