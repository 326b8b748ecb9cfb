"""What a server of a model is sent, and the model's answer to it."""

from __future__ import annotations

import json
import logging
import sys
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from kipu.exceptions import InvalidParameter
from kipu.fluent.downloads import download_artifacts
from kipu.models.enforcement import enforce_params, enforce_schema
from kipu.models.input_example import InputExample
from kipu.models.json_data import (
    InvalidInput,
    cast_frame,
    cast_inputs,
    cast_instances,
    frame_of_json,
    write_json,
)
from kipu.models.loaders import load_implementation, predict_with, pyfunc_conf
from kipu.models.model import Model
from kipu.types.schema import Schema
from kipu.types.type_hints import data_is_json

_log = logging.getLogger(__name__)
_FORMS = ("dataframe_split", "dataframe_records", "instances", "inputs")


class ServingInput(NamedTuple):
    """Data, and parameters."""

    data: Any
    params: dict[str, Any] | None


def parse_serving_input(
    given: str | dict[str, Any], schema: Schema | None, is_hinted: bool = False
) -> ServingInput:
    """Data and parameters of a request.

    Args:
        given: JSON with one of the keys dataframe_split, dataframe_records, instances and inputs,
            and perhaps params.
        schema: Of the model's input.
        is_hinted: Whether the schema is that of a type hint, by which the model checks it itself.

    Raises:
        InvalidInput: It is something else, or does not fit.
    """
    try:
        body = json.loads(given) if isinstance(given, str) else dict(given)
    except json.JSONDecodeError as error:
        raise InvalidInput(f"This is no JSON: {error}") from error
    if not isinstance(body, dict):
        raise InvalidInput(f"A dictionary is expected, not a {type(body).__name__}.")
    params = body.pop("params", None)
    if any(key in body for key in ("messages", "prompt", "input")):
        return ServingInput(body, params)
    forms = [key for key in body if key in _FORMS]
    if len(forms) != 1 or len(body) != 1:
        raise InvalidInput(f"One of the keys {', '.join(_FORMS)} is expected, not {sorted(body)}.")
    form, data = forms[0], body[forms[0]]
    match form:
        case "inputs" if is_hinted:
            return ServingInput(data, params)
        case "inputs":
            return ServingInput(cast_inputs(data, schema), params)
        case "instances":
            return ServingInput(cast_instances(data, schema), params)
    return ServingInput(frame_of_json(data, form.removeprefix("dataframe_"), schema), params)


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
    given = parse_serving_input(serving_input, model.get_input_schema(), _is_hinted(model))
    return _predict(folder, model, given)


def predict(
    model_uri: str,
    input_data: Any = None,
    input_path: str | None = None,
    content_type: str = "json",
    output_path: str | None = None,
    env_manager: str = "virtualenv",
    install_mlflow: bool = False,
    pip_requirements_override: list[str] | None = None,
    extra_envs: dict[str, str] | None = None,
) -> None:
    """Let a model predict on a file or on data, and write its answer as JSON.

    It runs in this process, with what is installed here, whatever ``env_manager`` says.

    Args:
        model_uri: The model.
        input_data: Data of any kind that an input example may be of, or JSON text; or else:
        input_path: A file with it.
        content_type: ``json`` or ``csv``.
        output_path: File to write; left out, standard output.
        env_manager: Accepted for MLflow's sake, as are the next three.
        install_mlflow: See there.
        pip_requirements_override: See there.
        extra_envs: See there.

    Raises:
        InvalidParameter: Both or none of data and file are given, or the content is another.
        InvalidInput: The data does not fit.
    """
    if content_type not in ("json", "csv"):
        raise InvalidParameter(f"content_type is 'json' or 'csv', not {content_type!r}.")
    if (input_data is None) == (input_path is None):
        raise InvalidParameter("Give either input_data or input_path.")
    if env_manager != "local":
        _log.info("The model predicts with what is installed here; no environment is made for it.")
    folder = Path(download_artifacts(str(model_uri)))
    model = Model.load(folder)
    given = _given(input_data, input_path, content_type, model)
    answer = write_json({"predictions": _jsonable(_predict(folder, model, given))})
    if output_path is None:
        sys.stdout.write(answer + "\n")
    else:
        Path(output_path).write_text(answer, "utf-8")


def _given(data: Any, path: str | None, content_type: str, model: Model) -> ServingInput:
    schema = model.get_input_schema()
    if path is not None:
        data = Path(path).read_text("utf-8")
    if content_type == "json":
        if not isinstance(data, str):
            data = InputExample(data).serving_text
        return parse_serving_input(data, schema, _is_hinted(model))
    import pandas  # noqa: PLC0415 - an optional package

    if isinstance(data, pandas.DataFrame):
        return ServingInput(data, None)
    frame = pandas.read_csv(StringIO(data))
    return ServingInput(frame if schema is None else cast_frame(frame, schema), None)


def _predict(folder: Path, model: Model, given: ServingInput) -> Any:
    conf = pyfunc_conf(model.flavors)
    implementation = load_implementation(folder, conf, conf.get("config"))
    data, params, signature = given.data, given.params, model.signature
    if signature is not None:
        if signature.inputs is not None and not _is_hinted(model):
            data = enforce_schema(data, signature.inputs)
        params = enforce_params(params, signature.params)
    function = getattr(implementation, conf.get("predict_fn", "predict"))
    with data_is_json():
        return predict_with(function, data, params)


def _is_hinted(model: Model) -> bool:
    return model.signature is not None and model.signature._is_signature_from_type_hint


def _jsonable(answer: Any) -> Any:
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(answer, pandas.DataFrame):
        return answer.to_dict(orient="records")
    if pandas is not None and isinstance(answer, pandas.Series):
        return answer.to_list()
    return answer
