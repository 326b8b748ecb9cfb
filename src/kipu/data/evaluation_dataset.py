"""Features, labels and predictions, apart."""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np

from kipu.data.evaluation_hash import evaluation_hash
from kipu.exceptions import InvalidParameter, MlflowException


class EvaluationDataset:
    """Features, labels and predictions, apart, with a hash over all of them.

    Args:
        data: A pandas data frame, or an array (or list of rows) of shape (samples, features).
        targets: The frame's column with the labels, or the labels of an array.
        name: What it is called; left out, its hash.
        path: Where the data lies, for the record.
        feature_names: The features to take from a frame, or their names in an array.
        predictions: The frame's column with what a model answered.
        digest: Tells versions of the data apart.

    Raises:
        InvalidParameter: Something of this does not fit together.
    """

    def __init__(
        self,
        data: Any,
        *,
        targets: Any = None,
        name: str | None = None,
        path: str | None = None,
        feature_names: Any = None,
        predictions: str | None = None,
        digest: str | None = None,
    ) -> None:
        for what, text in (("name", name), ("path", path)):
            if text is not None and '"' in text:
                raise InvalidParameter(f"The {what} of a data set has no double quotes: {text!r}.")
        names = None if feature_names is None else [*feature_names]
        if names is not None and len({*names}) < len(names):
            raise InvalidParameter(f"The names of features differ from each other: {names}.")
        self.path = path
        self.digest = digest
        self.has_targets = targets is not None
        self.has_predictions = predictions is not None
        self.targets_name: str | None = None
        self.predictions_name = predictions
        self.labels_data: Any = None
        self.predictions_data: Any = None
        self.features_data: Any
        self.feature_names: list[Any]
        pandas = sys.modules.get("pandas")
        if isinstance(data, (np.ndarray, list)):
            self._take_array(data, targets, names)
        elif pandas is not None and isinstance(data, pandas.DataFrame):
            self._take_frame(data, targets, names)
        else:
            kind = type(data).__name__
            raise InvalidParameter(f"Data to evaluate is a pandas frame or an array, not a {kind}.")
        parts = (self.features_data, self.labels_data, self.predictions_data)
        _need_pandas()
        self.hash = evaluation_hash(
            [part for part in parts if part is not None], self.feature_names
        )
        self.name = self.hash if name is None else name

    def _take_array(self, data: Any, targets: Any, names: list[Any] | None) -> None:
        if self.has_predictions:
            raise InvalidParameter("Predictions are a column, and so need a data frame.")
        if self.has_targets and not isinstance(targets, (np.ndarray, list)):
            raise InvalidParameter("The targets of an array are an array or list, too.")
        try:
            array = np.asarray(data)
        except ValueError as error:
            raise InvalidParameter(f"The rows have different lengths: {error}") from error
        if array.ndim != 2:
            raise InvalidParameter(
                f"An array to evaluate has the shape (samples, features), not {array.shape}."
            )
        count = array.shape[1]
        if names is not None and len(names) != count:
            raise InvalidParameter(f"There are {count} features, but {len(names)} names.")
        self.features_data = array
        if self.has_targets:
            self.labels_data = np.asarray(targets)
            if len(self.labels_data) != len(array):
                raise InvalidParameter(
                    f"There are {len(array)} samples, but {len(self.labels_data)} labels."
                )
        digits = math.ceil(math.log10(count + 1))
        self.feature_names = names or [f"feature_{at + 1:0{digits}}" for at in range(count)]

    def _take_frame(self, data: Any, targets: Any, names: list[Any] | None) -> None:
        if self.has_targets and not isinstance(targets, str):
            raise InvalidParameter("The targets of a data frame are the name of a column.")
        taken = [name for name in (targets, self.predictions_name) if name is not None]
        if self.has_targets:
            self.labels_data, self.targets_name = data[targets].to_numpy(), targets
        if self.has_predictions:
            self.predictions_data = data[self.predictions_name].to_numpy()
        self.features_data = data.drop(columns=taken) if names is None else data[names]
        self.feature_names = [
            name if isinstance(name, str) else f"feature_{name}"
            for name in self.features_data.columns
        ]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, EvaluationDataset):
            return False
        ours, theirs = self.features_data, other.features_data
        same = np.array_equal(ours, theirs) if isinstance(ours, np.ndarray) else ours.equals(theirs)
        return (
            same
            and np.array_equal(self.labels_data, other.labels_data)
            and self.name == other.name
            and self.path == other.path
            and self.feature_names == other.feature_names
        )

    def __hash__(self) -> int:
        return hash(self.hash)


def _need_pandas() -> None:
    try:
        import pandas  # noqa: F401, PLC0415 - an optional package
    except ImportError as error:
        raise MlflowException(
            "Data to evaluate needs pandas; install it with: pip install pandas"
        ) from error
