"""All kinds of sources, plug-ins among them, and finding the one that a path or URI names."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import cache
from importlib.metadata import entry_points
from typing import Any

from kipu.data.artifact_dataset_sources import ARTIFACT_SOURCES
from kipu.data.code_dataset_source import CodeDatasetSource
from kipu.data.dataset_source import DatasetSource
from kipu.data.delta_dataset_source import DeltaDatasetSource
from kipu.data.http_dataset_source import HTTPDatasetSource
from kipu.data.huggingface_dataset_source import HuggingFaceDatasetSource
from kipu.data.spark_dataset_source import SparkDatasetSource
from kipu.data.uc_volume_dataset_source import UCVolumeDatasetSource
from kipu.exceptions import ResourceNotFound

GROUP = "mlflow.dataset_source"
"""Entry points of this group name classes of sources."""


def register_dataset_source(source: type[DatasetSource]) -> None:
    """Make a kind of source known; it is asked before those that were known already."""
    get_registered_sources().append(source)


@cache
def get_registered_sources() -> list[type[DatasetSource]]:
    """All kinds of sources; the last one that knows a path or URI wins."""
    return [
        *ARTIFACT_SOURCES,
        HTTPDatasetSource,
        *_plugins(),
        HuggingFaceDatasetSource,
        SparkDatasetSource,
        DeltaDatasetSource,
        CodeDatasetSource,
        UCVolumeDatasetSource,
    ]


def resolve_dataset_source(
    raw_source: Any, candidate_sources: Sequence[type[DatasetSource]] | None = None
) -> DatasetSource:
    """The source that something names.

    Args:
        raw_source: A path, a URI, or what a plug-in knows.
        candidate_sources: Consider these and their subclasses only.

    Raises:
        ResourceNotFound: No kind of source knows it.

    Warns:
        UserWarning: Several kinds know it, or one failed over it.

    Example:
        >>> resolve_dataset_source("s3://bucket/train.csv")
    """
    wanted = tuple(candidate_sources or (DatasetSource,))
    knowing = [
        kind
        for kind in get_registered_sources()
        if issubclass(kind, wanted) and _knows(kind, raw_source)
    ]
    if len(knowing) > 1:
        names = ", ".join(kind.__name__ for kind in knowing)
        warnings.warn(
            f"{raw_source!r} may be any of {names}; it is taken for a {knowing[-1].__name__}.",
            stacklevel=2,
        )
    for kind in reversed(knowing):
        try:
            return kind._resolve(raw_source)
        except Exception as error:
            warnings.warn(f"{kind.__name__} failed over {raw_source!r}: {error}", stacklevel=2)
    raise ResourceNotFound(f"No kind of data set source knows {raw_source!r}.")


def get_dataset_source_from_json(source_json: str, source_type: str) -> DatasetSource:
    """The source that was stored.

    Args:
        source_json: Its JSON form.
        source_type: The name of its kind.

    Raises:
        ResourceNotFound: There is no such kind.
    """
    for kind in reversed(get_registered_sources()):
        if kind._get_source_type() == source_type:
            return kind.from_json(source_json)
    raise ResourceNotFound(f"There is no kind of data set source called {source_type!r}.")


def given_source(source: Any) -> DatasetSource:
    """The source that a user gave, as one, as a path or URI, or, left out, the program that runs.

    Raises:
        ResourceNotFound: No kind of source knows it.
    """
    if isinstance(source, DatasetSource):
        return source
    return running_code() if source is None else resolve_dataset_source(source)


def running_code() -> CodeDatasetSource:
    """The program that runs, as a source."""
    from kipu.fluent.context import resolve_tags  # noqa: PLC0415 - asks git

    return CodeDatasetSource(resolve_tags())


def _knows(kind: type[DatasetSource], raw_source: Any) -> bool:
    try:
        return kind._can_resolve(raw_source)
    except Exception as error:
        warnings.warn(
            f"{kind.__name__} cannot tell whether it knows {raw_source!r}: {error}", stacklevel=3
        )
        return False


def _plugins() -> list[type[DatasetSource]]:
    kinds = []
    for point in entry_points(group=GROUP):
        try:
            kinds.append(point.load())
        except Exception as error:
            warnings.warn(
                f"The data set source {point.value} could not be loaded: {error}", stacklevel=3
            )
    return kinds
