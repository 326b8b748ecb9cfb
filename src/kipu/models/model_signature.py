"""What a model takes and answers: the schemas of its inputs, outputs and parameters."""

from __future__ import annotations

import logging
import sys
from dataclasses import is_dataclass
from typing import Any, Self

from kipu.models.dataclass_schema import schema_of_dataclass
from kipu.types.columns import ColSpec
from kipu.types.inference import infer_schema
from kipu.types.nested import AnyType
from kipu.types.param_inference import infer_param_schema
from kipu.types.params import ParamSchema
from kipu.types.schema import Schema

_log = logging.getLogger(__name__)


class ModelSignature:
    """The schemas of a model; at least one of them.

    Args:
        inputs: Of what it predicts on; a dataclass stands for the columns that its fields are.
        outputs: Of what it answers; likewise.
        params: Of what it may be told besides.

    Raises:
        TypeError: One is something else.
        ValueError: All are None.

    Example:
        >>> signature = ModelSignature(inputs=Schema([ColSpec("double", "x")]))
    """

    _is_signature_from_type_hint = False
    _is_type_hint_from_example = False

    def __init__(
        self, inputs: Any = None, outputs: Any = None, params: ParamSchema | None = None
    ) -> None:
        given = {"inputs": inputs, "outputs": outputs}
        for name, one in given.items():
            if one and not isinstance(one, Schema) and not is_dataclass(one):
                kind = type(one).__name__
                raise TypeError(f"{name} must be a Schema, a dataclass or None, not a {kind}.")
        if params and not isinstance(params, ParamSchema):
            raise TypeError(f"params must be a ParamSchema or None, not a {type(params).__name__}.")
        if inputs is None and outputs is None and params is None:
            raise ValueError("A signature has inputs, outputs or params; all are None.")
        self.inputs: Schema | None = _as_schema(inputs)
        self.outputs: Schema | None = _as_schema(outputs)
        self.params = params

    def to_dict(self) -> dict[str, Any]:
        """The form that an ``MLmodel`` file has: each schema as JSON text, or None."""
        return {
            "inputs": self.inputs.to_json() if self.inputs else None,
            "outputs": self.outputs.to_json() if self.outputs else None,
            "params": self.params.to_json() if self.params else None,
        }

    @classmethod
    def from_dict(cls, signature_dict: dict[str, Any]) -> Self:
        """Build one from the form that ``to_dict`` answers."""
        inputs, outputs, params = map(signature_dict.get, ("inputs", "outputs", "params"))
        return cls(
            Schema.from_json(inputs) if inputs else None,
            Schema.from_json(outputs) if outputs else None,
            ParamSchema.from_json(params) if params else None,
        )

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, ModelSignature)
            and self.inputs == other.inputs
            and self.outputs == other.outputs
            and self.params == other.params
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        parts = {"inputs": self.inputs, "outputs": self.outputs, "params": self.params}
        return "".join(f"{name}: \n  {one!r}\n" for name, one in parts.items())


def infer_signature(
    model_input: Any = None, model_output: Any = None, params: dict[str, Any] | None = None
) -> ModelSignature:
    """The signature of a model that takes such input and answers such output.

    Args:
        model_input: A pandas data frame or series, a NumPy array, a dictionary of names and
            arrays, a SciPy csr or csc matrix, a Spark data frame, or lists and dictionaries of
            plain values. A dataclass stands for the columns that its fields are.
        model_output: Likewise, such as ``model.predict(model_input)``.
        params: Parameters by name, with the values that are their defaults.

    Raises:
        InvalidParameter: The data is a pydantic object, or params have no type.
        ValueError: All three are None.

    Example:
        >>> signature = infer_signature(features, model.predict(features))
    """
    return ModelSignature(
        _schema_of("inputs", model_input),
        _schema_of("outputs", model_output),
        infer_param_schema(params) if params else None,
    )


def _schema_of(what: str, data: Any) -> Schema | None:
    if data is None:
        return None
    pydantic = sys.modules.get("pydantic")
    if pydantic is not None and isinstance(data, pydantic.BaseModel):
        return infer_schema(data)  # which says what to do instead
    try:
        return schema_of_dataclass(data) if is_dataclass(data) else infer_schema(data)
    except Exception as error:
        _log.warning("The %s have no schema, so anything goes there: %s", what, error)
    return Schema([ColSpec(AnyType())])


def _as_schema(given: Any) -> Schema | None:
    return schema_of_dataclass(given) if is_dataclass(given) else given
