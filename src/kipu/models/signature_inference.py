"""The signature of a model from an input example, by letting the model predict on it."""

from __future__ import annotations

import logging
import sys
from copy import deepcopy
from typing import Any

import numpy as np

from kipu.models.enforcement import enforce_params, enforce_schema
from kipu.models.input_example import InputExample
from kipu.models.loaders import predict_with
from kipu.models.model_signature import ModelSignature
from kipu.types.columns import ColSpec
from kipu.types.inference import infer_schema
from kipu.types.nested import AnyType
from kipu.types.param_inference import infer_param_schema
from kipu.types.schema import Schema

_log = logging.getLogger(__name__)


def signature_of_example(example: InputExample | None, wrapper: Any) -> ModelSignature | None:
    """The signature by what a model answers to an example; None where that fails, with a warning.

    Args:
        example: Of the model's input.
        wrapper: What has ``predict(data, params=None)``, as a flavor's ``_load_pyfunc`` answers.
    """
    if example is None:
        return None
    try:
        # A model may change its input in place.
        data = deepcopy(example.data)
        inputs = infer_schema(data)
        params = infer_param_schema(example.params) if example.params else None
        prepared = enforce_schema(data, inputs)
        answer = predict_with(wrapper.predict, prepared, enforce_params(example.params, params))
        return ModelSignature(inputs, _schema_of_answer(answer, inputs), params)
    except Exception as error:
        _log.warning(
            "The model's signature could not be inferred from the input example: %r. Give one with "
            "`signature`, such as kipu.models.infer_signature(input, output).",
            error,
        )
        _log.debug("The reason:", exc_info=True)
        return None


def _schema_of_answer(answer: Any, inputs: Schema) -> Schema:
    pandas = sys.modules.get("pandas")
    is_row_wise = isinstance(answer, np.ndarray) and answer.ndim == 1
    if is_row_wise and not inputs.is_tensor_spec() and pandas is not None:
        answer = pandas.Series(answer)
    try:
        return infer_schema(answer)
    except Exception as error:
        _log.warning("The model's answers have no schema, so anything goes there: %s", error)
        return Schema([ColSpec(AnyType())])
