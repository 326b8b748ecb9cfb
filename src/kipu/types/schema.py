"""All inputs of a table or model, in order; and the types that they are made of."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Self

import numpy as np

from kipu.exceptions import InvalidParameter, MlflowException
from kipu.types.columns import ColSpec, TensorInfo, TensorSpec
from kipu.types.datatype import DataType
from kipu.types.nested import AnyType, Array, BaseType, Map, Object, Property, SparkMLVector, Type
from kipu.types.params import ParamSchema, ParamSpec

__all__ = [
    "AnyType",
    "Array",
    "BaseType",
    "ColSpec",
    "DataType",
    "Map",
    "Object",
    "ParamSchema",
    "ParamSpec",
    "Property",
    "Schema",
    "SparkMLVector",
    "TensorInfo",
    "TensorSpec",
]


class Schema:
    """Columns, or tensors: all with names, or (one tensor, any columns) all without.

    Args:
        inputs: At least one.

    Raises:
        InvalidParameter: It is no list, or an empty one.
        MlflowException: Columns and tensors, or inputs with and without names, are mixed;
            several tensors have no names; or an input without a name is optional.
    """

    def __init__(self, inputs: Sequence[ColSpec | TensorSpec]) -> None:
        if not isinstance(inputs, list):
            kind = type(inputs).__name__
            raise InvalidParameter(f"The inputs of a schema are a list, not a {kind}.")
        if not inputs:
            raise InvalidParameter("A schema needs at least one input.")
        _check(inputs)
        self._inputs = inputs

    @property
    def inputs(self) -> list[ColSpec | TensorSpec]:
        """The columns or tensors."""
        return self._inputs

    def is_tensor_spec(self) -> bool:
        """Whether the inputs are tensors."""
        return isinstance(self._inputs[0], TensorSpec)

    def has_input_names(self) -> bool:
        """Whether the inputs have names."""
        return self._inputs[0].name is not None

    def input_names(self) -> list[str | int]:
        """The names, or positions where there are none."""
        return [one.name or at for at, one in enumerate(self._inputs)]

    def required_input_names(self) -> list[str | int]:
        """The names, or positions, of what must be there."""
        return [one.name or at for at, one in enumerate(self._inputs) if one.required]

    def optional_input_names(self) -> list[str | int]:
        """The names of what may be left out."""
        return [one.name or at for at, one in enumerate(self._inputs) if not one.required]

    def input_types(self) -> list[Type | np.dtype[Any]]:
        """The types, in order."""
        return [one.type for one in self._inputs]

    def input_types_dict(self) -> dict[str, Type | np.dtype[Any]]:
        """The types by name.

        Raises:
            MlflowException: The inputs have no names.
        """
        return {name: one.type for name, one in self.input_dict().items()}

    def input_dict(self) -> dict[str, ColSpec | TensorSpec]:
        """The inputs by name.

        Raises:
            MlflowException: They have none.
        """
        if not self.has_input_names():
            raise MlflowException("The inputs of this schema have no names to find them by.")
        return {one.name: one for one in self._inputs if one.name is not None}

    def numpy_types(self) -> list[np.dtype[Any]]:
        """The NumPy types, in order.

        Raises:
            MlflowException: A column holds arrays, objects or maps.
        """
        if self.is_tensor_spec():
            return [one.type for one in self._inputs if isinstance(one, TensorSpec)]
        return [one.to_numpy() for one in self._scalars("NumPy")]

    def pandas_types(self) -> list[np.dtype[Any] | type[object]]:
        """The pandas types, in order.

        Raises:
            MlflowException: The inputs are tensors, or hold arrays, objects or maps.
        """
        if self.is_tensor_spec():
            raise MlflowException("Tensors have no pandas types; ask for numpy_types().")
        return [one.to_pandas() for one in self._scalars("pandas")]

    def as_spark_schema(self) -> Any:
        """The schema of a Spark data frame, or the type of one column without a name.

        Raises:
            MlflowException: The inputs are tensors, or hold arrays, objects or maps.
        """
        if self.is_tensor_spec():
            raise MlflowException("Tensors have no place in a Spark data frame.")
        types = [one.to_spark() for one in self._scalars("Spark")]
        if len(types) == 1 and not self.has_input_names():
            return types[0]
        from pyspark.sql.types import StructField, StructType  # noqa: PLC0415 - only where Spark is

        return StructType(
            [
                StructField(name=one.name or str(at), dataType=type_, nullable=not one.required)
                for at, (one, type_) in enumerate(zip(self._inputs, types, strict=True))
            ]
        )

    def to_dict(self) -> list[dict[str, Any]]:
        """The JSON form, as plain objects."""
        return [one.to_dict() for one in self._inputs]

    def to_json(self) -> str:
        """The JSON form."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_json(cls, json_str: str) -> Self:
        """Build one from its JSON form.

        Raises:
            MlflowException: It is not that of a schema.
        """
        return cls(
            [
                TensorSpec.from_json_dict(**form)
                if form.get("type") == "tensor"
                else ColSpec.from_json_dict(**form)
                for form in json.loads(json_str)
            ]
        )

    def _scalars(self, library: str) -> list[DataType]:
        types = self.input_types()
        scalars = [one for one in types if isinstance(one, DataType)]
        if len(scalars) < len(types):
            raise MlflowException(
                f"Some inputs hold arrays, objects or maps, for which {library} has no type."
            )
        return scalars

    def __len__(self) -> int:
        return len(self._inputs)

    def __iter__(self) -> Iterator[ColSpec | TensorSpec]:
        return iter(self._inputs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Schema) and self.inputs == other.inputs

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self._inputs)


def _check(inputs: list[ColSpec | TensorSpec]) -> None:
    tensors = [isinstance(one, TensorSpec) for one in inputs]
    names = [one.name for one in inputs]
    nameless = names.count(None)
    if nameless not in (0, len(inputs)):
        raise MlflowException(f"Either all inputs have names or none; these have {names}.")
    if any(tensors) != all(tensors):
        raise MlflowException("The inputs of a schema are all columns or all tensors, not both.")
    if tensors[0] and nameless and len(inputs) > 1:
        raise MlflowException("Several tensors need names to tell them apart.")
    if nameless and not all(one.required for one in inputs):
        raise MlflowException("An optional input needs a name; without names, all are required.")
