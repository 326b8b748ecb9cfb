"""What counts as a missing value: None, NaN, and what pandas has for it."""

from __future__ import annotations

import math
import sys
from typing import Any


def is_missing(value: object) -> bool:
    """Whether this is None, a NaN of Python's float, ``pandas.NA`` or ``pandas.NaT``."""
    if isinstance(value, float):
        return math.isnan(value)
    if value is None:
        return True
    pandas = sys.modules.get("pandas")
    return pandas is not None and (value is pandas.NA or value is pandas.NaT)


def holds_none_missing(data: Any) -> bool:
    """Whether a list or pandas series has no missing value, or a scalar is not one."""
    if isinstance(data, list):
        return not any(map(is_missing, data))
    pandas = sys.modules.get("pandas")
    if pandas is None or not isinstance(data, pandas.Series):
        return not is_missing(data)
    suspects = data[data.isna().to_numpy()]
    if data.dtype.kind != "O":
        return suspects.empty  # type: ignore[no-any-return]
    # Among objects pandas takes more for missing than this.
    return not any(map(is_missing, suspects))
