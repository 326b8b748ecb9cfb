"""The schema of a model's parameters from sample values."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np

from kipu.exceptions import InvalidParameter
from kipu.types.datatype import DataType
from kipu.types.inference import infer_numpy_type, infer_schema
from kipu.types.nested import Object
from kipu.types.params import ParamSchema, ParamSpec


def infer_param_schema(parameters: Any) -> ParamSchema:
    """The schema of parameters: scalars, lists with one axis, or dictionaries.

    Raises:
        InvalidParameter: They are no dictionary, or some have no such value.
    """
    if not isinstance(parameters, dict):
        kind = type(parameters).__name__
        raise InvalidParameter(f"Parameters are a dictionary of names and values, not a {kind}.")
    specs, refused = [], []
    for name, value in parameters.items():
        try:
            dtype, shape = infer_type_and_shape(value)
            specs.append(ParamSpec(name, dtype, deepcopy(value), shape))
        except Exception as error:
            refused.append(f"{name}={value!r}: {error}")
    if refused:
        raise InvalidParameter("These parameters have no type: " + "; ".join(refused))
    return ParamSchema(specs)


def infer_type_and_shape(value: Any) -> tuple[DataType | Object, tuple[int, ...] | None]:
    """The type of a parameter's value, and ``(-1,)`` if it is a list.

    Raises:
        InvalidParameter: It has none.
    """
    if isinstance(value, (list, np.ndarray)):
        if (axes := _axes(value)) != 1:
            raise InvalidParameter(f"A parameter is a scalar or a list, not data of {axes} axes.")
        if all(DataType.check_type(DataType.datetime, one) for one in value):
            return DataType.datetime, (-1,)
        return infer_numpy_type(np.array(value).dtype), (-1,)
    if DataType.check_type(DataType.datetime, value):
        return DataType.datetime, None
    if isinstance(value, dict):
        found = infer_schema({"value": value}).inputs[0].type
        assert isinstance(found, Object)
        return found, None
    if not np.isscalar(value):
        kind = type(value).__name__
        raise InvalidParameter(f"A parameter is a scalar, a list or a dictionary, not a {kind}.")
    try:
        return infer_numpy_type(np.array(value).dtype), None
    except Exception as error:
        raise InvalidParameter(f"{value!r} has no type as a parameter: {error}") from error


def _axes(value: Any) -> int:
    if isinstance(value, np.ndarray):
        return value.ndim
    return 1 + max(map(_axes, value), default=0) if isinstance(value, list) else 0
