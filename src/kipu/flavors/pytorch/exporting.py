"""From a module to an exported program: what may vary in its input, and what cannot be exported."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kipu.exceptions import InvalidParameter, MlflowException
from kipu.models.model_signature import ModelSignature
from kipu.types.columns import TensorSpec

_OTHERWISE = "Or save the model with serialization_format='pickle'."


def check_example(
    model: Any, input_example: Any, signature: ModelSignature | None
) -> list[tuple[Any, Sequence[int]]]:
    """The arguments by which a model is traced, arrays or tensors, and the shapes in the signature.

    Args:
        model: The module.
        input_example: As it was given.
        signature: Of the model; of tensors.

    Raises:
        MlflowException: The model, the example or the signature does not fit an export.
    """
    import numpy as np
    import torch

    if not hasattr(torch, "export") or not hasattr(torch.export, "save"):
        raise MlflowException(f"PyTorch {torch.__version__} cannot export models. {_OTHERWISE}")
    if isinstance(model, torch.jit.ScriptModule):
        raise MlflowException(
            "A model of TorchScript cannot be exported. Save it with serialization_format='pickle'."
        )
    kinds = (np.ndarray, torch.Tensor)
    examples = (input_example,) if isinstance(input_example, kinds) else input_example
    if not isinstance(examples, (list, tuple)) or not all(isinstance(v, kinds) for v in examples):
        raise MlflowException(
            "A model is exported by tracing it with an example: give an array or a tensor as "
            f"input_example, or a list with one for each argument of the model. {_OTHERWISE}"
        )
    inputs = signature.inputs if signature is not None else None
    if inputs is None or not len(inputs) or not inputs.is_tensor_spec():
        raise MlflowException(
            "A model is exported with a signature of tensors, which tells the dimensions that may "
            "vary: give signature=infer_signature(x.numpy(), y.numpy()), or an array as "
            f"input_example, from which it is inferred. {_OTHERWISE}"
        )
    if len(inputs) != len(examples):
        raise InvalidParameter(
            f"The signature has {len(inputs)} tensors, and input_example {len(examples)}."
        )
    return list(
        zip(
            examples,
            (one.shape for one in inputs.inputs if isinstance(one, TensorSpec)),
            strict=True,
        )
    )


def export(model: Any, examples: Sequence[tuple[Any, Sequence[int]]], file: Path) -> None:
    """Trace a model, and write its program into a file.

    Args:
        model: The module, in the mode that is to be kept.
        examples: Its arguments, each with a shape in which a dimension of -1 may vary.
        file: With the ending ``.pt2``.
    """
    import numpy as np
    import torch

    first = next(model.parameters(), None)
    device = "cpu" if first is None else first.device
    tensors, shapes = [], []
    for given, shape in examples:
        tensor = torch.from_numpy(given) if isinstance(given, np.ndarray) else given
        # An array cannot be on the device of the model; a tensor is where the caller wants it.
        tensors.append(tensor.to(device) if tensor is not given else tensor)
        shapes.append(_varying(shape, tensor))
    program = torch.export.export(model, tuple(tensors), dynamic_shapes=shapes)
    torch.export.save(program, str(file))


def _varying(shape: Sequence[int], tensor: Any) -> dict[int, Any] | None:
    """The dimensions that may vary, in the form that ``torch.export`` takes."""
    from torch.export import Dim

    varying = {}
    for place, size in enumerate(shape):
        if size != -1:
            continue
        if hasattr(Dim, "AUTO"):
            varying[place] = Dim.AUTO
        elif tensor.shape[place] > 1:
            # Before PyTorch 2.6 a dimension of 1 cannot be said to vary. Inputs share the name, as
            # they share the size of a batch.
            varying[place] = Dim(f"dim_{place}")
    return varying or None
