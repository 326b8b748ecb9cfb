"""Models that are written in Python: the class to derive from, and how one is loaded."""

from __future__ import annotations

import inspect
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

from kipu.environment_variables import MLFLOW_ALLOW_PICKLE_DESERIALIZATION
from kipu.exceptions import InvalidParameter, MlflowException
from kipu.models.code_model import run_model_code
from kipu.models.loaders import pyfunc_conf
from kipu.models.model import Model
from kipu.models.model_signature import ModelSignature
from kipu.models.requirements import pinned
from kipu.pyfunc import pickling
from kipu.pyfunc.hints import (
    check_arguments,
    checked,
    checking_info,
    hints_of,
    pyfunc,
    takes_context,
)
from kipu.types.type_hints import TypeHints

_log = logging.getLogger(__name__)


class PythonModel:
    """A model written in Python: derive from it, and write ``predict``.

    ``predict`` may have a type hint, ``list[...]``: then the signature is known without an
    example, and input is checked by it.

    Example:
        >>> class Doubling(kipu.pyfunc.PythonModel):
        ...     def predict(self, context, model_input, params=None):
        ...         return model_input * 2
        >>> kipu.pyfunc.save_model("doubling", python_model=Doubling())
        >>> kipu.pyfunc.load_model("doubling").predict(21)
        42
    """

    _predict_type_hints: TypeHints

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.__module__ == __name__:
            return
        if "predict" in cls.__dict__ and callable(cls.__dict__["predict"]):
            predict = cls.__dict__["predict"]
            if not getattr(predict, "_is_pyfunc", False):
                cls.predict = checked(predict, checking_info(predict))  # type: ignore[method-assign]
        if callable(cls.__dict__.get("predict_stream")):
            check_arguments(cls.__dict__["predict_stream"], "predict_stream")

    def load_context(self, context: PythonModelContext) -> None:
        """Called once, when the model is loaded: the place to read its artifacts.

        Args:
            context: The artifacts and the configuration.
        """

    def predict(
        self, context: PythonModelContext, model_input: Any, params: dict[str, Any] | None = None
    ) -> Any:
        """What the model answers to its input.

        Args:
            context: The artifacts and the configuration. A ``predict`` that does not need it may
                leave the argument out.
            model_input: As the signature says, or as it is where there is none.
            params: Parameters, with their defaults filled in.
        """

    def predict_stream(
        self, context: PythonModelContext, model_input: Any, params: dict[str, Any] | None = None
    ) -> Iterator[Any]:
        """What the model answers, piece by piece; the arguments are those of ``predict``.

        Raises:
            MlflowException: The model has no such function.
        """
        raise MlflowException("The model has no predict_stream.", "NOT_IMPLEMENTED")

    @property
    def predict_type_hints(self) -> TypeHints:
        """The type hints of ``predict``: ``input`` and ``output``."""
        if "_predict_type_hints" not in self.__dict__:
            at = 1 if takes_context(self.predict) else 0
            self._predict_type_hints = hints_of(self.predict, at)
        return self._predict_type_hints


class PythonModelContext:
    """What a model is given to work with.

    Args:
        artifacts: Paths on this machine, by name.
        model_config: The configuration.
    """

    def __init__(
        self, artifacts: dict[str, str] | None, model_config: dict[str, Any] | None
    ) -> None:
        self._artifacts = artifacts
        self._model_config = model_config

    @property
    def artifacts(self) -> dict[str, str] | None:
        """Paths on this machine, by name."""
        return self._artifacts

    @property
    def model_config(self) -> dict[str, Any] | None:
        """The configuration."""
        return self._model_config


class _FunctionPythonModel(PythonModel):
    """A function as a model. The name and the fields are those that MLflow's pickles have."""

    def __init__(self, func: Callable[[Any], Any], signature: ModelSignature | None = None) -> None:
        self.signature = signature
        self.func = func if getattr(func, "_is_pyfunc", False) else pyfunc(func)

    def predict(self, model_input: Any, params: dict[str, Any] | None = None) -> Any:  # type: ignore[override]
        return self.func(model_input)

    @property
    def predict_type_hints(self) -> TypeHints:
        return hints_of(self.func, 0)


