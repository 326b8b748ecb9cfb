"""The hash of features, labels and predictions, equal to MLflow's."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from typing import Any

import numpy as np

_SAMPLE_ROWS = 5


def evaluation_hash(parts: Iterable[Any], feature_names: Iterable[Any]) -> str:
    """The hash of arrays and data frames, by their first and last rows, and of names."""
    md5 = hashlib.md5(usedforsecurity=False)
    for part in parts:
        md5.update(_packed(np.array([len(part)])))
        if len(part) < 2 * _SAMPLE_ROWS:
            md5.update(_rows(part))
        else:
            rows = part if isinstance(part, np.ndarray) else part.iloc
            md5.update(_rows(rows[:_SAMPLE_ROWS]))
            md5.update(_rows(rows[-_SAMPLE_ROWS:]))
    md5.update(",".join(map(str, feature_names)).encode())
    return md5.hexdigest()


def _packed(numbers: Any) -> bytes:
    return np.asarray(numbers).astype(">u8").tobytes()


def _element_hashes(array: Any) -> bytes:
    return _packed(sys.modules["pandas"].util.hash_array(array))


def _rows(data: Any) -> bytes:
    if not isinstance(data, np.ndarray):
        hashable = data.map(_hashable)
        return _packed(sys.modules["pandas"].util.hash_pandas_object(hashable))
    if len(data) and isinstance(data[0], list):
        return _array(np.array([str(row) for row in data]))
    if any(isinstance(row, np.ndarray) for row in data):
        try:
            return _array(np.array(data.tolist()))
        except ValueError:  # rows of different lengths
            return b"".join(_value(row) + _packed([np.size(row)]) for row in data)
    return _array(data)


def _hashable(value: Any) -> Any:
    if isinstance(value, (dict, list, np.ndarray)):
        return _value(value)
    try:
        sys.modules["pandas"].util.hash_array(np.array([value]))
    except TypeError:
        return b""
    return value


def _array(data: Any) -> bytes:
    array = data if isinstance(data, np.ndarray) else np.array(data)
    if _holds_dicts(array):
        return b"".join(_value(one) for one in array)
    return _element_hashes(array.flatten()) + _packed(array.shape)


def _holds_dicts(data: Any) -> bool:
    if len(data) == 0 or (isinstance(data, np.ndarray) and data.size == 0):
        return False
    first = data.item(0) if isinstance(data, np.ndarray) else data[0]
    return _holds_dicts(first) if isinstance(first, (list, np.ndarray)) else isinstance(first, dict)


def _value(value: Any) -> bytes:
    try:
        if isinstance(value, dict):
            return _dictionary(value)
        if isinstance(value, (list, np.ndarray)):
            return _array(value)
        return _element_hashes(np.array([value])) if np.isscalar(value) else b""
    except (TypeError, ValueError, OverflowError):
        return b""


def _dictionary(value: dict[Any, Any]) -> bytes:
    names = _array([*value])
    try:
        return names + _array([*value.values()])
    except (TypeError, ValueError, OverflowError):
        return names + b"".join(map(_value, value.values()))
