"""A data set without its data."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from kipu.data.dataset import Dataset
from kipu.data.dataset_source import DatasetSource
from kipu.data.described import schema_json
from kipu.types import Schema


class MetaDataset(Dataset):
    """What is known of data that is too big, or too far away, to be read.

    Args:
        source: Where the data is.
        name: What it is called; left out, ``dataset``.
        digest: Tells versions of the data apart; left out, made of all the rest.
        schema: Its columns or tensors.

    Example:
        >>> source = kipu.data.http_dataset_source.HTTPDatasetSource("https://example.com/x.zip")
        >>> kipu.log_input(MetaDataset(source, name="x"), context="training")
    """

    def __init__(
        self,
        source: DatasetSource,
        name: str | None = None,
        digest: str | None = None,
        schema: Schema | None = None,
    ) -> None:
        self._schema = schema
        super().__init__(source, name, digest)

    def _compute_digest(self) -> str:
        told = {
            "name": self.name,
            "source": self.source.to_json(),
            "source_type": self._get_source_type(),
            "schema": "" if self._schema is None else self._schema.to_dict(),
        }
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:8]

    @property
    def schema(self) -> Any | None:
        """Its columns or tensors, or None."""
        return self._schema

    @property
    def profile(self) -> Any | None:
        """Always None: the data is not read."""
        return None

    def to_dict(self) -> dict[str, Any]:
        """What a store keeps: name, digest, source, source type and, if known, the schema."""
        schema = schema_json(self._schema)
        return super().to_dict() | ({} if schema is None else {"schema": schema})
