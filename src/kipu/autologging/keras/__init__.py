"""Training with Keras 3, logged by itself; TensorFlow logs with the same parts."""

from kipu.autologging.keras.switch import autolog

__all__ = ["autolog"]
