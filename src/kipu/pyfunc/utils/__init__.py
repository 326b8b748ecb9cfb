"""The decorator that checks a model's input, under the path that MLflow's users know."""

from kipu.pyfunc.hints import pyfunc

__all__ = ["pyfunc"]
