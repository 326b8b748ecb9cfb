"""Code as the source of the data that it made."""

from __future__ import annotations

from typing import Any, Self

from kipu.data.dataset_source import ExplicitSource
from kipu.exceptions import MlflowException


class CodeDatasetSource(ExplicitSource):
    """The program that made the data.

    Args:
        tags: What a run that starts there would be labelled with: user, file, git commit, ...
    """

    def __init__(self, tags: dict[Any, Any]) -> None:
        self._tags = tags

    @staticmethod
    def _get_source_type() -> str:
        return "code"

    def load(self, **kwargs: Any) -> Any:
        """Cannot be: it would mean to run the program.

        Raises:
            MlflowException: Always, with the code NOT_IMPLEMENTED.
        """
        raise MlflowException(
            "Data that a program made cannot be loaded; run the program again.", "NOT_IMPLEMENTED"
        )

    def to_dict(self) -> dict[Any, Any]:
        """The tags."""
        return {"tags": self._tags}

    @classmethod
    def from_dict(cls, source_dict: dict[Any, Any]) -> Self:
        """Build one from what ``to_dict`` gave."""
        return cls(source_dict.get("tags") or {})
