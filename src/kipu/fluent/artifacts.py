"""Logging files, text, figures, images and tables into the active run."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from kipu.client import MlflowClient
from kipu.fluent.experiments import current_experiment_id
from kipu.fluent.logging import client_and_run

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd
    import PIL.Image

    from kipu.client.images import Image
    from kipu.client.operations import RunOperations


def log_artifact(
    local_path: str | Path, artifact_path: str | None = None, run_id: str | None = None
) -> None:
    """Copy a local file, or a folder with its name, to the run's artifacts.

    Args:
        local_path: What to copy.
        artifact_path: Folder among the artifacts; left out, their root.
        run_id: Left out, the active run, started if there is none.

    Raises:
        FileNotFoundError: There is no such file.
        InvalidParameter: The path among the artifacts is refused.
    """
    client, run_id = client_and_run(run_id)
    client.log_artifact(run_id, local_path, artifact_path)


def log_artifacts(
    local_dir: str | Path, artifact_path: str | None = None, run_id: str | None = None
) -> None:
    """Copy what is in a local folder to the run's artifacts; see ``log_artifact``."""
    client, run_id = client_and_run(run_id)
    client.log_artifacts(run_id, local_dir, artifact_path)


def log_text(text: str, artifact_file: str, run_id: str | None = None) -> None:
    """Write text, as UTF-8, to a file of the run.

    Example:
        >>> kipu.log_text("# Notes", "notes.md")
    """
    client, run_id = client_and_run(run_id)
    client.log_text(run_id, text, artifact_file)


def log_dict(dictionary: Any, artifact_file: str, run_id: str | None = None) -> None:
    """Write a dictionary or list to a file of the run: YAML for ``.yml``, ``.yaml``, else JSON."""
    client, run_id = client_and_run(run_id)
    client.log_dict(run_id, dictionary, artifact_file)


def log_stream(stream: IO[bytes], artifact_file: str, run_id: str | None = None) -> None:
    """Write a binary stream, read to its end, to a file of the run."""
    client, run_id = client_and_run(run_id)
    client.log_stream(run_id, stream, artifact_file)


def log_figure(
    figure: Any, artifact_file: str, *, save_kwargs: Mapping[str, Any] | None = None
) -> None:
    """Write a figure of matplotlib or plotly to a file of the active run.

    Args:
        figure: The figure.
        artifact_file: Such as ``plots/loss.png``; its ending says the format.
        save_kwargs: Passed on to the library's own function.

    Raises:
        TypeError: It is no figure, or its library cannot write this format.
    """
    client, run_id = client_and_run(None)
    client.log_figure(run_id, figure, artifact_file, save_kwargs=save_kwargs)


def log_image(
    image: npt.NDArray[Any] | PIL.Image.Image | Image,
    artifact_file: str | None = None,
    key: str | None = None,
    step: int | None = None,
    timestamp: int | None = None,
    synchronous: bool | None = False,
) -> RunOperations | None:
    """Write an image to a file of the active run, or as one step of a series.

    Args:
        image: An array (height, width) or (height, width, 1, 3 or 4) of integers from 0 to 255 or
            floats from 0 to 1, a Pillow image, or a ``kipu.Image``.
        artifact_file: File to write; or else:
        key: Name of the series: letters, digits, space and ``_ - . /``.
        step: Place in the series; left out, 0.
        timestamp: Milliseconds since the Unix epoch; left out, now.
        synchronous: False writes a step of a series in the background.

    Raises:
        TypeError: It is no image, or both or neither of ``artifact_file`` and ``key`` are given.

    Example:
        >>> kipu.log_image(array, key="predictions", step=3)
    """
    client, run_id = client_and_run(None)
    return client.log_image(run_id, image, artifact_file, key, step, timestamp, synchronous)


def log_table(
    data: Mapping[str, Any] | pd.DataFrame, artifact_file: str, run_id: str | None = None
) -> None:
    """Write a table to a file of the run; a file that is there gets more rows.

    Args:
        data: A frame, or columns by name. Cells may be images.
        artifact_file: Ends in ``.json`` or ``.parquet``.
        run_id: Left out, the active run, started if there is none.

    Example:
        >>> kipu.log_table({"input": ["a"], "output": ["b"]}, "answers.json")
    """
    client, run_id = client_and_run(run_id)
    client.log_table(run_id, data, artifact_file)


def load_table(
    artifact_file: str,
    run_ids: Sequence[str] | None = None,
    extra_columns: Sequence[str] | None = None,
) -> pd.DataFrame:
    """The rows of one table from all runs of the current experiment that logged it.

    Args:
        artifact_file: The table's name.
        run_ids: Only these runs.
        extra_columns: Columns of the runs to repeat beside the rows, such as ``run_id``.

    Raises:
        ResourceNotFound: No run has this table.
    """
    client = MlflowClient()
    return client.load_table(current_experiment_id(), artifact_file, run_ids, extra_columns)


def get_artifact_uri(artifact_path: str | None = None) -> str:
    """Where the active run's artifacts lie, or one of them; it need not be there yet.

    Args:
        artifact_path: A path among them, such as ``model``.
    """
    client, run_id = client_and_run(None)
    root = client._tracking.artifact_uri(run_id)
    if not artifact_path:
        return root
    path, mark, query = root.partition("?")
    return posixpath.join(path, artifact_path) + mark + query
