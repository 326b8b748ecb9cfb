"""Logs training with PyTorch: Lightning's trainer, TensorBoard's writer, loops of one's own."""

from kipu.autologging.pytorch.checkpoint_callback import MlflowModelCheckpointCallback
from kipu.autologging.pytorch.switch import autolog

__all__ = ["MlflowModelCheckpointCallback", "autolog"]
