"""The signature of a Python model: by its type hints, given, or by an example."""

from __future__ import annotations

import inspect
import logging
import sys
from typing import Any

from kipu.exceptions import InvalidParameter, MlflowException
from kipu.models.folder import ModelFolder
from kipu.models.input_example import split_params
from kipu.models.model_signature import ModelSignature
from kipu.models.signature_inference import signature_of_example
from kipu.pyfunc.hints import hints_of, takes_context
from kipu.pyfunc.loaded import checked_input
from kipu.pyfunc.model import (
    PythonModel,
    PythonModelContext,
    _FunctionPythonModel,
    _PythonModelPyfuncWrapper,
)
from kipu.types.columns import ColSpec
from kipu.types.nested import AnyType
from kipu.types.param_inference import infer_param_schema
from kipu.types.schema import Schema
from kipu.types.type_hints import (
    InvalidTypeHint,
    TypeFromExample,
    TypeHints,
    as_hinted,
    is_list_hint,
    needs_example,
    schema_of_hint,
    schema_of_list_hint,
)

_log = logging.getLogger(__name__)


def describe(
    folder: ModelFolder,
    python_model: Any,
    artifacts: dict[str, str] | None,
    config: dict[str, Any] | None,
) -> None:
    """Write a Python model's input example, and set its signature.

    A type hint wins over a signature that is given, and that over the example.

    Raises:
        InvalidParameter: The hint is refused, or the example does not fit the signature.
    """
    is_class = isinstance(python_model, PythonModel)
    hints = python_model.predict_type_hints if is_class else hints_of(python_model, 0)
    context = PythonModelContext(artifacts, config)
    given, example = folder.given_signature, folder.given_example
    if example is not None:
        folder.save_example(example)
    from_hints = _of_hints(python_model, context, hints, example)
    if from_hints is not None:
        if given and given != from_hints:
            _log.warning("The type hints of predict say another signature; theirs is taken.")
        folder.model.signature = from_hints
    elif given:
        folder.model.signature = given
        _check_example(folder, given)
    elif folder.example is not None:
        wrapped = python_model if is_class else _FunctionPythonModel(python_model)
        try:
            wrapped.load_context(context)
            predicting = _PythonModelPyfuncWrapper(wrapped, context, None)
            folder.model.signature = signature_of_example(folder.example, predicting)
        except Exception as error:
            _log.warning("The model's signature could not be inferred: %r", error)
    if hints.input is TypeFromExample and folder.model.signature is not None:
        _mark_from_example(folder.model.signature, example)


def _check_example(folder: ModelFolder, signature: ModelSignature) -> None:
    example = folder.example
    if example is None:
        return
    try:
        checked_input(example.data, example.params, signature.inputs, signature.params)
    except MlflowException as error:
        raise InvalidParameter(
            f"The input example does not fit the signature. {error.message}"
        ) from error


def _mark_from_example(signature: ModelSignature, example: Any) -> None:
    data, _ = split_params(example)
    pandas = sys.modules.get("pandas")
    frames = (pandas.DataFrame, pandas.Series) if pandas else ()
    if isinstance(data, (list, *frames)):
        signature._is_type_hint_from_example = True
    elif data is not None:
        _log.warning(
            "With TypeFromExample, the example is a pandas frame or series, or a list, not a %s.",
            type(data).__name__,
        )


def _of_hints(
    python_model: Any, context: PythonModelContext, hints: TypeHints, example: Any
) -> ModelSignature | None:
    hint = hints.input
    if hint is None or hint is TypeFromExample or needs_example(hint):
        return None
    try:
        inputs = schema_of_list_hint(hint)
    except InvalidTypeHint as error:
        raise InvalidParameter(
            f"The type hint of predict is refused; correct it or take it away. {error.message}"
        ) from error
    except MlflowException as error:
        _log.warning("The type hint of predict gives no signature. %s", error.message)
        return None
    data, params = split_params(example)
    outputs = _outputs(hints.output)
    if data is not None and not _answers_as_hinted(python_model, context, hints, data, params):
        outputs = _anything()
    signature = ModelSignature(inputs, outputs, infer_param_schema(params) if params else None)
    signature._is_signature_from_type_hint = True
    return signature


def _outputs(hint: Any) -> Schema:
    if hint is None:
        return _anything()
    try:
        return schema_of_list_hint(hint) if is_list_hint(hint) else schema_of_hint(hint)
    except MlflowException as error:
        _log.info("The type hint of the answer gives no schema. %s", error.message)
        return _anything()


def _answers_as_hinted(
    python_model: Any,
    context: PythonModelContext,
    hints: TypeHints,
    data: Any,
    params: dict[str, Any] | None,
) -> bool:
    """Let the model predict on the example; False if what it answers is not what its hint says."""
    predict = python_model.predict if isinstance(python_model, PythonModel) else python_model
    try:
        if isinstance(python_model, PythonModel):
            python_model.load_context(context)
        kwargs: dict[str, Any] = {}
        if params and "params" in inspect.signature(predict).parameters:
            kwargs["params"] = params
        arguments = (context, data) if takes_context(predict) else (data,)
        answer = predict(*arguments, **kwargs)
    except Exception as error:
        _log.warning("The model fails on its input example: %r", error)
        return True
    if hints.output is None:
        return True
    try:
        as_hinted(answer, hints.output)
    except MlflowException as error:
        _log.warning("The model's answer is not what its type hint says. %s", error.message)
        return False
    return True


def _anything() -> Schema:
    return Schema([ColSpec(AnyType())])
