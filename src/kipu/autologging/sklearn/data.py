"""The data of a call: what was trained on, and data sets made of it."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from kipu.autologging.arguments import call_arguments
from kipu.autologging.head_dataset import HeadDataset, rows_read
from kipu.autologging.samples import ROWS
from kipu.data.dataset import Dataset
from kipu.data.dataset_source_registry import running_code
from kipu.entities import DatasetInput, InputTag
from kipu.entities.tag_names import MLFLOW_DATASET_CONTEXT

_COPY_SETTINGS = ("copy", "copy_x", "copy_X")


class TrainingData(NamedTuple):
    """What an estimator is trained on; the labels and weights may be None.

    ``is_overwritten``: the estimator may write into what it is given, and this is a copy.
    """

    features: Any
    labels: Any
    weights: Any
    is_overwritten: bool = False

    def as_given(self) -> Any:
        """The features as they were given, for one prediction."""
        return copy.deepcopy(self.features) if self.is_overwritten else self.features


def training_data(
    estimator: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], params: Mapping[str, Any]
) -> TrainingData:
    """The data that ``fit`` is given, as it is before the fit.

    Args:
        estimator: Whose ``fit`` is called.
        args: Its positional arguments, without ``self``.
        kwargs: Its other arguments.
        params: The estimator's; those that say that it may overwrite its data lead to a copy.

    Raises:
        Exception: The arguments do not fit the function.
    """
    given = call_arguments(estimator.fit, args, kwargs)
    names = list(call_arguments(estimator.fit, (None, None), {}))
    features, labels = given.get(names[0]), given.get(names[1]) if len(names) > 1 else None
    overwrites = any(
        value is False and name.rpartition("__")[2] in _COPY_SETTINGS
        for name, value in params.items()
    )
    if overwrites:
        features, labels = copy.deepcopy((features, labels))
    return TrainingData(features, labels, given.get("sample_weight"), overwrites)


def first_rows(features: Any) -> Any:
    """A copy of the first rows.

    Raises:
        Exception: They cannot be told apart.
    """
    return copy.deepcopy(features[:ROWS])


def first_argument(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> Any:
    """What a function is given first, by place or by name; None without any."""
    return args[0] if args else next(iter(call_arguments(function, args, kwargs).values()), None)


def dataset_of(features: Any, labels: Any = None) -> Dataset | None:
    """A data set of what an estimator is given; None for what cannot be one, such as a list.

    Its source is the program that runs.
    """
    pandas, polars = sys.modules.get("pandas"), sys.modules.get("polars")
    if pandas is not None and isinstance(features, pandas.DataFrame):
        from kipu.data.pandas_dataset import from_pandas

        return from_pandas(features)
    if polars is not None and isinstance(features, polars.DataFrame):
        from kipu.data.polars_dataset import from_polars

        return from_polars(features)
    if hasattr(labels, "toarray"):
        labels = labels.toarray()
    targets = None if labels is None else np.asarray(labels)
    if hasattr(features, "tocsr"):
        # An array of all its zeros may be too large for the memory.
        head = features.tocsr()[: rows_read(features.shape[1])].toarray()
        return HeadDataset(head, features.shape, running_code(), targets)
    if not isinstance(features, np.ndarray):
        return None
    from kipu.data.numpy_dataset import from_numpy

    return from_numpy(features, targets=targets)


def as_input(dataset: Dataset, context: str) -> DatasetInput:
    """The use of a data set by a run."""
    return DatasetInput(dataset._to_mlflow_entity(), [InputTag(MLFLOW_DATASET_CONTEXT, context)])
