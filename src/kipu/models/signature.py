"""Signatures, under the path that MLflow's users know."""

from kipu.models.model_signature import ModelSignature, infer_signature
from kipu.models.signature_updates import set_signature
from kipu.types.type_hints import TypeHints as _TypeHints

__all__ = ["ModelSignature", "_TypeHints", "infer_signature", "set_signature"]
