"""Models of Keras and TensorFlow as generic ones: arrays, dictionaries of them, data frames."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from kipu.exceptions import InvalidParameter, MlflowException


class KerasPredictor:
    """A Keras model that predicts.

    Args:
        model: The model.
        call: What predicts with it; left out, its ``predict``.
        as_arrays: Whether answers that are tensors become arrays.
    """

    def __init__(
        self, model: Any, call: Callable[[Any], Any] | None = None, as_arrays: bool = False
    ) -> None:
        self._model = model
        self._call = model.predict if call is None else call
        self._as_arrays = as_arrays

    def get_raw_model(self) -> Any:
        """The Keras model, or the graph that it was exported to."""
        return self._model

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """Predict.

        Args:
            data: An array whose rows are examples, a dictionary of such arrays, or a frame.
            params: Of no use here.

        Returns:
            An array; a frame of it for a frame.

        Raises:
            InvalidParameter: Data is of another kind.
        """
        pandas = sys.modules.get("pandas")
        if pandas is not None and isinstance(data, pandas.DataFrame):
            return pandas.DataFrame(_array(self._call(data.values)), index=data.index)
        if not isinstance(data, (np.ndarray, list, tuple, dict)):
            raise InvalidParameter(
                "The model takes an array, a list, a tuple, a dictionary or a DataFrame, not a "
                f"{type(data).__name__}."
            )
        answer = self._call(data)
        return _arrays(answer) if self._as_arrays else answer


class ModulePredictor:
    """A ``tf.Module`` that predicts, by being called."""

    def __init__(self, module: Any) -> None:
        self._module = module

    def get_raw_model(self) -> Any:
        """The module."""
        return self._module

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """Predict.

        Args:
            data: An array, or a list of numbers.
            params: Of no use here.

        Returns:
            An array, or what else the module answers.

        Raises:
            MlflowException: Data is of another kind.
        """
        import tensorflow

        if not isinstance(data, (np.ndarray, list)):
            raise MlflowException(
                f"The model takes an array or a list, not a {type(data).__name__}."
            )
        answer = self._module(tensorflow.convert_to_tensor(data))
        return answer.numpy() if isinstance(answer, tensorflow.Tensor) else answer


class SignaturePredictor:
    """A function of a SavedModel that takes and answers named tensors.

    Args:
        model: The SavedModel, which its function does not keep alive.
        function: The function.
    """

    def __init__(self, model: Any, function: Any) -> None:
        self._model = model
        self._function = function

    def get_raw_model(self) -> Any:
        """The SavedModel."""
        return self._model

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """Predict.

        Args:
            data: Columns by the names of the function's inputs: a dictionary or a frame.
            params: Of no use here.

        Returns:
            Columns by the names of its outputs, of the same kind.

        Raises:
            TypeError: Data is neither.
        """
        import pandas as pd
        import tensorflow

        if isinstance(data, pd.DataFrame):
            columns: dict[str, Any] = {str(name): _column(data[name]) for name in data}
        elif isinstance(data, dict):
            columns = data
        else:
            raise TypeError(
                f"The model takes a dictionary or a DataFrame, not a {type(data).__name__}."
            )
        fed = {name: tensorflow.constant(one) for name, one in columns.items()}
        answer = {name: _flat(one.numpy()) for name, one in self._function(**fed).items()}
        return answer if isinstance(data, dict) else pd.DataFrame.from_dict(answer)


def _column(column: Any) -> Any:
    """A column as an array; columns of one name become a frame, and one array of two dimensions."""
    return column.values if column.ndim > 1 else np.array(column.to_list())


def _flat(answer: Any) -> Any:
    """Numbers of one dimension, or a list for each example."""
    one_each = answer.ndim > 1 and all(len(one) == 1 for one in answer)
    return answer.ravel() if one_each else answer.tolist()


def _arrays(answer: Any) -> Any:
    """Tensors as arrays; several of one shape as one array, as MLflow answers."""
    if isinstance(answer, Mapping):
        return {name: _arrays(one) for name, one in answer.items()}
    if isinstance(answer, (list, tuple)):
        arrays = [_arrays(one) for one in answer]
        return np.array(arrays) if len({one.shape for one in arrays}) == 1 else arrays
    return _array(answer)


def _array(answer: Any) -> Any:
    import keras

    return keras.ops.convert_to_numpy(answer)
