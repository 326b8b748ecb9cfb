"""A loaded model."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import yaml

from kipu.environment_variables import MLFLOW_DISABLE_SCHEMA_DETAILS
from kipu.exceptions import InvalidParameter, MlflowException
from kipu.models.enforcement import enforce_params, enforce_schema
from kipu.models.loaders import FLAVOR_NAME, predict_with
from kipu.models.model import Model
from kipu.pyfunc.context import Context, get_prediction_context, set_prediction_context
from kipu.types.params import ParamSchema
from kipu.types.schema import Schema
from kipu.types.type_hints import frame_like_example


class PyFuncModel:
    """A model of any flavor, which predicts; ``kipu.pyfunc.load_model`` makes it.

    Args:
        model_meta: Its description.
        model_impl: What predicts.
        predict_fn: The name of the function that does.
        predict_stream_fn: The name of the one that answers piece by piece.
        model_id: The logged model that it is.

    Raises:
        MlflowException: ``model_impl`` has no such function, or there is no description.
    """

    def __init__(
        self,
        model_meta: Model,
        model_impl: Any,
        predict_fn: str = "predict",
        predict_stream_fn: str | None = None,
        model_id: str | None = None,
    ) -> None:
        if not model_meta:
            raise MlflowException("A model needs a description.")
        self._model_meta = model_meta
        self._model_impl = model_impl
        self._predict_fn = _function_of(model_impl, predict_fn)
        self._predict_stream_fn = (
            _function_of(model_impl, predict_stream_fn) if predict_stream_fn else None
        )
        self._model_id = model_id
        self.input_example: Any = None

    @property
    def model_id(self) -> str | None:
        """The logged model that it is, None for another."""
        return self._model_id

    @property
    def metadata(self) -> Model:
        """Its description."""
        return self._model_meta

    @property
    def model_config(self) -> dict[str, Any]:
        """Its configuration."""
        config: dict[str, Any] = self._model_meta.flavors[FLAVOR_NAME].get("config", {})
        return config

    @property
    def loader_module(self) -> str | None:
        """The module that loaded it, as its description has it."""
        conf = self._model_meta.flavors.get(FLAVOR_NAME)
        return None if conf is None else conf.get("loader_module")

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """What the model answers to data.

        Args:
            data: A pandas frame or series, a NumPy array, a SciPy csr or csc matrix, a list, a
                dictionary or a single value: what the model's signature says, or can become it
                without loss. Without a signature the model gets it as it is.
            params: Parameters that the signature has; the others get their defaults.

        Raises:
            InvalidParameter: Data or parameters do not fit the signature.

        Example:
            >>> model = kipu.pyfunc.load_model("models:/forest/1")
            >>> model.predict(pandas.DataFrame({"x": [1.0, 2.0]}))
        """
        with set_prediction_context(self._context()):
            meta = self._model_meta
            if meta.signature is not None and meta.signature._is_signature_from_type_hint:
                # The model checks its input itself.
                params = enforce_params(params, meta.get_params_schema())
            else:
                data, params = self._checked(data, params)
                data = self._like_example(data)
            return predict_with(self._predict_fn, data, params)

    def predict_stream(self, data: Any, params: dict[str, Any] | None = None) -> Iterator[Any]:
        """What the model answers, piece by piece; for models that can, such as language models.

        Args:
            data: One input: a dictionary or a single value.
            params: As with ``predict``.

        Raises:
            MlflowException: The model cannot, or there are several inputs.
            InvalidParameter: Data or parameters do not fit the signature.
        """
        function = self._predict_stream_fn
        if function is None:
            raise MlflowException("This model has no predict_stream.")
        context = self._context()
        with set_prediction_context(context):
            one, params = self._checked(data, params)
            answers = predict_with(function, _single(one), params)
        return _within(context, answers)

    def unwrap_python_model(self) -> Any:
        """The ``PythonModel`` that was saved, with all of its own methods.

        Raises:
            MlflowException: It is a model of another kind.
        """
        python_model = getattr(self._model_impl, "python_model", None)
        if python_model is None:
            raise MlflowException("The model is no PythonModel, so there is none to unwrap.")
        return python_model

    def get_raw_model(self) -> Any:
        """The model as its library knows it.

        Raises:
            MlflowException: Its flavor does not tell.
        """
        if not hasattr(self._model_impl, "get_raw_model"):
            raise MlflowException(
                "The model's flavor does not give the raw model.", "NOT_IMPLEMENTED"
            )
        return self._model_impl.get_raw_model()

    @property
    def input_schema(self) -> Schema | None:
        """The schema of its input."""
        return self._model_meta.get_input_schema()

    @property
    def params_schema(self) -> ParamSchema | None:
        """The schema of its parameters."""
        return self._model_meta.get_params_schema()

    def _checked(
        self, data: Any, params: dict[str, Any] | None
    ) -> tuple[Any, dict[str, Any] | None]:
        return checked_input(data, params, self.input_schema, self.params_schema)

    def _like_example(self, data: Any) -> Any:
        signature = self._model_meta.signature
        if signature is None or not signature._is_type_hint_from_example:
            return data
        pandas = sys.modules.get("pandas")
        if pandas is None or not isinstance(data, pandas.DataFrame) or self.input_example is None:
            return data
        return frame_like_example(data, self.input_example)

    def _context(self) -> Context:
        context = get_prediction_context() or Context()
        if self.model_id:
            context.update(model_id=self.model_id)
        return context

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PyFuncModel) and self._model_meta == other._model_meta

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        meta = self._model_meta
        told = {"artifact_path": meta.artifact_path, "run_id": meta.run_id}
        shown = {name: one for name, one in told.items() if one is not None}
        text: str = yaml.safe_dump(
            {"mlflow.pyfunc.loaded_model": {**shown, "flavor": self.loader_module}},
            default_flow_style=False,
        )
        return text


def checked_input(
    data: Any,
    params: dict[str, Any] | None,
    inputs: Schema | None,
    parameters: ParamSchema | None,
) -> tuple[Any, dict[str, Any] | None]:
    """Data and parameters as a signature has them.

    Raises:
        InvalidParameter: They do not fit.
    """
    if inputs is not None:
        try:
            data = enforce_schema(data, inputs)
        except Exception as error:
            message = "Failed to enforce the schema of the model's input"
            if not MLFLOW_DISABLE_SCHEMA_DETAILS.get():
                message += f", {inputs!r}, on data of the type {type(data).__name__}: {error}"
            raise InvalidParameter(message, error_class="SCHEMA_ENFORCEMENT_FAILED") from error
    return data, enforce_params(params, parameters)


def _function_of(implementation: Any, name: str) -> Callable[..., Any]:
    if not hasattr(implementation, name):
        raise MlflowException(f"The loaded model has no method {name!r}.")
    function: Callable[..., Any] = getattr(implementation, name)
    return function


def _single(data: Any) -> Any:
    """The one input that a stream answers to, out of what checking made of it."""
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(data, pandas.DataFrame):
        is_unnamed = list(data.columns) == [0]
        data = data.to_dict("list")[0] if is_unnamed else data.to_dict(orient="records")
    data = _plain(data)
    if isinstance(data, list):
        if len(data) != 1:
            raise MlflowException(f"predict_stream takes one input, not {len(data)}.")
        return data[0]
    return data


def _plain(data: Any) -> Any:
    if isinstance(data, (np.ndarray, np.generic)):
        return data.tolist()
    if isinstance(data, list):
        return [_plain(one) for one in data]
    return {key: _plain(one) for key, one in data.items()} if isinstance(data, dict) else data


def _within(context: Context, answers: Iterator[Any]) -> Iterator[Any]:
    """The answers, each of them worked out in the prediction's context."""
    pieces = iter(answers)
    while True:
        with set_prediction_context(context):
            try:
                piece = next(pieces)
            except StopIteration:
                return
        yield piece
