"""The input example and the signature of a model that autologging stores."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kipu.autologging.integration import Integration
from kipu.models.model_signature import ModelSignature

ROWS = 5
"""How many rows of the training data make an example."""


def example_and_signature(
    integration: Integration,
    collect: Callable[[], Any],
    infer: Callable[[Any], ModelSignature | None],
    *,
    log_example: bool | None = None,
    log_signature: bool | None = None,
) -> tuple[Any, ModelSignature | None]:
    """What is to be stored with the model, None for what is not wanted or failed.

    Args:
        integration: Whose options ``log_input_examples`` and ``log_model_signatures`` decide.
        collect: Takes ``ROWS`` rows of the training data.
        infer: Makes a signature of them; predicts.
        log_example: Instead of the option.
        log_signature: Instead of the option.
    """
    wants_example = _chosen(log_example, integration.option("log_input_examples"))
    wants_signature = _chosen(log_signature, integration.option("log_model_signatures"))
    if not wants_example and not wants_signature:
        return None, None
    try:
        example = collect()
    except Exception as error:
        integration.warn("The model has no input example and no signature: %s", error)
        return None, None
    signature = None
    if wants_signature:
        try:
            signature = infer(example)
        except Exception as error:
            integration.warn("The model has no signature: %s", error)
    return example if wants_example else None, signature


def _chosen(given: bool | None, option: Any) -> bool:
    return bool(option) if given is None else given
