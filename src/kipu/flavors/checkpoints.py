"""Checkpoints that autologging keeps among the artifacts of a run: where they lie."""

from __future__ import annotations

import posixpath
from pathlib import Path

from kipu.client import MlflowClient
from kipu.entities.tag_names import LATEST_CHECKPOINT_ARTIFACT_TAG_KEY
from kipu.exceptions import MlflowException
from kipu.fluent.active import active_run
from kipu.fluent.downloads import download_artifacts

FOLDER = "checkpoints"
NAME = "checkpoint"
METRICS_NAME = "checkpoint_metrics.json"
LATEST = "latest_"
WEIGHTS = ".weights"
"""Ends the name, before the file's ending, of a checkpoint with weights alone."""


def fetch_checkpoint(
    run_id: str | None, epoch: int | None, global_step: int | None, folder: str | Path
) -> Path:
    """A checkpoint of a run, on this machine.

    Args:
        run_id: The run; left out, the active one.
        epoch: That of the checkpoint, where one was kept for each epoch.
        global_step: The step of the checkpoint, where one was kept every some steps. With
            neither, the latest checkpoint.
        folder: Where to copy it.

    Raises:
        MlflowException: No run is given and none is active, it has no checkpoint, or both epoch
            and step are given.
        ResourceNotFound: There is no such run or checkpoint.
    """
    if run_id is None:
        active = active_run()
        if active is None:
            raise MlflowException("Say of which run with run_id: no run is active.")
        run_id = active.info.run_id
    if epoch is not None and global_step is not None:
        raise MlflowException("Give epoch or global_step, not both.")
    latest = MlflowClient().get_run(run_id).data.tags.get(LATEST_CHECKPOINT_ARTIFACT_TAG_KEY)
    if latest is None:
        raise MlflowException(f"The run {run_id} has no checkpoint.")
    name = posixpath.basename(latest)
    if global_step is not None:
        latest = f"{FOLDER}/{step_folder(global_step)}/{name}"
    elif epoch is not None:
        latest = f"{FOLDER}/{epoch_folder(epoch)}/{name}"
    return Path(download_artifacts(run_id=run_id, artifact_path=latest, dst_path=folder))


def epoch_folder(epoch: int) -> str:
    """Name of the folder with the checkpoint after an epoch."""
    return f"epoch_{epoch}"


def step_folder(global_step: int) -> str:
    """Name of the folder with the checkpoint after a step."""
    return f"global_step_{global_step}"
