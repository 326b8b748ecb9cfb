"""Data sets of Spark."""

from __future__ import annotations

import logging
import uuid
from typing import Any

import numpy as np

from kipu.data.dataset_source import DatasetSource
from kipu.data.dataset_source_registry import running_code
from kipu.data.delta_dataset_source import DeltaDatasetSource
from kipu.data.described import ROWS_READ, DescribedDataset, check_column
from kipu.data.digests import shortened
from kipu.data.evaluation_dataset import EvaluationDataset
from kipu.data.pandas_dataset import inputs_and_outputs
from kipu.data.pyfunc_dataset_mixin import PyFuncInputsOutputs
from kipu.data.spark_dataset_source import SparkDatasetSource
from kipu.data.spark_session import is_delta_folder, is_delta_table, latest_delta_version
from kipu.exceptions import InvalidParameter
from kipu.types import Schema
from kipu.types.inference import schema_of

_log = logging.getLogger(__name__)
_COUNT_WAIT_MS = 5_000
_COUNT_CONFIDENCE = 0.9
_JOB_GROUP = ("spark.jobGroup.id", "spark.job.description", "spark.job.interruptOnCancel")


class SparkDataset(DescribedDataset):
    """A Spark data frame as a data set; see ``from_spark``.

    Raises:
        InvalidParameter: The frame lacks the column of targets or predictions.
    """

    def __init__(
        self,
        df: Any,
        source: DatasetSource,
        targets: str | None = None,
        name: str | None = None,
        digest: str | None = None,
        predictions: str | None = None,
    ) -> None:
        check_column(df.columns, targets, "targets")
        check_column(df.columns, predictions, "predictions")
        self._df = df
        self._targets = targets
        self._predictions = predictions
        super().__init__(source, name, digest)

    def _compute_digest(self) -> str:
        # Of the query, not of the rows, which may be more than can be read.
        return shortened([np.int64(self._df.semanticHash())])

    def _infer_schema(self) -> Schema:
        return schema_of(self._df)

    @property
    def df(self) -> Any:
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
    def profile(self) -> dict[str, Any] | None:
        """About how many rows there are, as far as Spark finds out in five seconds."""
        try:
            rows = _rows_of(self._df)
        except Exception as error:
            _log.warning("The rows of the data set %r could not be counted: %s", self.name, error)
            return None
        return {"approx_count": rows if rows > 0 else "unknown"}

    def to_pyfunc(self) -> PyFuncInputsOutputs:
        """The first 10,000 rows as pandas: all columns but that of the targets, and that one."""
        return inputs_and_outputs(self._df.limit(ROWS_READ).toPandas(), self._targets)

    def to_evaluation_dataset(
        self, path: str | None = None, feature_names: Any = None
    ) -> EvaluationDataset:
        """See ``PyFuncConvertibleDatasetMixin``; of the first 10,000 rows."""
        return EvaluationDataset(
            self._df.limit(ROWS_READ).toPandas(),
            targets=self._targets,
            path=path,
            feature_names=feature_names,
            predictions=self._predictions,
            name=self.name,
            digest=self.digest,
        )


def _rows_of(frame: Any) -> int:
    """About how many rows Spark finds in five seconds; it is not kept busy any longer."""
    context = frame.sparkSession.sparkContext
    before = {name: context.getLocalProperty(name) for name in _JOB_GROUP}
    group = f"kipu-count-{uuid.uuid4().hex}"
    context.setJobGroup(group, "Kipu counts the rows of a data set")
    try:
        # In the JVM alone: rows that come to Python for it take many times as long.
        counted = frame._jdf.queryExecution().toRdd().countApprox(_COUNT_WAIT_MS, _COUNT_CONFIDENCE)
        if not counted.isInitialValueFinal():
            context.cancelJobGroup(group)
        return int(counted.initialValue().mean())
    finally:
        for name, value in before.items():
            context.setLocalProperty(name, value)


def load_delta(
    path: str | None = None,
    table_name: str | None = None,
    version: Any = None,
    targets: str | None = None,
    name: str | None = None,
    digest: str | None = None,
) -> SparkDataset:
    """Load a Delta table as a data set.

    Args:
        path: Of its folder, or else:
        table_name: its name.
        version: Which version; left out, the newest, which is then noted in the source.
        targets: The column with what a model should answer.
        name: What it is called; left out, the table's name and version, or ``dataset``.
        digest: Tells versions of the data apart; left out, computed from the query.

    Raises:
        InvalidParameter: Path and name are both given or both left out, or a column is missing.
        MlflowException: Spark is not installed.
    """
    if (path, table_name).count(None) != 1:
        raise InvalidParameter("Give exactly one of path and table_name.")
    if version is None:
        version = latest_delta_version(path, table_name)
    if name is None and table_name is not None:
        name = table_name if version is None else f"{table_name}@v{version}"
    source = DeltaDatasetSource(path, table_name, version)
    return SparkDataset(source.load(), source, targets, name, digest)


def from_spark(
    df: Any,
    path: str | None = None,
    table_name: str | None = None,
    version: Any = None,
    sql: str | None = None,
    targets: str | None = None,
    name: str | None = None,
    digest: str | None = None,
    predictions: str | None = None,
) -> SparkDataset:
    """Make a data set of a Spark data frame, to be logged with ``log_input``.

    Args:
        df: The frame, which is not read.
        path: Folder that it was read from, or else:
        table_name: the table.
        version: Which version of a Delta table; left out, the newest.
        sql: The query that made it. With neither of the three, the program that runs.
        targets: The column with what a model should answer.
        name: What it is called; left out, ``dataset``.
        digest: Tells versions of the data apart; left out, computed from the query.
        predictions: The column with what a model answered.

    Raises:
        InvalidParameter: Several places are given, or a version of what has none, or the frame
            lacks a column.
    """
    if (path, table_name, sql).count(None) < 2:
        raise InvalidParameter("Give at most one of path, table_name and sql.")
    if sql is not None and version is not None:
        raise InvalidParameter("A query has no version; give it with path or table_name.")
    source = _place(path, table_name, version, sql)
    return SparkDataset(df, source, targets, name, digest, predictions)


def _place(
    path: str | None, table_name: str | None, version: Any, sql: str | None
) -> DatasetSource:
    if sql is not None:
        return SparkDatasetSource(sql=sql)
    if path is None and table_name is None:
        return running_code()
    delta = is_delta_folder(path) if path is not None else is_delta_table(table_name or "")
    if delta:
        newest = version or latest_delta_version(path, table_name)
        return DeltaDatasetSource(path, table_name, newest)
    if version is not None:
        raise InvalidParameter(f"{path or table_name!r} is no Delta table, and has no versions.")
    return SparkDatasetSource(path, table_name)
