"""Pages of results, under the path that MLflow's users know."""

from kipu.entities import PagedList

__all__ = ["PagedList"]
