"""What a model answers to what a server of it would be sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kipu.fluent.downloads import download_artifacts
from kipu.models.enforcement import enforce_params, enforce_schema
from kipu.models.loaders import load_implementation, predict_with, pyfunc_conf
from kipu.models.model import Model
from kipu.models.scoring import ServingInput, parse_json
from kipu.types.type_hints import data_is_json


def validate_serving_input(model_uri: str, serving_input: str | dict[str, Any]) -> Any:
    """What a model answers to what a server would be sent.

    Args:
        model_uri: The model.
        serving_input: JSON; see ``convert_input_example_to_serving_input``.

    Raises:
        InvalidInput: It is no such JSON, or does not fit.
        MlflowException: The model refuses it.
    """
    folder = Path(download_artifacts(str(model_uri)))
    model = Model.load(folder)
    return answer_of(folder, model, parse_json(serving_input, model))


def answer_of(folder: Path, model: Model, given: ServingInput) -> Any:
    """Load a model and let it predict.

    Args:
        folder: The model's.
        model: Its description.
        given: What it is asked.

    Raises:
        MlflowException: The model cannot be loaded, or refuses the data.
    """
    conf = pyfunc_conf(model.flavors)
    implementation = load_implementation(folder, conf, conf.get("config"))
    data, params, signature = given.data, given.params, model.signature
    if signature is not None:
        if signature.inputs is not None and not signature._is_signature_from_type_hint:
            data = enforce_schema(data, signature.inputs)
        params = enforce_params(params, signature.params)
    function = getattr(implementation, conf.get("predict_fn", "predict"))
    with data_is_json():
        return predict_with(function, data, params)
