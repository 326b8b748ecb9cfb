"""The schema of data as it is: data frames, arrays, dictionaries, lists and single values.

pandas, SciPy and Spark are looked up only if they are loaded already: data of a library that is
not loaded cannot have come here.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kipu.exceptions import InvalidParameter, MlflowException
from kipu.types.columns import ColSpec, TensorSpec
from kipu.types.datatype import DataType
from kipu.types.missing import holds_none_missing, is_missing
from kipu.types.nested import AnyType, Array, Object, Property, Type, merge_types
from kipu.types.schema import Schema
from kipu.types.spark import infer_spark_type, is_spark_frame

if TYPE_CHECKING:
    import pandas as pd

_SCALARS = {
    bool: DataType.boolean,
    np.bool_: DataType.boolean,
    int: DataType.long,
    np.int64: DataType.long,
    np.int32: DataType.integer,
    float: DataType.double,
    np.float64: DataType.double,
    np.float32: DataType.float,
    str: DataType.string,
    np.str_: DataType.string,
    object: DataType.string,
    bytes: DataType.binary,
    np.bytes_: DataType.binary,
    bytearray: DataType.binary,
}
_SUPPORTED = (
    "a pandas data frame or series, a NumPy array, a dictionary of names and arrays, a Spark data "
    "frame, a SciPy csr or csc matrix, a scalar, or lists and dictionaries of scalars"
)
_MIXED = (
    "All items of a list must be of one type. For a list of several, write the schema by hand, with"
    " Array(AnyType())."
)
_HINT = (
    "The schema has integer columns, and integers have no missing values. If one is missing when "
    "the model is used, the column arrives as floating point and is refused. Infer the schema from "
    "data that has missing values, or declare the columns as double."
)


def infer_schema(data: Any) -> Schema:
    """The schema of data, exactly as MLflow sees it.

    Args:
        data: A pandas data frame or series, a NumPy array, a dictionary of names and arrays, a
            Spark data frame, a SciPy csr or csc matrix, a scalar, or lists and dictionaries of
            scalars, lists and dictionaries.

    Returns:
        Tensors, with a first axis of any length, for arrays and matrices; else columns.

    Raises:
        MlflowException: No schema describes it.

    Warns:
        UserWarning: A column is integer, which a missing value would make floating point.
    """
    schema = schema_of(data)
    integers = (DataType.integer, DataType.long)
    if not schema.is_tensor_spec() and any(one in integers for one in schema.input_types()):
        warnings.warn(_HINT, stacklevel=2)
    return schema


def schema_of(data: Any) -> Schema:
    """What ``infer_schema`` answers, without the warning."""
    if isinstance(data, dict):
        return _of_dict(data)
    if isinstance(data, np.ndarray):
        return Schema([tensor_of(data)])
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(data, pandas.DataFrame):
        return Schema([_of_series(data[name], name) for name in data.columns])
    if pandas is not None and isinstance(data, pandas.Series):
        return Schema([_of_series(data, data.name)])
    if is_sparse(data):
        return Schema([TensorSpec(clean_tensor_type(data.data.dtype), tensor_shape(data))])
    if is_spark_frame(data):
        return Schema(
            [
                ColSpec(infer_spark_type(field.dataType, data, field.name), field.name)
                for field in data.schema.fields
            ]
        )
    if isinstance(data, list):
        return _of_list(data)
    try:
        return Schema([ColSpec(_type_of(data))])
    except MlflowException as error:
        raise InvalidParameter(
            f"No schema can be inferred from {data!r}; give {_SUPPORTED}. {error}"
        ) from error


def _of_dict(data: dict[Any, Any]) -> Schema:
    if all(isinstance(one, np.ndarray) for one in data.values()):
        return Schema([tensor_of(array, name) for name, array in data.items()])
    if not all(isinstance(name, str) for name in data):
        raise MlflowException("The names in a dictionary of data must be text.")
    return Schema(
        [
            ColSpec(_type_of(value), name, required=holds_none_missing(value))
            for name, value in data.items()
        ]
    )


def _of_list(data: list[Any]) -> Schema:
    if not data:
        return Schema([ColSpec(DataType.string)])
    if not all(isinstance(row, dict) for row in data):
        return Schema([ColSpec(_items_of(data))])
    columns: dict[Any, list[Any]] = {}
    for row in data:
        for name, value in row.items():
            columns.setdefault(name, []).append(value)
    return Schema(
        [
            ColSpec(_items_of(values), name, all(row.get(name) is not None for row in data))
            for name, values in columns.items()
        ]
    )


def _of_series(series: pd.Series[Any], name: Any) -> ColSpec:
    return ColSpec(infer_series_type(series), name, required=holds_none_missing(series))


def infer_series_type(series: pd.Series[Any]) -> Type:
    """The type of a pandas series' values.

    Raises:
        MlflowException: They have none in common, or it has no place in a schema.
    """
    if series.ndim != 1:
        raise MlflowException(f"A column has one axis, not the shape {series.shape}.")
    if series.dtype.kind == "O":
        series = series.infer_objects()
    if series.dtype.kind != "O":
        return infer_numpy_type(series.dtype)
    if isinstance(series.dtype, sys.modules["pandas"].StringDtype):
        nothing = not series.empty and bool(series.isna().all())
        return AnyType() if nothing else DataType.string
    try:
        return _items_of(series.to_list())
    except Exception as error:
        if sys.modules["pandas"].api.types.is_string_dtype(series):
            return DataType.string
        raise MlflowException(
            f"The column {series.name!r} has no type that a schema knows: {error}"
        ) from error


def infer_numpy_type(dtype: Any) -> DataType:
    """The scalar type of a NumPy type, or of a pandas extension type.

    Raises:
        TypeError: It is neither.
        MlflowException: No scalar type holds all of its values.
    """
    if not isinstance(dtype, np.dtype) and not _is_extension(dtype):
        raise TypeError(f"Not a NumPy type and no pandas extension type: {type(dtype).__name__}.")
    kind, size = dtype.kind, getattr(dtype, "itemsize", 0)
    if not size and kind in "iuf":
        raise MlflowException(f"No scalar type of a schema holds {dtype!r}: it has no width.")
    match kind:
        case "b":
            return DataType.boolean
        case "i" | "u":
            # An unsigned one needs a signed one with more bits.
            bits = 8 * size + (kind == "u")
            if bits <= 64:
                return DataType.integer if bits <= 32 else DataType.long
        case "f" if size <= 8:
            return DataType.float if size <= 4 else DataType.double
        case "U":
            return DataType.string
        case "S":
            return DataType.binary
        case "M":
            return DataType.datetime
        case "O":
            raise MlflowException("Objects have a type only by their values.")
    raise MlflowException(f"No scalar type of a schema holds {dtype!r} (kind {kind!r}).")


def clean_tensor_type(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """A NumPy type without the length that text and bytes have in an array.

    Raises:
        TypeError: It is no NumPy type.
    """
    if not isinstance(dtype, np.dtype):
        raise TypeError(f"A tensor's type is a numpy.dtype, not a {type(dtype).__name__}.")
    if dtype.char == "U":
        return np.dtype("str")
    return np.dtype("bytes") if dtype.char == "S" else dtype


def tensor_shape(data: Any, variable_dimension: int | None = 0) -> tuple[int, ...]:
    """An array's shape with -1 for the axis whose length may vary.

    Args:
        data: A NumPy array, or a SciPy csr or csc matrix.
        variable_dimension: Which axis; None is none.

    Raises:
        TypeError: ``data`` is something else.
        MlflowException: There is no such axis.
    """
    if not isinstance(data, np.ndarray) and not is_sparse(data):
        raise TypeError(f"A tensor is a NumPy array or sparse matrix, not {type(data).__name__}.")
    shape = list(data.shape)
    if variable_dimension is not None:
        try:
            shape[variable_dimension] = -1
        except IndexError:
            raise MlflowException(
                f"There is no axis {variable_dimension} in data with {data.ndim} axes."
            ) from None
    return tuple(shape)


def tensor_of(array: np.ndarray[Any, Any], name: str | None = None) -> TensorSpec:
    """The tensor that a NumPy array is."""
    return TensorSpec(clean_tensor_type(array.dtype), tensor_shape(array), name)


def infer_type(data: Any) -> Type | None:
    """The type of a value; None for an array without anything in it.

    Raises:
        MlflowException: It has none that a schema knows.
    """
    pydantic = sys.modules.get("pydantic")
    if pydantic is not None and isinstance(data, pydantic.BaseModel):
        raise InvalidParameter(
            "A pydantic object has no type to infer; give the model's `predict` a type hint."
        )
    if is_missing(data) or (isinstance(data, (list, dict)) and not data):
        return AnyType()
    if isinstance(data, dict):
        return Object([_property(name, value) for name, value in data.items()])
    if isinstance(data, (list, np.ndarray)):
        items = _common(data)
        return None if items is None else Array(items)
    return _scalar(data)


def _type_of(data: Any) -> Type:
    found = infer_type(data)
    if found is None:
        raise MlflowException(f"An array without values has no type: {data!r}.")
    return found


def _items_of(values: Sequence[Any]) -> Type:
    found = _common(values)
    if found is None:
        raise MlflowException(f"Data without values has no type: {values!r}.")
    return found


def _property(name: Any, value: Any) -> Property:
    found = infer_type(value)
    if found is None:
        raise MlflowException(f"The array under {name!r} is empty, and so has no type.")
    return Property(name, found, required=not isinstance(found, AnyType))


def _common(values: Iterable[Any]) -> Type | None:
    """The one type of all values; None if each of them is an array without values."""
    common: Type | None = None
    for value in values:
        kind = _SCALARS.get(type(value))
        if kind is not None and kind is common:
            continue  # the usual row of a long column
        found = infer_type(value)
        if found is None:
            continue
        try:
            common = found if common is None else merge_types(common, found)
        except MlflowException as error:
            raise InvalidParameter(_MIXED) from error
    return common


def _scalar(value: Any) -> DataType:
    if kind := _SCALARS.get(type(value)):
        return kind
    if DataType.check_type(DataType.datetime, value):
        return DataType.datetime
    if "pyspark" in sys.modules:
        for one in DataType:
            if isinstance(value, type(one.to_spark())):
                return one
    raise InvalidParameter(f"{value!r}, a {type(value).__name__}, is of no type of a schema.")


def _is_extension(dtype: object) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(dtype, pandas.api.extensions.ExtensionDtype)


def is_sparse(data: object) -> bool:
    """Whether this is a csr or csc matrix of SciPy."""
    sparse = sys.modules.get("scipy.sparse")
    return sparse is not None and isinstance(data, (sparse.csr_matrix, sparse.csc_matrix))
