"""What a model's signature asks of data: refused, or made what the model expects."""

from kipu.models.enforcement.params import enforce_params
from kipu.models.enforcement.schema import enforce_schema, validate_schema

__all__ = ["enforce_params", "enforce_schema", "validate_schema"]
