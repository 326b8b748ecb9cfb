"""Kinds of URIs, under the path that MLflow's users know."""

from kipu.store.open import is_databricks_uri

__all__ = ["is_databricks_uri"]
