"""Training with scikit-learn, logged by itself."""

from kipu.autologging.sklearn.switch import autolog

__all__ = ["autolog"]
