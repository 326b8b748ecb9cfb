"""Spark data frames and their column types; Spark itself is loaded by whoever has such a frame."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from kipu.exceptions import InvalidParameter, MlflowException
from kipu.types.datatype import DataType
from kipu.types.nested import Array, Object, Property, SparkMLVector, Type

_TYPES: dict[str, Callable[[], Type]] = {
    "LongType": lambda: DataType.long,
    "IntegerType": lambda: DataType.integer,
    "ShortType": lambda: DataType.integer,
    "ByteType": lambda: DataType.integer,
    "FloatType": lambda: DataType.float,
    "DoubleType": lambda: DataType.double,
    "BooleanType": lambda: DataType.boolean,
    "StringType": lambda: DataType.string,
    "VarcharType": lambda: DataType.string,
    "CharType": lambda: DataType.string,
    "BinaryType": lambda: DataType.binary,
    "DateType": lambda: DataType.datetime,
    "TimestampType": lambda: DataType.datetime,
    "VectorUDT": SparkMLVector,
}


def is_spark_frame(data: object) -> bool:
    """Whether this is a data frame of Spark, classic or connected."""
    for place in ("pyspark.sql.dataframe", "pyspark.sql.connect.dataframe"):
        module = sys.modules.get(place)
        if module is not None and isinstance(data, module.DataFrame):
            return True
    return False


def infer_spark_type(dtype: Any, frame: Any = None, column: str | None = None) -> Type:
    """The type of a Spark column.

    Args:
        dtype: Spark's type.
        frame: Where the column is; needed for a map, whose keys make the properties.
        column: Its name, needed likewise.

    Raises:
        MlflowException: It has no place in a schema.
    """
    match kind := type(dtype).__name__:
        case "ArrayType":
            return Array(infer_spark_type(dtype.elementType))
        case "StructType":
            return Object(
                [
                    Property(field.name, infer_spark_type(field.dataType), not field.nullable)
                    for field in dtype.fields
                ]
            )
        case "MapType":
            return _of_map(dtype, frame, column)
    found = _TYPES.get(kind)
    if found is None:
        raise InvalidParameter(f"A column of Spark's {kind} has no place in a schema.")
    return found()


def _of_map(dtype: Any, frame: Any, column: str | None) -> Object:
    if frame is None or column is None:
        raise MlflowException("A map inside another type has no keys to make properties of.")
    if type(dtype.valueType).__name__ == "MapType":
        raise MlflowException("A map of maps has no place in a schema; make it a StructType.")
    from pyspark.sql.functions import col, collect_set, explode, map_keys  # noqa: PLC0415

    keys = frame.select(explode(map_keys(col(column))).alias("key"))
    found = keys.agg(collect_set("key").alias("keys")).head().keys
    return Object([Property(key, infer_spark_type(dtype.valueType)) for key in found])
