"""Data sets that are described by their first rows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kipu.data.code_dataset_source import CodeDatasetSource
from kipu.data.described import ROWS_READ
from kipu.data.digests import elements_hash, first_elements, shortened
from kipu.data.numpy_dataset import NumpyDataset


def rows_read(columns: int) -> int:
    """How many rows have all the elements that a digest covers."""
    return math.ceil(ROWS_READ / max(1, columns))


class HeadDataset(NumpyDataset):
    """An array of which only the first rows are there, described as if all were.

    Libraries keep data in forms of their own; to make an array of all of it only to describe it
    would take as much memory again.

    Args:
        head: The first rows.
        shape: Of all of it.
        source: Where it came from.
        targets: For each row, or None.
        name: What it is called.
    """

    def __init__(
        self,
        head: np.ndarray[Any, Any],
        shape: tuple[int, ...],
        source: CodeDatasetSource,
        targets: np.ndarray[Any, Any] | None = None,
        name: str | None = None,
    ) -> None:
        self._shape = tuple(map(int, shape))
        super().__init__(head, source, targets, name)

    def _compute_digest(self) -> str:
        elements: list[Any] = []
        for array, shape in ((self._features, self._shape), (self._targets, None)):
            if isinstance(array, np.ndarray):
                elements.append(elements_hash(first_elements(array)))
                elements += [np.int64(length) for length in shape or array.shape]
        return shortened(elements)

    @property
    def profile(self) -> dict[str, Any]:
        """Shape, elements and bytes of all of it."""
        assert isinstance(self._features, np.ndarray)
        size = math.prod(self._shape)
        return super().profile | {
            "features_shape": self._shape,
            "features_size": size,
            "features_nbytes": size * self._features.itemsize,
        }
