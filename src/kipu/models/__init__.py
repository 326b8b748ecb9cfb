"""Models: their description, signature, input example, requirements and files."""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from kipu.models.code_model import set_model
from kipu.models.enforcement import validate_schema
from kipu.models.input_example import convert_input_example_to_serving_input
from kipu.models.model import Model
from kipu.models.model_config import ModelConfig
from kipu.models.requirement_inference import infer_pip_requirements
from kipu.models.signature import ModelSignature, infer_signature

__all__ = [
    "Model",
    "ModelConfig",
    "ModelSignature",
    "convert_input_example_to_serving_input",
    "infer_pip_requirements",
    "infer_signature",
    "set_model",
    "validate_schema",
]


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        # With MLflow, all modules of this package are there without an import of their own.
        if not name.startswith("_") and find_spec(f"{__name__}.{name}") is not None:
            return import_module(f"{__name__}.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
