"""The demands of Keras and TensorFlow on a model's signature."""

from __future__ import annotations

from kipu.exceptions import InvalidParameter
from kipu.models.model_signature import ModelSignature
from kipu.types.columns import TensorSpec

BATCH = -1
"""The size of a dimension that may have any size."""


def tensor_inputs(signature: ModelSignature) -> list[TensorSpec]:
    """The inputs of a model whose first dimension counts the examples.

    Raises:
        InvalidParameter: There are none, or they are no such tensors.
    """
    fields = [] if signature.inputs is None else signature.inputs.inputs
    if not fields:
        raise InvalidParameter("The signature has no inputs; a model of tensors has at least one.")
    tensors: list[TensorSpec] = []
    for field in fields:
        if not isinstance(field, TensorSpec):
            raise InvalidParameter(
                f"The signature's inputs are to be tensors (TensorSpec), not {field!r}. One that "
                "is inferred from arrays, or a dictionary of them, has tensors."
            )
        if not field.shape or field.shape[0] != BATCH:
            raise InvalidParameter(
                "The first dimension of the signature's inputs counts the examples and is to be "
                f"-1, for any number; this one has the shape {tuple(field.shape)}."
            )
        tensors.append(field)
    return tensors
