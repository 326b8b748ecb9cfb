"""Data sets that a model can be run on."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

from kipu.data.evaluation_dataset import EvaluationDataset


@dataclass
class PyFuncInputsOutputs:
    """What a model is given, and what it should answer, or None."""

    inputs: Any
    outputs: Any = None


class PyFuncConvertibleDatasetMixin:
    """What a data set promises that a model can be run on."""

    @abstractmethod
    def to_pyfunc(self) -> PyFuncInputsOutputs:
        """The data as a model's input and the output that is right."""

    @abstractmethod
    def to_evaluation_dataset(
        self, path: str | None = None, feature_names: Any = None
    ) -> EvaluationDataset:
        """The data as features and labels.

        Args:
            path: Where the data lies, for the record.
            feature_names: Names of the features; left out, those of the data.
        """
