"""Models of Hugging Face transformers: pipelines, their parts, and checkpoints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from kipu.flavors.transformers import keys
from kipu.flavors.transformers.keys import FLAVOR_NAME
from kipu.flavors.transformers.loading import is_gpu_available, load, load_model
from kipu.flavors.transformers.persisting import persist_pretrained_model
from kipu.flavors.transformers.prediction import TransformersModel
from kipu.flavors.transformers.requirements import (
    get_default_conda_env,
    get_default_pip_requirements,
)
from kipu.flavors.transformers.saving import log_model, save_model
from kipu.flavors.transformers.signatures import generate_signature_output
from kipu.models.model import Model

__all__ = [
    "FLAVOR_NAME",
    "generate_signature_output",
    "get_default_conda_env",
    "get_default_pip_requirements",
    "is_gpu_available",
    "load_model",
    "log_model",
    "persist_pretrained_model",
    "save_model",
]


def _load_pyfunc(path: str, model_config: dict[str, Any] | None = None) -> TransformersModel:
    folder = Path(path)
    model = Model.load(folder)
    conf = model.flavors[FLAVOR_NAME]
    old = folder / keys.COMPONENTS_FOLDER / keys.OLD_CONFIG_FILE
    if old.is_file():
        model_config = json.loads(old.read_text("utf-8"))
    template = (model.metadata or {}).get(keys.PROMPT_TEMPLATE)
    return TransformersModel(load(folder, conf), conf, model_config, template)
