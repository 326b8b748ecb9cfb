"""Where Spark's workers find a model: on a disk that they share, sent along, or by its URI."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple


class ModelPlace(NamedTuple):
    """Where a model is for those that predict; exactly one of the three is told.

    Args:
        folder: Its folder, which driver and workers see.
        archive: The name of a file that Spark sends to the workers.
        uri: The URI from which each worker downloads it.
    """

    folder: str | None = None
    archive: str | None = None
    uri: str | None = None

    def local(self) -> str:
        """Its folder on this machine."""
        if self.folder is not None:
            return self.folder
        return _unpacked(self.archive) if self.archive is not None else _downloaded(str(self.uri))


def place_of(spark: Any, folder: Path, model_uri: str) -> ModelPlace:
    """Make a model available to a session's workers.

    Args:
        spark: The session.
        folder: The model's, on this machine.
        model_uri: Where it came from.
    """
    if is_connected(spark):
        return ModelPlace(uri=model_uri)
    if is_local(spark):
        return ModelPlace(folder=str(folder))
    return sent_along(spark, folder)


def sent_along(spark: Any, folder: Path) -> ModelPlace:
    """Have Spark send a model's folder to its workers."""
    parent = Path(tempfile.mkdtemp(prefix="kipu-"))
    # Spark tells files apart by their names.
    archive = shutil.make_archive(str(parent / f"model-{parent.name}"), "zip", folder)
    spark.sparkContext.addFile(archive)
    return ModelPlace(archive=Path(archive).name)


def is_connected(spark: Any) -> bool:
    """Whether the driver is elsewhere: a session of Spark Connect."""
    return ".connect." in type(spark).__module__


def is_local(spark: Any) -> bool:
    """Whether the workers run on this machine."""
    return bool(spark.sparkContext.master.startswith("local"))


@cache
def _unpacked(archive: str) -> str:
    from pyspark.files import SparkFiles  # noqa: PLC0415 - only where Spark is

    folder = tempfile.mkdtemp(prefix="kipu-")
    with zipfile.ZipFile(SparkFiles.get(archive)) as file:
        file.extractall(folder)
    return folder


@cache
def _downloaded(uri: str) -> str:
    from kipu.fluent.downloads import download_artifacts  # noqa: PLC0415 - only in such workers

    return str(download_artifacts(uri))
