"""The schema of data made of tensors."""

from __future__ import annotations

from typing import Any, Self

from kipu.exceptions import InvalidParameter
from kipu.types import Schema

_KEY = "mlflow_tensorspec"


class TensorDatasetSchema:
    """The tensors of features and, where there are any, of targets.

    Args:
        features: Of the features.
        targets: Of the targets.

    Raises:
        InvalidParameter: One of them is no schema.
    """

    def __init__(self, features: Schema, targets: Schema | None = None) -> None:
        given: dict[str, object] = {"features": features, "targets": targets or features}
        for what, one in given.items():
            if not isinstance(one, Schema):
                raise InvalidParameter(f"`{what}` must be a Schema, not a {type(one).__name__}.")
        self.features = features
        self.targets = targets

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; the schemas inside are JSON texts."""
        targets = None if self.targets is None else self.targets.to_json()
        return {_KEY: {"features": self.features.to_json(), "targets": targets}}

    @classmethod
    def from_dict(cls, schema_dict: dict[str, Any]) -> Self:
        """Build one from what ``to_dict`` gave.

        Raises:
            InvalidParameter: It is something else.
        """
        if _KEY not in schema_dict:
            raise InvalidParameter(f"A schema of tensors has the key {_KEY!r}; this has none.")
        inside = schema_dict[_KEY]
        targets = inside.get("targets")
        return cls(
            Schema.from_json(inside["features"]),
            None if targets is None else Schema.from_json(targets),
        )

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, TensorDatasetSchema)
            and self.features == other.features
            and self.targets == other.targets
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"features:\n  {self.features!r}\ntargets:\n  {self.targets!r}\n"
