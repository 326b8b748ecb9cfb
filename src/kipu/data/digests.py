"""Digests of data frames and arrays, equal to MLflow's to the character.

What does not matter to a digest is not read: see ``benchmarks/data_sets.py``.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from kipu.data.described import ROWS_READ
from kipu.exceptions import InvalidParameter, MlflowException

if TYPE_CHECKING:
    import pandas as pd

_CHARACTERS = 8

Arrays: TypeAlias = "np.ndarray[Any, Any] | dict[str, np.ndarray[Any, Any]]"


def frame_digest(frame: pd.DataFrame) -> str:
    """The digest of a pandas data frame.

    It covers the number of rows, the names of all columns, and the first rows of those that hold
    numbers or nothing but text.
    """
    pandas = sys.modules["pandas"]
    texts = frame.columns[_are_texts(frame)]
    head = frame.head(ROWS_READ)
    numbers = head.select_dtypes(include=[np.number]).columns
    rows = pandas.util.hash_pandas_object(head[texts.union(numbers)])
    names = (str(name).encode() for name in frame.columns)
    return shortened((rows.to_numpy(), np.int64(len(frame)), *names))


def array_digest(features: Arrays, targets: Arrays | None = None) -> str:
    """The digest of NumPy arrays, or of dictionaries of them.

    It covers the first elements and the shape of each.

    Raises:
        InvalidParameter: There is no array.
        MlflowException: They hold text or objects, and pandas is not installed.
    """
    elements: list[Any] = []
    for given in (features, targets):
        if isinstance(given, dict):
            arrays = [given[name] for name in sorted(given)]
        else:
            arrays = [] if given is None else [given]
        for array in arrays:
            elements.append(elements_hash(first_elements(array)))
            elements += [np.int64(length) for length in array.shape]
    return shortened(elements)


def shortened(elements: Iterable[Any]) -> str:
    """The digest of buffers, in order.

    Raises:
        InvalidParameter: There are none.
    """
    md5, any_element = hashlib.md5(usedforsecurity=False), False
    for element in elements:
        md5.update(element)
        any_element = True
    if not any_element:
        raise InvalidParameter("There is nothing in the data to make a digest of.")
    return md5.hexdigest()[:_CHARACTERS]


def first_elements(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The elements that a digest covers, in the order of C."""
    if type(array) is np.ndarray:
        return array.flat[:ROWS_READ]  # without a copy of all the rest
    return array.flatten()[:ROWS_READ]


def elements_hash(array: np.ndarray[Any, Any]) -> Any:
    """A hash of each element, or the number of elements that cannot be hashed.

    Raises:
        MlflowException: They are text or objects, and pandas is not installed.
    """
    try:
        import pandas as pd  # noqa: PLC0415 - an optional package
    except ImportError as error:
        if array.dtype.kind in "biufmM" and array.dtype.itemsize <= 8:
            return _mixed(array)
        raise MlflowException(
            f"The digest of data of type {array.dtype} needs pandas; install it with: "
            "pip install pandas"
        ) from error
    try:
        return pd.util.hash_array(array)
    except TypeError:
        return np.int64(array.size)


def _mixed(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """What pandas 3 makes of numbers and times: their bits, mixed as by SplitMix64."""
    bits = f"u{array.dtype.itemsize}"
    mixed = array.view(bits).astype("u8")
    if array.dtype.kind == "f":  # one pattern of bits for each value
        mixed[np.isnan(array)] = np.array(np.nan, array.dtype).view(bits)
        mixed[array == 0] = 0
    with np.errstate(over="ignore"):
        mixed ^= mixed >> np.uint64(30)
        mixed *= np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(27)
        mixed *= np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    return mixed


def _are_texts(frame: pd.DataFrame) -> np.ndarray[Any, Any]:
    """For each column, whether all of its values are text; in an empty frame they are."""
    columns = (frame.iloc[:, at] for at in range(frame.shape[1]))
    return np.array([_is_text(column) for column in columns], dtype=bool)


def _is_text(column: pd.Series[Any]) -> bool:
    dtype = column.dtype
    if column.empty:
        return True
    if isinstance(dtype, np.dtype) and dtype.kind != "O":
        return False
    if isinstance(dtype, np.dtype):
        return all(type(value) is str for value in column.to_numpy())
    if isinstance(dtype, sys.modules["pandas"].StringDtype):
        return not column.hasnans
    return bool((column.map(type) == str).all())  # noqa: E721 - element by element
