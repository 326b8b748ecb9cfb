"""Loads models from code."""

from kipu.pyfunc.model import _load_pyfunc

__all__ = ["_load_pyfunc"]
