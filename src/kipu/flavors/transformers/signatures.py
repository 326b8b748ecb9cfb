"""Signatures of pipelines: by what they answer to an example, else those of their task."""

from __future__ import annotations

import json
import logging
from copy import deepcopy
from typing import Any

import numpy as np

from kipu.exceptions import InvalidParameter
from kipu.flavors.transformers.prediction import TransformersModel
from kipu.models.input_example import split_params
from kipu.models.model_signature import ModelSignature, infer_signature
from kipu.types.columns import ColSpec, TensorSpec
from kipu.types.schema import Schema

_log = logging.getLogger(__name__)

_TEXT_TASKS = (
    "conversational",
    "fill-mask",
    "summarization",
    "text-generation",
    "text2text-generation",
    "token-classification",
    "translation",
)


def generate_signature_output(
    pipeline: Any,
    data: Any,
    model_config: dict[str, Any] | None = None,
    params: dict[str, Any] | None = None,
    flavor_config: dict[str, Any] | None = None,
) -> Any:
    """What a pipeline answers as generic model, to infer a signature by hand.

    Args:
        pipeline: The pipeline.
        data: Its input.
        model_config: Arguments of the call.
        params: More of them, which win.
        flavor_config: What the flavor says of the model.

    Raises:
        InvalidParameter: It is no pipeline.
    """
    from transformers import Pipeline

    if not isinstance(pipeline, Pipeline):
        raise InvalidParameter(f"A {type(pipeline).__name__} is no pipeline of transformers.")
    data = example_for(pipeline.task, deepcopy(data))
    return TransformersModel(pipeline, flavor_config, model_config).predict(data, params)


def signature_of(
    task: str,
    pipeline: Any,
    example: Any,
    model_config: dict[str, Any] | None,
    conf: dict[str, Any],
) -> ModelSignature | None:
    """The signature of a pipeline, None where neither an example nor the task tells.

    Args:
        task: The pipeline's.
        pipeline: None for the checkpoint of one, which is not loaded.
        example: Of its input, or None.
        model_config: Arguments of each call.
        conf: What the flavor says of it.
    """
    if example is not None and pipeline is not None:
        data, params = split_params(example)
        try:
            answer = generate_signature_output(pipeline, data, model_config, params, conf)
            return infer_signature(example_for(task, deepcopy(data)), answer, params)
        except Exception as error:
            _log.warning(
                "The model fails on the input example, so it gets the signature of its task: %r",
                error,
            )
    found = _signature_of_task(task)
    if found is None:
        _log.warning(
            "The signature of a model for %r is not known. Give one with `signature`.", task
        )
    return found


def example_for(task: str, example: Any) -> Any:
    """An example as it is written: labels that are given become JSON."""
    data = example[0] if isinstance(example, tuple) else example
    if task == "zero-shot-classification" and isinstance(data, dict):
        labels = data.get("candidate_labels")
        if isinstance(labels, list):
            data = data | {"candidate_labels": json.dumps(labels)}
    return (data, *example[1:]) if isinstance(example, tuple) else data


def _signature_of_task(task: str) -> ModelSignature | None:
    kind = "translation" if task.startswith("translation_") else task
    if kind in _TEXT_TASKS:
        return _signature({"": "string"}, {"": "string"})
    labelled = {"label": "string", "score": "double"}
    match kind:
        case "text-classification" | "image-classification":
            return _signature({"": "string"}, labelled)
        case "audio-classification":
            return _signature({"": "binary"}, {"score": "double", "label": "string"})
        case "automatic-speech-recognition":
            return _signature({"": "binary"}, {"": "string"})
        case "table-question-answering":
            return _signature({"query": "string", "table": "string"}, {"": "string"})
        case "question-answering":
            return _signature({"question": "string", "context": "string"}, {"": "string"})
        case "zero-shot-classification":
            given = ("sequences", "candidate_labels", "hypothesis_template")
            rows = {"sequence": "string", "labels": "string", "scores": "double"}
            return _signature(dict.fromkeys(given, "string"), rows)
        case "feature-extraction":
            vector = TensorSpec(np.dtype("float64"), [-1], "double")
            return ModelSignature(Schema([ColSpec("string")]), Schema([vector]))
    return None


def _signature(inputs: dict[str, str], outputs: dict[str, str]) -> ModelSignature:
    given, answered = (
        Schema([ColSpec(kind, name or None) for name, kind in columns.items()])
        for columns in (inputs, outputs)
    )
    return ModelSignature(given, answered)
