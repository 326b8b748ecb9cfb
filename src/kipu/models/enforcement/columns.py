"""Columns of scalar values: what is taken as it is, what is converted, what is refused."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from kipu.exceptions import MlflowException
from kipu.types.datatype import DataType

if TYPE_CHECKING:
    import pandas as pd

_EXACT_AS_DOUBLE_BYTES = 6
_HINT = (
    " Missing values are the likely cause: an integer column with some arrives as floating point. "
    "Infer the signature from data that has missing values, or declare the column as double."
)


def enforce_column(name: Any, values: pd.Series[Any], kind: DataType) -> Any:
    """A column as values of a scalar type, by conversions that lose nothing.

    Integers and floats become wider ones, small integers doubles, objects and any precision of
    time a datetime, objects that are numbers (decimals are) doubles.

    Args:
        name: For errors.
        values: A pandas series.
        kind: The type.

    Raises:
        MlflowException: The values are of another type.
    """
    text = isinstance(values.dtype, sys.modules["pandas"].StringDtype)
    if values.dtype == object and kind not in (DataType.binary, DataType.string):
        values = values.infer_objects()
    is_object = values.dtype == object
    if kind in (DataType.string, DataType.binary) and (text or is_object):
        return values
    if kind.to_pandas() == values.dtype or kind.to_numpy() == values.dtype:
        return values
    given, wanted = values.dtype, kind.to_numpy()
    if kind is DataType.binary and given.kind == wanted.kind:
        return values
    if kind is DataType.datetime and (given.kind == wanted.kind or is_object):
        return _as_times(name, values)
    if kind is DataType.boolean and is_object:
        return values  # made bool, a None would be False
    if kind is DataType.double and is_object:
        return _as_numbers(name, values)
    if _is_wider(given, wanted) or (
        given == np.int64 and wanted.kind == "f" and bool(values.isin([0, 1]).all())
    ):
        return values.astype(wanted)
    hint = ""
    if given == np.float64 and wanted.kind in "iu" and values.hasnans and _are_whole(values):
        hint = _HINT
    raise MlflowException(
        f"The column {name!r} is {given}, which cannot safely become {kind.name} ({wanted}).{hint}"
    )


def _as_times(name: Any, values: pd.Series[Any]) -> Any:
    try:
        return values.astype(np.dtype("datetime64[ns]"))
    except (TypeError, ValueError) as error:
        raise MlflowException(
            f"The column {name!r} holds something else than times without time zone: {error}"
        ) from error


def _is_wider(given: Any, wanted: np.dtype[Any]) -> bool:
    if given.kind == wanted.kind:
        return bool(given.itemsize <= wanted.itemsize)
    if given.kind == "u" and wanted.kind == "i":
        return bool(given.itemsize < wanted.itemsize)
    is_exact = given.kind in "iu" and wanted == np.float64
    return is_exact and given.itemsize <= _EXACT_AS_DOUBLE_BYTES


def _as_numbers(name: Any, values: pd.Series[Any]) -> Any:
    try:
        return sys.modules["pandas"].to_numeric(values)
    except (TypeError, ValueError) as error:
        raise MlflowException(
            f"The column {name!r} holds something else than numbers: {error}"
        ) from error


def _are_whole(values: pd.Series[Any]) -> bool:
    return all(math.isnan(one) or int(one) == one for one in values)
