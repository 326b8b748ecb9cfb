"""Data sets: data with a name, a digest, a source, a schema and a profile.

Functions that make them (``from_pandas``, ``from_numpy``, ...) are fetched with their first use,
those of plug-ins among them.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from kipu.data.dataset import Dataset
from kipu.data.dataset_source import DatasetSource
from kipu.data.dataset_source_registry import (
    get_dataset_source_from_json,
    get_registered_sources,
)
from kipu.entities import Dataset as DatasetEntity
from kipu.entities import DatasetInput
from kipu.exceptions import InvalidParameter

if TYPE_CHECKING:
    from kipu.data.huggingface_dataset import from_huggingface
    from kipu.data.numpy_dataset import from_numpy
    from kipu.data.pandas_dataset import from_pandas
    from kipu.data.polars_dataset import from_polars
    from kipu.data.spark_dataset import from_spark, load_delta
    from kipu.data.tensorflow_dataset import from_tensorflow

__all__ = [
    "Dataset",
    "DatasetSource",
    "from_huggingface",
    "from_numpy",
    "from_pandas",
    "from_polars",
    "from_spark",
    "from_tensorflow",
    "get_dataset_source_from_json",
    "get_registered_sources",
    "get_source",
    "load_delta",
]


def get_source(dataset: DatasetEntity | DatasetInput | Dataset) -> DatasetSource:
    """Where a data set came from; ``load()`` of the answer fetches it.

    Args:
        dataset: A data set, or what a run's ``inputs.dataset_inputs`` holds.

    Raises:
        InvalidParameter: It is something else.
        ResourceNotFound: Its kind of source is unknown here.

    Example:
        >>> run = kipu.get_run(run_id)
        >>> kipu.data.get_source(run.inputs.dataset_inputs[0]).load()
    """
    given: object = dataset.dataset if isinstance(dataset, DatasetInput) else dataset
    if isinstance(given, Dataset):
        return given.source
    if isinstance(given, DatasetEntity):
        return get_dataset_source_from_json(given.source, given.source_type)
    kind = type(given).__name__
    raise InvalidParameter(f"A {kind} is no data set: neither Dataset nor DatasetInput.")


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name.startswith(("from_", "load_")):
            from kipu.data.dataset_registry import get_registered_constructors  # noqa: PLC0415

            if name in get_registered_constructors():
                return get_registered_constructors()[name]
        elif not name.startswith("_") and find_spec(f"{__name__}.{name}") is not None:
            # With MLflow, all modules of this package are there without an import of their own.
            return import_module(f"{__name__}.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    from kipu.data.dataset_registry import get_registered_constructors  # noqa: PLC0415

    return sorted({*globals(), *__all__, *get_registered_constructors()})
