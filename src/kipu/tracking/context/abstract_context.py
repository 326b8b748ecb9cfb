"""What providers of tags are made from, under the path that MLflow's users know."""

from kipu.fluent.context.provider import RunContextProvider

__all__ = ["RunContextProvider"]
