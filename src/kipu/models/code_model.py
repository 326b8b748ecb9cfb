"""Models from code: a file that, when it is run, says which object is the model."""

from __future__ import annotations

import importlib.util
import sys
import uuid
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from kipu.exceptions import InvalidParameter, MlflowException
from kipu.models.foreign_code import mlflow_is_kipu
from kipu.models.model_config import running_with

_set: ContextVar[Any] = ContextVar("model", default=None)


def set_model(model: Any) -> None:
    """Say, in a file that is to be logged as a model, which object is the model.

    Args:
        model: A ``kipu.pyfunc.PythonModel``, or a function.

    Raises:
        InvalidParameter: It is neither.

    Example:
        >>> class Doubling(kipu.pyfunc.PythonModel):
        ...     def predict(self, context, model_input):
        ...         return model_input * 2
        >>> kipu.models.set_model(Doubling())
    """
    if not callable(model) and not callable(getattr(model, "predict", None)):
        raise InvalidParameter(
            f"A model is a PythonModel or a function, not a {type(model).__name__}."
        )
    _set.set(model)


def run_model_code(path: str | Path, config: str | dict[str, Any] | None) -> Any:
    """Run a file, and answer with the model that it sets.

    Args:
        path: The file.
        config: What its ``ModelConfig`` reads.

    Raises:
        MlflowException: It fails, or sets no model.
    """
    # A name of its own each time: the same file may be run with another configuration.
    name = f"code_model_{uuid.uuid4().hex}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise InvalidParameter(f"{str(path)!r} is no Python file.")
    module = importlib.util.module_from_spec(spec)
    token = _set.set(None)
    sys.modules[name] = module
    try:
        with running_with(config), mlflow_is_kipu():
            spec.loader.exec_module(module)
        model = _set.get()
    except Exception as error:
        del sys.modules[name]
        raise MlflowException(f"The model's code {str(path)!r} failed: {error}") from error
    finally:
        _set.reset(token)
    if model is None:
        raise MlflowException(
            f"{str(path)!r} sets no model; call kipu.models.set_model(...) in it."
        )
    return model


def model_code_file(path: str | Path) -> Path:
    """The absolute path of a file with a model's code.

    Raises:
        InvalidParameter: There is none.
    """
    place = Path(path).resolve()
    if not place.is_file():
        hint = "" if place.suffix else f" Did you mean {place.name + '.py'!r}?"
        raise InvalidParameter(f"There is no file {str(place)!r} with a model's code.{hint}")
    return place
