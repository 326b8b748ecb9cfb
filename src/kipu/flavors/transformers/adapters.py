"""Models that PEFT has put adapters on: only these are saved, the model below is named."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any


def is_adapted(model: Any) -> bool:
    """Whether it is a model of PEFT's."""
    # A model of a library that was never imported is not there.
    peft = sys.modules.get("peft")
    return peft is not None and isinstance(model, peft.PeftModel)


def base_of(model: Any) -> Any:
    """The model of transformers below the adapters; any other model is its own."""
    if not is_adapted(model):
        return model
    config = model.peft_config.get(model.active_adapter) if model.peft_config else None
    if config is None or config.is_prompt_learning:
        return model.base_model
    # Around the model lies the adapter's own class, unless it only learns a prompt.
    return model.base_model.model


def with_adapter(model: Any, folder: Path) -> Any:
    """A model with saved adapters put on it."""
    from peft import PeftModel

    return PeftModel.from_pretrained(model, str(folder))
