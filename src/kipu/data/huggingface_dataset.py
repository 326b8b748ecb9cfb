"""Data sets of Hugging Face."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

from kipu.data.dataset_source import DatasetSource
from kipu.data.dataset_source_registry import given_source
from kipu.data.described import ROWS_READ, DescribedDataset, check_column
from kipu.data.digests import frame_digest
from kipu.data.evaluation_dataset import EvaluationDataset
from kipu.data.huggingface_dataset_source import HuggingFaceDatasetSource
from kipu.data.pandas_dataset import inputs_and_outputs
from kipu.data.pyfunc_dataset_mixin import PyFuncInputsOutputs
from kipu.exceptions import InvalidParameter
from kipu.types import Schema
from kipu.types.inference import schema_of

if TYPE_CHECKING:
    import pandas as pd

_log = logging.getLogger(__name__)


class HuggingFaceDataset(DescribedDataset):
    """A data set of Hugging Face's library; see ``from_huggingface``.

    Raises:
        InvalidParameter: It lacks the column of targets.
    """

    def __init__(
        self,
        ds: Any,
        source: DatasetSource,
        targets: str | None = None,
        name: str | None = None,
        digest: str | None = None,
    ) -> None:
        check_column(ds.column_names, targets, "targets")
        self._ds = ds
        self._targets = targets
        super().__init__(source, name, digest)

    def _compute_digest(self) -> str:
        return frame_digest(self._first_rows())

    def _infer_schema(self) -> Schema:
        return schema_of(self._first_rows())

    def _first_rows(self) -> pd.DataFrame:
        batches = self._ds.to_pandas(batch_size=ROWS_READ, batched=True)
        rows: pd.DataFrame | None = next(batches, None)
        if rows is not None:
            return rows
        empty: pd.DataFrame = self._ds.to_pandas()
        return empty

    @property
    def ds(self) -> Any:
        """The library's object."""
        return self._ds

    @property
    def targets(self) -> str | None:
        """The column with what a model should answer, or None."""
        return self._targets

    @property
    def profile(self) -> dict[str, Any]:
        """The number of rows, and the bytes of the data and of its files as the library says."""
        return {
            "num_rows": self._ds.num_rows,
            "dataset_size": self._ds.dataset_size,
            "size_in_bytes": self._ds.size_in_bytes,
        }

    def to_pyfunc(self) -> PyFuncInputsOutputs:
        """As pandas: all columns but that of the targets, and that one."""
        return inputs_and_outputs(self._ds.to_pandas(), self._targets)

    def to_evaluation_dataset(
        self, path: str | None = None, feature_names: Any = None
    ) -> EvaluationDataset:
        """See ``PyFuncConvertibleDatasetMixin``."""
        return EvaluationDataset(
            self._ds.to_pandas(),
            targets=self._targets,
            path=path,
            feature_names=feature_names,
            name=self.name,
            digest=self.digest,
        )


def from_huggingface(
    ds: Any,
    path: str | None = None,
    targets: str | None = None,
    data_dir: str | None = None,
    data_files: Any = None,
    revision: Any = None,
    name: str | None = None,
    digest: str | None = None,
    trust_remote_code: bool | None = None,
    source: str | DatasetSource | None = None,
) -> HuggingFaceDataset:
    """Make a data set of a ``datasets.Dataset``, to be logged with ``log_input``.

    Args:
        ds: The library's object; one split, not a dictionary of them.
        path: What ``datasets.load_dataset`` was told: the name on the hub, or a folder.
        targets: The column with what a model should answer.
        data_dir: What it was told, likewise.
        data_files: What it was told, likewise.
        revision: What it was told, likewise.
        name: What it is called; left out, ``dataset``.
        digest: Tells versions of the data apart; left out, computed from the first 10,000 rows.
        trust_remote_code: What it was told, likewise.
        source: A path, a URI or a ``DatasetSource``, instead of ``path``. Both left out, the
            program that runs.

    Raises:
        InvalidParameter: ``ds`` is something else, or lacks the column.
        ResourceNotFound: No kind of source knows ``source``.
    """
    library = sys.modules.get("datasets")
    if library is None or not isinstance(ds, library.Dataset):
        raise InvalidParameter(f"`ds` is a datasets.Dataset, not a {type(ds).__name__}.")
    if source is not None and path is not None:
        _log.warning("The source is given, so the path %r is not used.", path)
    if source is None and path is not None:
        source = HuggingFaceDatasetSource(
            path, ds.config_name, data_dir, data_files, ds.split, revision, trust_remote_code
        )
    return HuggingFaceDataset(ds, given_source(source), targets, name, digest)
