"""Data sets of NumPy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kipu.data.dataset_source import DatasetSource
from kipu.data.dataset_source_registry import given_source
from kipu.data.described import DescribedDataset
from kipu.data.digests import Arrays, array_digest
from kipu.data.evaluation_dataset import EvaluationDataset
from kipu.data.pyfunc_dataset_mixin import PyFuncInputsOutputs
from kipu.data.schema import TensorDatasetSchema
from kipu.exceptions import InvalidParameter
from kipu.types.inference import schema_of

if TYPE_CHECKING:
    from pathlib import Path


class NumpyDataset(DescribedDataset):
    """NumPy arrays as a data set; see ``from_numpy``.

    Raises:
        InvalidParameter: Features or targets are neither an array nor a dictionary of arrays.
    """

    def __init__(
        self,
        features: Arrays,
        source: DatasetSource,
        targets: Arrays | None = None,
        name: str | None = None,
        digest: str | None = None,
    ) -> None:
        _check("features", features)
        if targets is not None:
            _check("targets", targets)
        self._features = features
        self._targets = targets
        super().__init__(source, name, digest)

    def _compute_digest(self) -> str:
        return array_digest(self._features, self._targets)

    def _infer_schema(self) -> TensorDatasetSchema:
        targets = None if self._targets is None else schema_of(self._targets)
        return TensorDatasetSchema(schema_of(self._features), targets)

    @property
    def features(self) -> Arrays:
        """What a model is given."""
        return self._features

    @property
    def targets(self) -> Arrays | None:
        """What it should answer, or None."""
        return self._targets

    @property
    def profile(self) -> dict[str, Any]:
        """Shape, elements and bytes of features and targets; by name where they have names."""
        parts = {"features": self._features, "targets": self._targets}
        return {
            f"{part}_{fact}": _each(arrays, fact)
            for part, arrays in parts.items()
            if arrays is not None
            for fact in ("shape", "size", "nbytes")
        }

    def to_pyfunc(self) -> PyFuncInputsOutputs:
        """Features and targets."""
        return PyFuncInputsOutputs(self._features, self._targets)

    def to_evaluation_dataset(
        self, path: str | None = None, feature_names: Any = None
    ) -> EvaluationDataset:
        """See ``PyFuncConvertibleDatasetMixin``; the features must have two axes."""
        return EvaluationDataset(
            self._features,
            targets=self._targets,
            path=path,
            feature_names=feature_names,
            name=self.name,
            digest=self.digest,
        )


def from_numpy(
    features: Arrays,
    source: str | Path | DatasetSource | None = None,
    targets: Arrays | None = None,
    name: str | None = None,
    digest: str | None = None,
) -> NumpyDataset:
    """Make a data set of NumPy arrays, to be logged with ``log_input``.

    Args:
        features: An array, or several by name; the first axis counts the samples.
        source: Where the data came from: a path, a URI or a ``DatasetSource``. Left out, the
            program that runs.
        targets: What a model should answer, likewise.
        name: What it is called; left out, ``dataset``.
        digest: Tells versions of the data apart; left out, computed from the shapes and the first
            10,000 elements of each array.

    Raises:
        InvalidParameter: Features or targets are no arrays.
        ResourceNotFound: No kind of source knows ``source``.

    Example:
        >>> data = kipu.data.from_numpy(x, targets=y, name="train")
        >>> kipu.log_input(data, context="training")
    """
    return NumpyDataset(features, given_source(source), targets, name, digest)


def _check(what: str, given: object) -> None:
    arrays = given.values() if isinstance(given, dict) else [given]
    for one in arrays:
        if not isinstance(one, np.ndarray):
            kind = type(one).__name__
            raise InvalidParameter(f"`{what}` is made of NumPy arrays, not of a {kind}.")


def _each(arrays: Arrays, fact: str) -> Any:
    if isinstance(arrays, dict):
        return {name: getattr(array, fact) for name, array in arrays.items()}
    return getattr(arrays, fact)
