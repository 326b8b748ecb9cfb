"""The scalar types of a column, and what each is in NumPy, pandas, Spark and Python."""

from __future__ import annotations

import datetime as dt
import sys
from enum import Enum
from typing import Any, NamedTuple

import numpy as np


class DataType(Enum):
    """A column's scalar type, under the numbers and names that MLflow gave them."""

    boolean = 1
    integer = 2  # 32 bits
    long = 3  # 64 bits
    float = 4  # 32 bits
    double = 5  # 64 bits
    string = 6
    binary = 7
    datetime = 8

    def __repr__(self) -> str:
        return self.name

    def to_numpy(self) -> np.dtype[Any]:
        """The NumPy type."""
        return _FORMS[self].numpy

    def to_pandas(self) -> np.dtype[Any] | type[object]:
        """The pandas type: NumPy's, but ``object`` for text and bytes."""
        return object if self in (DataType.string, DataType.binary) else self.to_numpy()

    def to_python(self) -> type[Any]:
        """The Python class."""
        return _FORMS[self].python

    def to_spark(self) -> Any:
        """The Spark type, which needs pyspark."""
        import pyspark.sql.types  # noqa: PLC0415 - only where Spark is

        return getattr(pyspark.sql.types, _FORMS[self].spark)()

    @classmethod
    def check_type(cls, data_type: DataType, value: object) -> bool:
        """Whether a scalar is of this type as it is; subclasses are not."""
        kind = type(value)
        form = _FORMS[data_type]
        if kind is form.python or kind in form.also:
            return True
        if isinstance(value, np.generic) and kind is not np.datetime64:
            # Text and bytes carry their length in the type; it does not matter here.
            return kind is form.numpy.type or value.dtype == form.numpy
        return "pyspark" in sys.modules and isinstance(value, type(data_type.to_spark()))

    @classmethod
    def all_types(cls) -> list[DataType]:
        """Every type, by number."""
        return list(cls)

    @classmethod
    def get_spark_types(cls) -> list[Any]:
        """The Spark type of every type, by number."""
        return [one.to_spark() for one in cls]

    @classmethod
    def from_numpy_type(cls, np_type: object) -> DataType | None:
        """The type that is exactly this NumPy type, or None."""
        return next((one for one in cls if one.to_numpy() == np_type), None)


class _Form(NamedTuple):
    numpy: np.dtype[Any]
    python: type[Any]
    spark: str
    also: tuple[type[Any], ...] = ()


_FORMS = {
    DataType.boolean: _Form(np.dtype("bool"), bool, "BooleanType"),
    DataType.integer: _Form(np.dtype("int32"), int, "IntegerType"),
    DataType.long: _Form(np.dtype("int64"), int, "LongType"),
    DataType.float: _Form(np.dtype("float32"), float, "FloatType"),
    DataType.double: _Form(np.dtype("float64"), float, "DoubleType"),
    DataType.string: _Form(np.dtype("str"), str, "StringType"),
    DataType.binary: _Form(np.dtype("bytes"), bytes, "BinaryType", (bytearray,)),
    DataType.datetime: _Form(
        np.dtype("datetime64[ns]"), dt.date, "TimestampType", (np.datetime64, dt.datetime)
    ),
}
