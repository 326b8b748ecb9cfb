"""Data sets of TensorFlow."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from kipu.data.dataset_source import DatasetSource
from kipu.data.dataset_source_registry import given_source
from kipu.data.described import ROWS_READ, DescribedDataset
from kipu.data.digests import array_digest, elements_hash, shortened
from kipu.data.evaluation_dataset import EvaluationDataset
from kipu.data.pyfunc_dataset_mixin import PyFuncInputsOutputs
from kipu.data.schema import TensorDatasetSchema
from kipu.exceptions import InvalidParameter, MlflowException
from kipu.types import Schema
from kipu.types.inference import schema_of

if TYPE_CHECKING:
    from pathlib import Path


class TensorFlowDataset(DescribedDataset):
    """Tensors, or ``tf.data.Dataset`` objects, as a data set; see ``from_tensorflow``.

    Raises:
        InvalidParameter: Features are neither, or targets are not the same as features.
    """

    def __init__(
        self,
        features: Any,
        source: DatasetSource,
        targets: Any = None,
        name: str | None = None,
        digest: str | None = None,
    ) -> None:
        self._streamed = _is_streamed("features", features)
        if targets is not None and _is_streamed("targets", targets) != self._streamed:
            raise InvalidParameter(
                "Features and targets are both tensors or both a tf.data.Dataset, not "
                f"{type(features).__name__} and {type(targets).__name__}."
            )
        self._features = features
        self._targets = targets
        super().__init__(source, name, digest)

    def _compute_digest(self) -> str:
        parts = [self._features] if self._targets is None else [self._features, self._targets]
        if not self._streamed:
            return array_digest(*(part.numpy() for part in parts))
        flatten = sys.modules["tensorflow"].nest.flatten
        return shortened(
            elements_hash(np.concatenate([one.flatten() for one in flatten(element)])[:ROWS_READ])
            for part in parts
            for element in part.as_numpy_iterator()
            if element is not None
        )

    def _infer_schema(self) -> TensorDatasetSchema:
        targets = None if self._targets is None else self._schema_of(self._targets)
        return TensorDatasetSchema(self._schema_of(self._features), targets)

    def _schema_of(self, part: Any) -> Schema:
        if not self._streamed:
            return schema_of(part.numpy())
        element = next(part.as_numpy_iterator())
        if isinstance(element, tuple):
            element = {str(at): one for at, one in enumerate(element)}
        arrays = element.values() if isinstance(element, dict) else [element]
        if not all(isinstance(one, np.ndarray) for one in arrays):
            raise InvalidParameter(
                "A schema needs elements that are tensors, or flat dictionaries or tuples of them."
            )
        return schema_of(element)

    @property
    def data(self) -> Any:
        """The features."""
        return self._features

    @property
    def targets(self) -> Any:
        """What a model should answer, or None."""
        return self._targets

    @property
    def profile(self) -> dict[str, int]:
        """The number of elements, of features and targets; below 0 where TensorFlow has none."""
        parts = {"features": self._features, "targets": self._targets}
        return {
            f"{name}_cardinality": self._count(part)
            for name, part in parts.items()
            if part is not None
        }

    def _count(self, part: Any) -> int:
        counted = part.cardinality() if self._streamed else sys.modules["tensorflow"].size(part)
        return int(counted.numpy())

    def to_pyfunc(self) -> PyFuncInputsOutputs:
        """Features and targets."""
        return PyFuncInputsOutputs(self._features, self._targets)

    def to_evaluation_dataset(
        self, path: str | None = None, feature_names: Any = None
    ) -> EvaluationDataset:
        """See ``PyFuncConvertibleDatasetMixin``.

        Raises:
            MlflowException: The data is no tensor.
        """
        if self._streamed:
            raise MlflowException("A tf.data.Dataset has no rows to evaluate; give tensors.")
        return EvaluationDataset(
            self._features.numpy(),
            targets=None if self._targets is None else self._targets.numpy(),
            path=path,
            feature_names=feature_names,
            name=self.name,
            digest=self.digest,
        )


def from_tensorflow(
    features: Any,
    source: str | Path | DatasetSource | None = None,
    targets: Any = None,
    name: str | None = None,
    digest: str | None = None,
) -> TensorFlowDataset:
    """Make a data set of TensorFlow's tensors or data sets, to be logged with ``log_input``.

    Args:
        features: A tensor, or a ``tf.data.Dataset``, which is read once for the digest.
        source: Where the data came from: a path, a URI or a ``DatasetSource``. Left out, the
            program that runs.
        targets: What a model should answer, of the same kind.
        name: What it is called; left out, ``dataset``.
        digest: Tells versions of the data apart; left out, computed from the elements.

    Raises:
        InvalidParameter: Features or targets are something else.
        ResourceNotFound: No kind of source knows ``source``.
    """
    return TensorFlowDataset(features, given_source(source), targets, name, digest)


def _is_streamed(what: str, given: Any) -> bool:
    """Whether this is a ``tf.data.Dataset``, and not a tensor.

    Raises:
        InvalidParameter: It is neither.
    """
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is not None and isinstance(given, tensorflow.data.Dataset):
        return True
    if tensorflow is None or not tensorflow.is_tensor(given):
        kind = type(given).__name__
        raise InvalidParameter(f"`{what}` is a tensor or tf.data.Dataset, not a {kind}.")
    return False
