"""Data sets of training, and of what was evaluated between its rounds."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from kipu.autologging.head_dataset import HeadDataset, rows_read
from kipu.autologging.patching import Call
from kipu.client import MlflowClient
from kipu.data.code_dataset_source import CodeDatasetSource
from kipu.data.dataset import Dataset as DescribedData
from kipu.data.numpy_dataset import NumpyDataset
from kipu.data.pandas_dataset import from_pandas
from kipu.data.polars_dataset import from_polars
from kipu.entities import Dataset, DatasetInput, InputTag
from kipu.entities.tag_names import MLFLOW_DATASET_CONTEXT
from kipu.fluent.context import resolve_tags

Describe = Callable[[CodeDatasetSource], DescribedData | None]


def log_datasets(call: Call, uses: Iterable[tuple[str, Describe]]) -> Dataset | None:
    """Log data sets as inputs of the run, in one request; one that fails does not hinder others.

    Args:
        call: The training.
        uses: ``train`` or ``eval``, and what makes the data set; None of it has been told of.

    Returns:
        The first one that was for training.
    """
    source = CodeDatasetSource(resolve_tags())
    inputs: list[DatasetInput] = []
    first = None
    for context, make in uses:
        try:
            described = make(source)
            if described is None:
                continue
            entity = described._to_mlflow_entity()
        except Exception as error:
            call.integration.warn("A data set of the training was not logged: %s", error)
            continue
        inputs.append(DatasetInput(entity, [InputTag(MLFLOW_DATASET_CONTEXT, context)]))
        first = first or (entity if context == "train" else None)
    if inputs:
        MlflowClient().log_inputs(call.run_id, inputs)
    return first


def describe(
    call: Call, data: Any, targets: Any, name: str | None, source: CodeDatasetSource
) -> DescribedData | None:
    """The data set of a frame, an array or a sparse matrix; None, with a warning, for others.

    Args:
        call: The training.
        data: Shape (rows, features).
        targets: Shape (rows,), or None; frames are described without them.
        name: What it is called; None, ``dataset``.
        source: The program that runs.
    """
    pandas, polars = sys.modules.get("pandas"), sys.modules.get("polars")
    if pandas is not None and isinstance(data, pandas.DataFrame):
        return from_pandas(df=data, source=source, name=name)
    if polars is not None and isinstance(data, polars.DataFrame):
        return from_polars(df=data, source=source, name=name)
    labels = None if targets is None else np.asarray(targets)
    if isinstance(data, np.ndarray):
        return NumpyDataset(data, source, labels, name)
    if hasattr(data, "tocsr"):
        head = data.tocsr()[: rows_read(data.shape[1])].toarray()
        return HeadDataset(head, data.shape, source, labels, name)
    call.integration.warn(
        "The data set was not logged: a %s cannot be described.", type(data).__name__
    )
    return None
