"""Number types of weights, as text and as PyTorch has them."""

from __future__ import annotations

import sys
from typing import Any

from kipu.exceptions import InvalidParameter


def dtype_of(model: Any) -> Any:
    """The PyTorch type of a model's weights, None for a model of another framework."""
    torch = sys.modules.get("torch")
    found = getattr(model, "dtype", None)
    return found if torch is not None and isinstance(found, torch.dtype) else None


def as_dtype(given: Any) -> Any:
    """The type that a text such as ``torch.float16`` names; anything else stays.

    Raises:
        InvalidParameter: PyTorch has no such type, or is not installed.
    """
    if not isinstance(given, str):
        return given
    try:
        import torch
    except ImportError as error:
        raise InvalidParameter(f"torch_dtype {given!r} needs PyTorch.") from error
    found = getattr(torch, given.removeprefix("torch."), None)
    if not isinstance(found, torch.dtype):
        raise InvalidParameter(f"torch_dtype {given!r} is no type of PyTorch's.")
    return found


def dtype_argument() -> str:
    """What the installed transformers calls the argument."""
    import transformers

    major, minor = (int(part) for part in transformers.__version__.split(".")[:2])
    return "dtype" if (major, minor) >= (4, 56) else "torch_dtype"
