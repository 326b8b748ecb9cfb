"""A model's answers as a column of Spark, by the type of the column."""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np

from kipu.exceptions import InvalidParameter
from kipu.pyfunc.spark.result_types import kind

_NUMPY: dict[str, Any] = {
    "IntegerType": np.int32,
    "LongType": np.int64,
    "FloatType": np.float32,
    "DoubleType": np.float64,
    "BooleanType": np.bool_,
    "StringType": np.str_,
}
_PYTHON: dict[str, Any] = {
    "IntegerType": int,
    "LongType": int,
    "FloatType": float,
    "DoubleType": float,
    "BooleanType": bool,
    "StringType": str,
}
_SMALL = [np.int8, np.uint8, np.int16, np.uint16, np.int32]
# Which columns of an answer can stand for a type; one that is wider would lose digits.
_FITTING: dict[str, list[Any]] = {
    "IntegerType": _SMALL,
    "LongType": [*_SMALL, np.uint32, np.int64],
    "FloatType": [np.number],
    "DoubleType": [np.number],
    "BooleanType": [np.bool_],
}


def column_of(answer: Any, result_type: Any) -> Any:
    """A model's answer to some rows as what a function of Spark answers.

    Args:
        answer: As ``predict`` gives it, one for each row.
        result_type: Spark's type of the column.

    Returns:
        A pandas series; for a struct, a pandas frame.

    Raises:
        InvalidParameter: Nothing in the answer is of this type.
    """
    import pandas  # noqa: PLC0415 - an optional package

    if isinstance(answer, dict):
        answer = {name: list(values) for name, values in answer.items()}
    element = result_type.elementType if kind(result_type) == "ArrayType" else result_type
    match kind(result_type), kind(element):
        case "StructType", _:
            return _struct_columns(_frame_of(answer), result_type)
        case "ArrayType", "ArrayType" | "StructType" | "MapType":
            rows = [_value_of(row, result_type) for row in _rows_of(answer)]
            return pandas.Series(rows, dtype=object)
        case "MapType" | "VariantType", _:
            rows = [_value_of(row, result_type) for row in _rows_of(answer)]
            return pandas.Series(rows, dtype=object)
    frame = _fitting(_frame_of(answer), element)
    if kind(result_type) == "ArrayType":
        return pandas.Series(frame.to_numpy().tolist())
    return frame[frame.columns[0]]


def _frame_of(answer: Any) -> Any:
    import pandas  # noqa: PLC0415 - an optional package

    if isinstance(answer, pandas.DataFrame):
        return answer
    if np.isscalar(answer):
        return pandas.DataFrame([answer])
    pydantic = sys.modules.get("pydantic")
    if isinstance(answer, list) and answer and pydantic is not None:
        answer = [
            one.model_dump() if isinstance(one, pydantic.BaseModel) else one for one in answer
        ]
    return pandas.DataFrame(answer)


def _rows_of(answer: Any) -> list[Any]:
    """The answer's rows; of a frame with one column, what is in it."""
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(answer, pandas.DataFrame):
        if len(answer.columns) == 1:
            return list(answer.iloc[:, 0])
        return list(answer.to_dict(orient="records"))
    return list(answer)


def _fitting(frame: Any, element: Any) -> Any:
    """The columns that can stand for a scalar type, as that type."""
    name = kind(element)
    if name == "StringType":
        return frame.map(str)
    frame = frame.select_dtypes(include=_FITTING[name]).astype(_NUMPY[name])
    if not len(frame.columns):
        raise InvalidParameter(
            f"The model answers nothing of the type {element.simpleString()}. Ask for another "
            "result_type; string and array<string> take everything."
        )
    return frame


def _struct_columns(frame: Any, struct: Any) -> Any:
    import pandas  # noqa: PLC0415 - an optional package

    columns = {}
    for field in struct.fields:
        if field.name not in frame.columns:
            raise InvalidParameter(
                f"The model answers no {field.name!r}, which result_type has, but {[*frame]}."
            )
        values = frame[field.name]
        if kind(field.dataType) in _NUMPY:
            if not all(map(_is_missing, values)):
                values = values.astype(_NUMPY[kind(field.dataType)])
            columns[field.name] = values
        else:
            rows = [_value_of(one, field.dataType) for one in values]
            columns[field.name] = pandas.Series(rows, dtype=object)
    return pandas.DataFrame(columns)


def _value_of(value: Any, asked: Any) -> Any:
    """One value as Spark's workers take it for a type; what is missing stays so."""
    name = kind(asked)
    if name == "VariantType" or _is_missing(value):
        return None if _is_missing(value) else value
    if name in _PYTHON:
        return _PYTHON[name](value)
    if name == "ArrayType":
        if kind(asked.elementType) in _NUMPY:
            return np.array(value, dtype=_NUMPY[kind(asked.elementType)])
        return [_value_of(one, asked.elementType) for one in value]
    if hasattr(value, "model_dump"):
        value = value.model_dump()
    if name == "StructType":
        return {field.name: _value_of(value[field.name], field.dataType) for field in asked.fields}
    return {key: _value_of(one, asked.valueType) for key, one in value.items()}


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))
