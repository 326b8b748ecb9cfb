"""Models: their description, signature, input example, requirements and files."""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Union

import numpy as np

from kipu.models.code_model import set_model
from kipu.models.enforcement import validate_schema
from kipu.models.flavor_backend import FlavorBackend
from kipu.models.input_example import convert_input_example_to_serving_input
from kipu.models.libraries import add_libraries_to_model
from kipu.models.model import Model, get_model_info
from kipu.models.model_config import ModelConfig
from kipu.models.prediction import predict
from kipu.models.requirement_inference import infer_pip_requirements
from kipu.models.requirement_updates import update_model_requirements
from kipu.models.serving_input import validate_serving_input
from kipu.models.signature import ModelSignature, infer_signature, set_signature

ModelInputExample = Union[
    "pandas.DataFrame",  # type: ignore[name-defined]  # noqa: F821 - an optional package
    np.ndarray[Any, Any],
    dict[Any, Any],
    list[Any],
    str,
    bytes,
    tuple[Any, ...],
]
"""What an input example may be; SciPy's csr and csc matrices, scalars and times, too."""

__all__ = [
    "FlavorBackend",
    "Model",
    "ModelConfig",
    "ModelInputExample",
    "ModelSignature",
    "add_libraries_to_model",
    "convert_input_example_to_serving_input",
    "get_model_info",
    "infer_pip_requirements",
    "infer_signature",
    "predict",
    "set_model",
    "set_signature",
    "update_model_requirements",
    "validate_schema",
    "validate_serving_input",
]


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        # With MLflow, all modules of this package are there without an import of their own.
        if not name.startswith("_") and find_spec(f"{__name__}.{name}") is not None:
            return import_module(f"{__name__}.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
