"""Training with the trainer of transformers, logged by itself."""

from kipu.autologging.transformers.switch import autolog

__all__ = ["autolog"]
