"""Tables of runs: files that grow by rows, read back across runs."""

from __future__ import annotations

import io
import json
import logging
import posixpath
import tempfile
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kipu.client.artifact_uris import run_place
from kipu.client.images import ImagesClient, compressed, to_pil
from kipu.client.runs import RunsClient
from kipu.entities import Run
from kipu.entities.tag_names import MLFLOW_LOGGED_ARTIFACTS
from kipu.exceptions import InvalidParameter, MlflowException, ResourceNotFound

if TYPE_CHECKING:
    import pandas as pd

_log = logging.getLogger(__name__)
_FORBIDDEN = "\"',:[]{}"
_PAGE = 1000
_MISSING = "Tables need pandas; install it with: pip install 'kipu[pandas]'"


class TablesClient(ImagesClient, RunsClient):
    """What can be done with tables."""

    def log_table(
        self, run_id: str, data: Mapping[str, Any] | pd.DataFrame, artifact_file: str
    ) -> None:
        """Write a table to a file of the run; a file that is there gets more rows.

        Args:
            run_id: The run.
            data: A frame, or columns by name. Cells may be images.
            artifact_file: Ends in ``.json`` (rows as pandas' split JSON) or ``.parquet``.

        Raises:
            ValueError: The name has another ending, or a character that no table's name may have.
            InvalidParameter: The data is no table.
        """
        _check_name(artifact_file)
        frame = self._with_images_saved(run_id, _frame(data), artifact_file)
        place = run_place(self._tracking, run_id)
        folder, _ = posixpath.split(posixpath.normpath(artifact_file))
        if any(info.path == artifact_file for info in place.blobs.list(folder)):
            frame = _pandas().concat([self._read(run_id, artifact_file), frame], ignore_index=True)
        with self._new_file(run_id, artifact_file) as target:
            _write(frame, target)
        self._list_table(run_id, artifact_file)

    def load_table(
        self,
        experiment_id: str,
        artifact_file: str,
        run_ids: Sequence[str] | None = None,
        extra_columns: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """The rows of one table from all runs of an experiment that logged it.

        Args:
            experiment_id: Where to look.
            artifact_file: The table's name.
            run_ids: Only these runs.
            extra_columns: Columns of the runs to repeat beside the rows, such as ``run_id`` or
                ``params.lr``.

        Raises:
            ResourceNotFound: No run has this table.
        """
        pandas = _pandas()
        _check_name(artifact_file)
        runs = self._runs_with_table(experiment_id, artifact_file, run_ids)
        if not runs:
            raise ResourceNotFound(
                f"No run of experiment {experiment_id} has the table {artifact_file!r}."
            )
        if run_ids and len(runs) < len(set(run_ids)):
            _log.warning("Some of the runs have no table %r; they are left out.", artifact_file)
        frames = []
        for run in runs:
            frame = self._read(run.info.run_id, artifact_file)
            for column in extra_columns or ():
                name = f"{column}_" if column in frame else column
                frame[name] = _run_column(run, column)
            frames.append(frame)
        table: pd.DataFrame = pandas.concat(frames, ignore_index=True)
        return table

    def _runs_with_table(
        self, experiment_id: str, artifact_file: str, run_ids: Sequence[str] | None
    ) -> list[Run]:
        wanted = f'%"path"%:%"{artifact_file}"%"type"%:%"table"%'
        filter_string = f"tags.`{MLFLOW_LOGGED_ARTIFACTS}` LIKE '{wanted}'"
        if run_ids:
            listed = ", ".join(f"'{run_id}'" for run_id in run_ids)
            filter_string += f" AND attributes.run_id IN ({listed})"
        runs, token = [], None
        while True:
            page = self.search_runs(
                [experiment_id], filter_string, max_results=_PAGE, page_token=token
            )
            runs += [run for run in page if _entry(artifact_file) in _listed(run)]
            token = page.token
            if not token:
                return runs

    def _read(self, run_id: str, artifact_file: str) -> pd.DataFrame:
        pandas = _pandas()
        with tempfile.TemporaryDirectory(prefix="kipu-") as folder:
            local = Path(self.download_artifacts(run_id, artifact_file, folder))
            if artifact_file.endswith(".parquet"):
                frame: pd.DataFrame = pandas.read_parquet(local)
            else:
                text = io.StringIO(local.read_text("utf-8"))
                frame = pandas.read_json(text, orient="split")
            return frame

    def _list_table(self, run_id: str, artifact_file: str) -> None:
        listed = _listed(self.get_run(run_id))
        if _entry(artifact_file) not in listed:
            text = json.dumps([*listed, _entry(artifact_file)])
            self.set_tag(run_id, MLFLOW_LOGGED_ARTIFACTS, text, synchronous=True)

    def _with_images_saved(
        self, run_id: str, frame: pd.DataFrame, artifact_file: str
    ) -> pd.DataFrame:
        """The frame, with each image written to a file and its cell telling where."""
        folder = posixpath.join("table_images", posixpath.splitext(artifact_file)[0])
        for column in [name for name in frame.columns if frame[name].dtype.kind == "O"]:
            images = [_is_image(cell) for cell in frame[column]]
            if not any(images):
                continue
            if not all(images):
                raise ValueError(f"Column {column!r} has images and other things; keep them apart.")
            cells = [self._save_cell(run_id, cell, folder) for cell in frame[column]]
            frame = frame.copy()
            frame[column] = _pandas().Series(cells, index=frame.index)
        return frame

    def _save_cell(self, run_id: str, image: Any, folder: str) -> dict[str, str]:
        picture, name = to_pil(image), posixpath.join(folder, str(uuid.uuid4()))
        self._save(run_id, picture, f"{name}.png")
        self._save(run_id, compressed(picture), f"{name}.webp")
        return {
            "type": "image", "filepath": f"{name}.png", "compressed_filepath": f"{name}.webp",
        }  # fmt: skip


def _check_name(artifact_file: str) -> None:
    found = [char for char in _FORBIDDEN if char in artifact_file]
    if found:
        raise ValueError(f"The table's name {artifact_file!r} may not hold {' '.join(found)}")
    if not artifact_file.endswith((".json", ".parquet")):
        raise ValueError(f"The table's name {artifact_file!r} must end in .json or .parquet.")


def _frame(data: object) -> pd.DataFrame:
    pandas = _pandas()
    if isinstance(data, pandas.DataFrame):
        given: pd.DataFrame = data
        return given
    if not isinstance(data, dict):
        raise InvalidParameter(
            f"A table is a pandas.DataFrame or a dictionary of columns, not {type(data).__name__}."
        )
    try:
        frame: pd.DataFrame = pandas.DataFrame(data)
    except ValueError:  # scalars only: one row
        frame = pandas.DataFrame([data])
    return frame


def _write(frame: pd.DataFrame, target: Path) -> None:
    try:
        if target.suffix == ".parquet":
            frame.to_parquet(target, index=False)
        else:
            frame.to_json(target, orient="split", index=False, date_format="iso")
    except Exception as error:
        raise MlflowException(f"The table cannot be written as {target.suffix}: {error}") from error


def _listed(run: Run) -> list[dict[str, str]]:
    listed: list[dict[str, str]] = json.loads(run.data.tags.get(MLFLOW_LOGGED_ARTIFACTS) or "[]")
    return listed


def _entry(artifact_file: str) -> dict[str, str]:
    return {"path": artifact_file, "type": "table"}


def _run_column(run: Run, column: str) -> Any:
    kind, _, key = column.partition(".")
    if key and kind in ("metrics", "params", "tags"):
        return getattr(run.data, kind).get(key)
    try:
        return getattr(run.info, column)
    except AttributeError:
        raise InvalidParameter(
            f"Runs have no column {column!r}; there are run_id, status, ..., metrics.<key>, "
            "params.<key> and tags.<key>."
        ) from None


def _is_image(cell: object) -> bool:
    return all(hasattr(cell, name) for name in ("save", "resize", "size"))


def _pandas() -> Any:  # the module; its types are for the checker only
    try:
        import pandas  # noqa: PLC0415 - an optional package
    except ImportError as error:
        raise ImportError(_MISSING) from error
    return pandas
