"""Data sets of Polars."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, TypedDict

from kipu.data.dataset_source import DatasetSource
from kipu.data.dataset_source_registry import given_source
from kipu.data.described import DescribedDataset, check_column, schema_json
from kipu.data.evaluation_dataset import EvaluationDataset
from kipu.data.pyfunc_dataset_mixin import PyFuncInputsOutputs
from kipu.exceptions import InvalidParameter, MlflowException
from kipu.types import ColSpec, DataType, Schema
from kipu.types.nested import Array, Object, Property, Type

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

_log = logging.getLogger(__name__)
_EXACT = {
    "Binary": DataType.binary,
    "Boolean": DataType.boolean,
    "Datetime": DataType.datetime,
    "Float32": DataType.float,
    "Float64": DataType.double,
    "Int8": DataType.integer,
    "Int16": DataType.integer,
    "Int32": DataType.integer,
    "Int64": DataType.long,
    "String": DataType.string,
}
_CLOSE = {
    "Categorical": DataType.string,
    "Enum": DataType.string,
    "Date": DataType.datetime,
    "UInt8": DataType.integer,
    "UInt16": DataType.integer,
    "UInt32": DataType.long,
}


class PolarsDataset(DescribedDataset):
    """A Polars data frame as a data set; see ``from_polars``.

    Raises:
        InvalidParameter: The frame lacks the column of targets or predictions, or is no frame.
    """

    def __init__(
        self,
        df: pl.DataFrame,
        source: DatasetSource,
        targets: str | None = None,
        name: str | None = None,
        digest: str | None = None,
        predictions: str | None = None,
    ) -> None:
        if not hasattr(df, "hash_rows"):
            raise InvalidParameter(f"`df` is a Polars data frame, not a {type(df).__name__}.")
        check_column(df.columns, targets, "targets")
        check_column(df.columns, predictions, "predictions")
        self._df = df
        self._targets = targets
        self._predictions = predictions
        super().__init__(source, name, digest)

    def _compute_digest(self) -> str:
        return str(self._df.hash_rows().sum())

    def _infer_schema(self) -> Schema:
        return Schema(
            [
                ColSpec(_type_of(column.dtype, column.name), column.name, column.count() > 0)
                for column in self._df.get_columns()
            ]
        )

    class PolarsDatasetConfig(TypedDict):
        """What a store keeps; ``schema`` is ``null`` where there is none."""

        name: str
        digest: str
        source: str
        source_type: str
        schema: str
        profile: str

    def to_dict(self) -> dict[str, Any]:
        """What a store keeps: name, digest, source, source type, schema and profile."""
        return super().to_dict() | {"schema": schema_json(self.schema) or "null"}

    @property
    def df(self) -> pl.DataFrame:
        """The frame."""
        return self._df

    @property
    def targets(self) -> str | None:
        """The column with what a model should answer, or None."""
        return self._targets

    @property
    def predictions(self) -> str | None:
        """The column with what a model answered, or None."""
        return self._predictions

    @property
    def profile(self) -> dict[str, int]:
        """The numbers of rows and of elements."""
        return {"num_rows": self._df.height, "num_elements": self._df.height * self._df.width}

    def to_pyfunc(self) -> PyFuncInputsOutputs:
        """As pandas, in lists of one: all columns but that of the targets, and that one."""
        if self._targets is None:
            return PyFuncInputsOutputs([self._df.to_pandas()])
        inputs = self._df.drop(self._targets).to_pandas()
        return PyFuncInputsOutputs([inputs], [self._df[self._targets].to_pandas()])

    def to_evaluation_dataset(
        self, path: str | None = None, feature_names: Any = None
    ) -> EvaluationDataset:
        """See ``PyFuncConvertibleDatasetMixin``."""
        return EvaluationDataset(
            self._df.to_pandas(),
            targets=self._targets,
            path=path,
            feature_names=feature_names,
            predictions=self._predictions,
            name=self.name,
            digest=self.digest,
        )


def from_polars(
    df: pl.DataFrame,
    source: str | Path | DatasetSource | None = None,
    targets: str | None = None,
    name: str | None = None,
    digest: str | None = None,
    predictions: str | None = None,
) -> PolarsDataset:
    """Make a data set of a Polars data frame, to be logged with ``log_input``.

    Args:
        df: The frame.
        source: Where the data came from: a path, a URI or a ``DatasetSource``. Left out, the
            program that runs.
        targets: The column with what a model should answer.
        name: What it is called; left out, ``dataset``.
        digest: Tells versions of the data apart; left out, computed from all rows. It may differ
            between versions of Polars.
        predictions: The column with what a model answered.

    Raises:
        InvalidParameter: The frame lacks one of these columns.
        ResourceNotFound: No kind of source knows ``source``.
    """
    return PolarsDataset(df, given_source(source), targets, name, digest, predictions)


def _type_of(dtype: Any, column: str) -> Type:
    """The type of a Polars column.

    Raises:
        MlflowException: It has no place in a schema.
    """
    kind = dtype.base_type().__name__
    if kind in _EXACT:
        return _EXACT[kind]
    if kind in _CLOSE:
        _log.warning("The column %r holds %s; its schema says %r.", column, dtype, _CLOSE[kind])
        return _CLOSE[kind]
    if kind in ("List", "Array"):
        return Array(_type_of(dtype.inner, f"{column}.[]"))
    if kind == "Struct":
        return Object(
            [
                Property(field.name, _type_of(field.dtype, f"{column}.{field.name}"))
                for field in dtype.fields
            ]
        )
    raise MlflowException(f"The column {column!r} holds {dtype}, which no schema knows.")
