"""Schemas: the types of columns, tensors and parameters."""

from kipu.types.columns import ColSpec, TensorSpec
from kipu.types.datatype import DataType
from kipu.types.params import ParamSchema, ParamSpec
from kipu.types.schema import Schema

__all__ = ["ColSpec", "DataType", "ParamSchema", "ParamSpec", "Schema", "TensorSpec"]
