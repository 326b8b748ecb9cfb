"""The type of a column that a model's answers become in Spark."""

from __future__ import annotations

import logging
from typing import Any

from kipu.exceptions import InvalidParameter
from kipu.types.columns import ColSpec, TensorSpec
from kipu.types.datatype import DataType
from kipu.types.nested import AnyType, Array, Map, Object, Type
from kipu.types.schema import Schema

_log = logging.getLogger(__name__)

SCALARS = ("IntegerType", "LongType", "FloatType", "DoubleType", "StringType", "BooleanType")


def kind(spark_type: Any) -> str:
    """The name of a Spark type's class, by which types are told apart without loading Spark."""
    return type(spark_type).__name__


def result_type_of(given: Any, outputs: Schema | None) -> Any:
    """The Spark type of a model's answers.

    Args:
        given: Spark's type, or its name such as ``double`` or ``a int, b array<string>``. None, by
            the signature.
        outputs: The model's, by its signature.

    Raises:
        InvalidParameter: The type is none of those that answers can be made.
    """
    from pyspark.sql.types import DoubleType  # noqa: PLC0415 - only where Spark is

    if given is None and outputs is None:
        _log.warning(
            "The model does not tell what it answers, so its answers are taken for numbers; give "
            "result_type if they are not."
        )
        return DoubleType()
    if given is None:
        return _of_schema(outputs)
    asked = parsed(given) if isinstance(given, str) else given
    if not _is_possible(asked):
        raise InvalidParameter(
            f"The result_type {asked} is not possible. It is one of int, long, float, double, "
            "string and boolean, or an array, a struct or a map by text of such types."
        )
    return asked


def parsed(text: str) -> Any:
    """A Spark type by its name; several fields make a struct."""
    from pyspark.sql import types  # noqa: PLC0415 - only where Spark is

    asked = "boolean" if text.strip().lower() == "bool" else text
    read = getattr(types.DataType, "fromDDL", None) or types._parse_datatype_string
    return read(asked)


def _is_possible(asked: Any) -> bool:
    match kind(asked):
        case "ArrayType":
            return _is_possible(asked.elementType)
        case "StructType":
            return all(_is_possible(field.dataType) for field in asked.fields)
        case "MapType":
            return kind(asked.keyType) == "StringType" and _is_possible(asked.valueType)
    return kind(asked) in SCALARS


def _of_schema(outputs: Any) -> Any:
    from pyspark.sql.types import StructField, StructType  # noqa: PLC0415 - only where Spark is

    specs = outputs.inputs
    if len(specs) == 1:
        return _of_output(specs[0])
    return StructType(
        [StructField(one.name or str(place), _of_output(one)) for place, one in enumerate(specs)]
    )


def _of_output(spec: ColSpec | TensorSpec) -> Any:
    if isinstance(spec, ColSpec):
        return _of_type(spec.type)
    from pyspark.sql.types import ArrayType  # noqa: PLC0415 - only where Spark is

    scalar = DataType.from_numpy_type(spec.type)
    if scalar is None:
        raise InvalidParameter(f"Spark has no type for tensors of {spec.type}, which it answers.")
    match len(spec.shape):
        case 1:
            return ArrayType(scalar.to_spark())
        case 2:
            return ArrayType(ArrayType(scalar.to_spark()))
    raise InvalidParameter(
        f"A tensor of one or two dimensions becomes a column of Spark, not one of the shape "
        f"{spec.shape}."
    )


def _of_type(given: Type) -> Any:
    from pyspark.sql import types  # noqa: PLC0415 - only where Spark is

    match given:
        case DataType():
            return given.to_spark()
        case Array():
            return types.ArrayType(_of_type(given.dtype))
        case Object():
            fields = [types.StructField(one.name, _of_type(one.dtype)) for one in given.properties]
            return types.StructType(fields)
        case Map():
            return types.MapType(types.StringType(), _of_type(given.value_type))
        case AnyType() if hasattr(types, "VariantType"):
            return types.VariantType()
    raise InvalidParameter(f"Spark has no type for {given!r}, which the model answers.")
