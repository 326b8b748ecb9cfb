"""Stands in for the part of TensorBoard by which TensorFlow writes a number."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any


def install() -> None:
    """Have ``tensorboard`` found, unless it is installed."""
    try:
        import tensorboard  # noqa: F401
    except ImportError:
        for name in ("tensorboard", "tensorboard.summary", "tensorboard.summary.v2"):
            module = ModuleType(name)
            module.__spec__ = ModuleSpec(name, None, is_package=True)
            module.__path__ = []
            module.scalar = _scalar
            sys.modules[name] = module


def _scalar(name: str, data: Any, step: Any = None, description: Any = None) -> Any:
    import tensorflow as tf

    return tf.summary.write(name, tf.cast(data, tf.float32), step=step)