class _PythonModelPyfuncWrapper:
    """What predicts with a Python model. The name is the one that users of MLflow meet."""

    def __init__(
        self, python_model: Any, context: PythonModelContext, signature: ModelSignature | None
    ) -> None:
        self.python_model = python_model
        self.context = context
        self.signature = signature

    def predict(self, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        return self._call(self.python_model.predict, model_input, params)

    def predict_stream(
        self, model_input: Any, params: dict[str, Any] | None = None
    ) -> Iterator[Any]:
        stream: Iterator[Any] = self._call(self.python_model.predict_stream, model_input, params)
        return stream

    def _call(
        self, function: Callable[..., Any], model_input: Any, params: dict[str, Any] | None
    ) -> Any:
        kwargs = {}
        if "params" in inspect.signature(function).parameters:
            kwargs["params"] = params
        elif params:
            _log.warning("The model takes no parameters, so these are ignored: %r", params)
        data = self._as_hinted(model_input)
        if takes_context(function):
            return function(self.context, data, **kwargs)
        return function(data, **kwargs)

    def _as_hinted(self, data: Any) -> Any:
        """A frame as texts or rows, for models made before input was checked by hints."""
        pandas = sys.modules.get("pandas")
        hint = self.python_model.predict_type_hints.input
        if hint is None or pandas is None or not isinstance(data, pandas.DataFrame):
            return data
        item = get_args(hint)[0] if get_origin(hint) is list and get_args(hint) else None
        if item is str:
            column = _first_text_column(data)
            if column is None:
                raise InvalidParameter("The model predicts on texts, but no column has any.")
            return data[column].tolist()
        if get_origin(item) is dict and get_args(item) == (str, str):
            return self._rows(data)
        return data

    def _rows(self, data: Any) -> Any:
        inputs = self.signature.inputs if self.signature else None
        if inputs is not None and len(inputs) == 1 and not inputs.has_input_names():
            column = _first_text_column(data)
            if column is not None:
                return data[[column]].to_dict(orient="records")
            if len(data.columns) == 1:
                return data.to_dict("list")[0]
        return data.to_dict(orient="records")


def get_default_pip_requirements() -> list[str]:
    """What a Python model requires whatever it does."""
    pickling.cloudpickle()
    return [pinned("cloudpickle")]


def _load_pyfunc(
    model_path: str, model_config: dict[str, Any] | None = None
) -> _PythonModelPyfuncWrapper:
    """What predicts, from a model's folder."""
    folder = Path(model_path)
    model = Model.load(folder)
    conf = pyfunc_conf(model.flavors)
    if "model_code_path" in conf:
        code = folder / Path(conf["model_code_path"]).name
        python_model = run_model_code(code, model_config)
        if not isinstance(python_model, PythonModel) and callable(python_model):
            python_model = _FunctionPythonModel(python_model, model.signature)
    else:
        python_model = _unpickled(folder, conf)
    artifacts = {
        name: str(folder / saved["path"]) for name, saved in (conf.get("artifacts") or {}).items()
    }
    context = PythonModelContext(artifacts, model_config)
    python_model.load_context(context)
    return _PythonModelPyfuncWrapper(python_model, context, model.signature)


def _unpickled(folder: Path, conf: dict[str, Any]) -> Any:
    if not MLFLOW_ALLOW_PICKLE_DESERIALIZATION.get():
        raise MlflowException(
            "The model is pickled, and MLFLOW_ALLOW_PICKLE_DESERIALIZATION forbids to load such "
            "models: they may run any code."
        )
    if "python_model" not in conf:
        raise MlflowException("The MLmodel file does not say where the pickled model is.")
    saved, installed = conf.get("cloudpickle_version"), pickling.cloudpickle().__version__
    if saved != installed:
        _log.warning(
            "The model was pickled with cloudpickle %s and is loaded with %s; that may fail.",
            saved,
            installed,
        )
    return pickling.load(folder / conf["python_model"], conf.get("python_model_compression"))


def _first_text_column(frame: Any) -> Any:
    return next((name for name, one in frame.iloc[0].items() if isinstance(one, str)), None)
