"""What the data sets of all libraries share: an inferred schema, stored with a profile as JSON."""

from __future__ import annotations

import json
import logging
from abc import abstractmethod
from collections.abc import Collection
from functools import cached_property
from typing import Any

from kipu.data.dataset import Dataset
from kipu.data.pyfunc_dataset_mixin import PyFuncConvertibleDatasetMixin
from kipu.data.schema import TensorDatasetSchema
from kipu.exceptions import InvalidParameter
from kipu.types import Schema

_log = logging.getLogger(__name__)

ROWS_READ = 10_000
"""Most rows that are read to compute a digest or to infer a schema."""


class DescribedDataset(Dataset, PyFuncConvertibleDatasetMixin):
    """A data set that infers its schema when it is asked first."""

    _untold_schema = logging.WARNING

    @abstractmethod
    def _infer_schema(self) -> Schema | TensorDatasetSchema:
        """The schema of the data; any exception means that it has none."""

    @cached_property
    def schema(self) -> Any:
        """The columns, or the tensors of features and targets; None where none can be inferred."""
        try:
            return self._infer_schema()
        except Exception as error:
            _log.log(self._untold_schema, "The data set %r has no schema: %s", self.name, error)
            return None

    def to_dict(self) -> dict[str, Any]:
        """What a store keeps: name, digest, source, source type, schema and profile."""
        return super().to_dict() | {
            "schema": schema_json(self.schema),
            "profile": json.dumps(self.profile),
        }


def schema_json(schema: Schema | TensorDatasetSchema | None) -> str | None:
    """The form in which a store keeps a schema."""
    if schema is None:
        return None
    told = {"mlflow_colspec": schema.to_dict()} if isinstance(schema, Schema) else schema.to_dict()
    return json.dumps(told)


def check_column(columns: Collection[Any], name: str | None, what: str) -> None:
    """Check that the data has the column with targets or predictions.

    Raises:
        InvalidParameter: It has not.
    """
    if name is not None and name not in columns:
        raise InvalidParameter(
            f"The data has no column {name!r} for its {what}; it has {[*columns]}."
        )
