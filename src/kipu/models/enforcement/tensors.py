"""Tensors: arrays of one element type and shape."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from kipu.exceptions import InvalidParameter, MlflowException
from kipu.types.columns import TensorSpec
from kipu.types.inference import clean_tensor_type, is_sparse
from kipu.types.schema import Schema

if TYPE_CHECKING:
    import pandas as pd


def enforce_tensors(data: Any, schema: Schema) -> Any:
    """Data as the tensors of a schema: checked, and columns of a frame made arrays.

    Args:
        data: An array or sparse matrix; or a dictionary of arrays or a pandas frame, by name.
        schema: Of tensors.

    Raises:
        MlflowException: Type or shape differ.
        InvalidParameter: It is something else.
    """
    pandas = sys.modules.get("pandas")
    is_frame = pandas is not None and isinstance(data, pandas.DataFrame)
    specs = [one for one in schema.inputs if isinstance(one, TensorSpec)]
    if not schema.has_input_names():
        return _unnamed(data, specs[0], is_frame)
    if is_frame:
        return {one.name: _from_column(data[one.name], one) for one in specs}
    if not isinstance(data, dict):
        raise InvalidParameter(
            "The signature has tensors with names, so a dictionary of arrays or a pandas frame is "
            f"expected, not a {type(data).__name__}."
        )
    return {one.name: _array_of(data[one.name], one) for one in specs}


def enforce_tensor(values: Any, spec: TensorSpec) -> Any:
    """An array or sparse matrix as it is, if it is of the tensor's type and shape.

    Raises:
        MlflowException: It is not.
    """
    given = values.dtype if isinstance(values, np.ndarray) else values.data.dtype
    if spec.shape == (-1,) and spec.type == np.dtype("O"):
        return values
    is_ragged = values.ndim == 1 and given == np.dtype("O")
    if is_ragged and len(spec.shape) > 1 and -1 in spec.shape[1:]:
        return values
    fits = len(spec.shape) == len(values.shape) and all(
        wanted in (-1, length) for wanted, length in zip(spec.shape, values.shape, strict=True)
    )
    if not fits:
        raise MlflowException(
            f"The shape of the input is {values.shape}, but the signature says {spec.shape}."
        )
    if clean_tensor_type(given) != spec.type:
        raise MlflowException(f"The input is {given}, but the signature says {spec.type}.")
    return values


def _array_of(value: Any, spec: TensorSpec) -> Any:
    if not isinstance(value, np.ndarray):
        raise InvalidParameter(
            f"The signature says that {spec.name!r} is a tensor, so a NumPy array is expected, not "
            f"a {type(value).__name__}."
        )
    return enforce_tensor(value, spec)


def _unnamed(data: Any, spec: TensorSpec, is_frame: bool) -> Any:
    if is_frame:
        columns = len(data.columns)
        if data.empty:
            raise MlflowException("The input is a frame without rows.")
        if columns == 1:
            return _from_column(data[data.columns[0]], spec)
        if spec.shape != (-1, columns):
            raise InvalidParameter(
                f"A frame of {columns} columns has the shape (-1, {columns}), but the signature "
                f"says {spec.shape}."
            )
        return enforce_tensor(data.to_numpy(), spec)
    if isinstance(data, np.ndarray) or is_sparse(data):
        return enforce_tensor(data, spec)
    raise InvalidParameter(
        "The signature is one tensor, so a NumPy array, a sparse matrix or a pandas frame is "
        f"expected, not a {type(data).__name__}."
    )


def _from_column(column: pd.Series[Any], spec: TensorSpec) -> Any:
    if spec.shape[0] != -1 or -1 in spec.shape[1:]:
        raise MlflowException(
            "A column of a frame becomes a tensor whose first axis is of any length and whose "
            f"other axes are fixed; the signature says {spec.shape}."
        )
    first = column.iloc[0]
    if np.isscalar(first):
        if spec.shape not in ((-1,), (-1, 1)):
            raise InvalidParameter(
                f"The column {spec.name!r} holds single values, so its shape is (-1,) or (-1, 1), "
                f"but the signature says {spec.shape}."
            )
        return enforce_tensor(np.array(column, dtype=spec.type).reshape(spec.shape), spec)
    if isinstance(first, list) and first and np.isscalar(first[0]):
        # Lists do not tell their type, so they get it.
        return _stacked(column, spec).astype(spec.type)
    if isinstance(first, np.ndarray):
        return _stacked(column, spec)
    raise InvalidParameter(
        "The signature has tensors, so a frame holds single values, lists of them or arrays, not "
        f"a {type(first).__name__}."
    )


def _stacked(column: pd.Series[Any], spec: TensorSpec) -> np.ndarray[Any, Any]:
    refusal = (
        f"The values in the column {spec.name!r} cannot be brought into the shape {spec.shape}: "
        "they must all be of one length that fits."
    )
    try:
        stacked = np.vstack(column.tolist()).reshape(spec.shape)
    except ValueError as error:
        raise InvalidParameter(refusal) from error
    if len(stacked) != len(column):
        raise InvalidParameter(refusal)
    return stacked
