"""Runs in MLflow's file layout."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from kipu.entities import (
    Dataset,
    DatasetInput,
    InputTag,
    LifecycleStage,
    LoggedModelInput,
    LoggedModelOutput,
    Param,
    Run,
    RunData,
    RunInfo,
    RunInputs,
    RunOutputs,
    RunStatus,
    RunTag,
)
from kipu.exceptions import MlflowException
from kipu.migration.file_metrics import PointName, run_metrics
from kipu.migration.files import Damaged, Meta, Report, check_home, folders, labels
from kipu.series.points import Points
from kipu.service.inputs import check_inputs
from kipu.service.names import check_run_id

_MAX_ID_LENGTH = 32
_NAME_TAG = "mlflow.runName"


class FileRun(NamedTuple):
    """A run as it is adopted."""

    run: Run
    points: Points
    deleted_time: int | None


def read_run(
    folder: Path,
    experiment_id: str,
    absolute: Callable[[str], str],
    models: Mapping[PointName, str],
    report: Report,
) -> FileRun:
    """Read a run with all that it has; what cannot be read of it is reported.

    Args:
        folder: The run's.
        experiment_id: Its experiment.
        absolute: Makes a place absolute.
        models: See ``run_metrics``.
        report: Is told of what cannot be copied.

    Raises:
        Damaged: There is no run in it.
    """
    meta = Meta(folder)
    run_id = meta.text("run_id", "run_uuid")
    if run_id != folder.name:
        raise Damaged(meta.path, f"It describes another run, {run_id}.")
    check_home(meta, experiment_id)
    try:
        check_run_id(run_id)
        status = _status(meta)
    except MlflowException as error:
        raise Damaged(meta.path, error.message) from None
    if len(run_id) > _MAX_ID_LENGTH:
        raise Damaged(meta.path, f"The run's id is longer than {_MAX_ID_LENGTH} characters.")
    tags = labels(folder / "tags", "tag", report)
    params = labels(folder / "params", "param", report)
    deleted = meta.optional_text("lifecycle_stage") == LifecycleStage.DELETED
    info = RunInfo(
        run_id,
        experiment_id,
        meta.optional_text("user_id"),
        status,
        meta.number("start_time", 0),
        meta.optional_number("end_time"),
        LifecycleStage.DELETED if deleted else LifecycleStage.ACTIVE,
        absolute(meta.optional_text("artifact_uri") or ""),
        meta.optional_text("run_name") or tags.get(_NAME_TAG) or meta.optional_text("name") or "",
    )
    data = RunData(
        params=[Param(*item) for item in params.items()],
        tags=[RunTag(*item) for item in tags.items()],
    )
    points = Points.from_metrics(run_metrics(folder / "metrics", run_id, models, report))
    run = Run(info, data, _inputs(folder, report), _outputs(folder, report))
    return FileRun(run, points, meta.optional_number("deleted_time") if deleted else None)


def _status(meta: Meta) -> str:
    given = meta.get("status")
    if isinstance(given, str) and not given.isdigit():
        RunStatus.from_string(given)
        return given
    return RunStatus.to_string(meta.number("status", RunStatus.RUNNING))


def _inputs(folder: Path, report: Report) -> RunInputs:
    datasets, models = [], []
    for one in folders(folder / "inputs"):
        try:
            link = Meta(one)
            if link.text("source_type") == "DATASET":
                datasets.append(_dataset(link, folder.parent / "datasets"))
            else:
                models.append(LoggedModelInput(link.text("source_id")))
        except Damaged as damage:
            report(damage.path, damage.reason)
    return RunInputs(datasets, models)


def _dataset(link: Meta, datasets: Path) -> DatasetInput:
    meta = Meta(datasets / link.text("source_id"))
    dataset = Dataset(
        meta.text("name"),
        meta.text("digest"),
        meta.text("source_type"),
        meta.text("source"),
        meta.optional_text("schema"),
        meta.optional_text("profile"),
    )
    given = DatasetInput(dataset, [InputTag(*item) for item in link.texts("tags").items()])
    try:
        check_inputs([given])
    except MlflowException as error:
        raise Damaged(meta.path, error.message) from None
    return given


def _outputs(folder: Path, report: Report) -> RunOutputs:
    models = []
    for one in folders(folder / "outputs"):
        try:
            link = Meta(one)
            models.append(LoggedModelOutput(link.text("destination_id"), link.number("step", 0)))
        except Damaged as damage:
            report(damage.path, damage.reason)
    return RunOutputs(models)
