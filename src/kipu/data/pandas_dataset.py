"""Data sets of pandas."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from kipu.data.dataset_source import DatasetSource
from kipu.data.dataset_source_registry import given_source
from kipu.data.described import DescribedDataset, check_column
from kipu.data.digests import frame_digest
from kipu.data.evaluation_dataset import EvaluationDataset
from kipu.data.pyfunc_dataset_mixin import PyFuncInputsOutputs
from kipu.exceptions import InvalidParameter
from kipu.types import Schema
from kipu.types.inference import schema_of

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


class PandasDataset(DescribedDataset):
    """A pandas data frame as a data set; see ``from_pandas``.

    Raises:
        InvalidParameter: The frame lacks the column of targets or predictions, or is no frame.
    """

    _untold_schema = logging.DEBUG  # ordinary frames hold what no schema knows

    def __init__(
        self,
        df: pd.DataFrame,
        source: DatasetSource,
        targets: str | None = None,
        name: str | None = None,
        digest: str | None = None,
        predictions: str | None = None,
    ) -> None:
        if not hasattr(df, "columns"):
            raise InvalidParameter(f"`df` is a pandas data frame, not a {type(df).__name__}.")
        check_column(df.columns, targets, "targets")
        check_column(df.columns, predictions, "predictions")
        self._df = df
        self._targets = targets
        self._predictions = predictions
        super().__init__(source, name, digest)

    def _compute_digest(self) -> str:
        return frame_digest(self._df)

    def _infer_schema(self) -> Schema:
        return schema_of(self._df)

    @property
    def df(self) -> pd.DataFrame:
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
    def profile(self) -> dict[str, Any]:
        """The numbers of rows and of elements."""
        return {"num_rows": len(self._df), "num_elements": int(self._df.size)}

    def to_pyfunc(self) -> PyFuncInputsOutputs:
        """All columns but that of the targets, and that one."""
        return inputs_and_outputs(self._df, self._targets)

    def to_evaluation_dataset(
        self, path: str | None = None, feature_names: Any = None
    ) -> EvaluationDataset:
        """See ``PyFuncConvertibleDatasetMixin``."""
        return EvaluationDataset(
            self._df,
            targets=self._targets,
            path=path,
            feature_names=feature_names,
            predictions=self._predictions,
            name=self.name,
            digest=self.digest,
        )


def from_pandas(
    df: pd.DataFrame,
    source: str | Path | DatasetSource | None = None,
    targets: str | None = None,
    name: str | None = None,
    digest: str | None = None,
    predictions: str | None = None,
) -> PandasDataset:
    """Make a data set of a pandas data frame, to be logged with ``log_input``.

    Args:
        df: The frame, which is not copied.
        source: Where the data came from: a path, a URI (``s3:``, ``https:``, ...) or a
            ``DatasetSource``. Left out, the program that runs.
        targets: The column with what a model should answer.
        name: What it is called; left out, ``dataset``.
        digest: Tells versions of the data apart; left out, computed from the number of rows, the
            names of the columns, and the first 10,000 rows.
        predictions: The column with what a model answered.

    Raises:
        InvalidParameter: The frame lacks one of these columns.
        ResourceNotFound: No kind of source knows ``source``.

    Example:
        >>> data = kipu.data.from_pandas(df, source="train.csv", targets="label", name="train")
        >>> kipu.log_input(data, context="training")
    """
    return PandasDataset(df, given_source(source), targets, name, digest, predictions)


def inputs_and_outputs(frame: pd.DataFrame, targets: str | None) -> PyFuncInputsOutputs:
    """A frame without the column of its targets, and that column."""
    if targets is None:
        return PyFuncInputsOutputs(frame)
    return PyFuncInputsOutputs(frame.drop(columns=[targets]), frame[targets])
