"""Checkpoints of a model in training, among the artifacts of the active run."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from kipu.autologging.integration import Integration
from kipu.client import MlflowClient
from kipu.entities.tag_names import LATEST_CHECKPOINT_ARTIFACT_TAG_KEY
from kipu.exceptions import InvalidParameter
from kipu.flavors.checkpoints import (
    FOLDER,
    LATEST,
    METRICS_NAME,
    NAME,
    WEIGHTS,
    epoch_folder,
    step_folder,
)
from kipu.fluent.logging import client_and_run

_MODES = ("min", "max")


class Checkpoints:
    """Decides which checkpoints are kept, and keeps them.

    Args:
        integration: Whose warnings they are.
        suffix: The ending of the files, such as ``.h5``.
        monitor: The metric by which the best is told.
        mode: ``min`` or ``max``: whether it is the lowest or the highest.
        best_only: Whether to keep the best only, under one name.
        weights_only: Whether the files have weights alone.
        frequency: ``epoch``, or after how many steps.

    Raises:
        InvalidParameter: The best is asked for without a metric, or in an unknown mode.
    """

    def __init__(
        self,
        integration: Integration,
        suffix: str,
        monitor: str | None,
        mode: str,
        best_only: bool,
        weights_only: bool,
        frequency: str | int,
    ) -> None:
        if best_only and monitor is None:
            raise InvalidParameter("To keep the best checkpoint only, name a metric: monitor.")
        if best_only and mode not in _MODES:
            raise InvalidParameter(
                f"The best checkpoint has the lowest or highest value, mode='min' or 'max', not "
                f"{mode!r}."
            )
        self._integration = integration
        self._monitor = monitor
        self._mode = mode
        self._best_only = best_only
        self._file = f"{NAME}{WEIGHTS if weights_only else ''}{suffix}"
        self._frequency = frequency
        self._best: float | None = None
        self._has_warned = False

    def offer(
        self,
        epoch: int,
        step: int,
        metrics: Mapping[str, float],
        save: Callable[[str], None],
        run: tuple[MlflowClient, str] | None = None,
    ) -> bool:
        """Keep a checkpoint, unless there is a better one.

        Args:
            epoch: From 0.
            step: The steps done since training began.
            metrics: Of now; stored beside it.
            save: Writes it to the path that it is given.
            run: A client and the id of the run; left out, the active run.

        Returns:
            Whether it was kept.
        """
        value = None
        if self._best_only:
            value = metrics.get(self._monitor or "")
            if not self._is_better(value):
                return False
        client, run_id = run or client_and_run(None)
        folder, prefix = self._place(epoch, step)
        name = f"{prefix}{self._file}"
        with tempfile.TemporaryDirectory(prefix="kipu-") as temporary:
            path = Path(temporary, name)
            save(str(path))
            client.log_artifact(run_id, str(path), folder)
        told = {**metrics, "epoch": epoch, "global_step": step}
        client.log_dict(run_id, told, f"{folder}/{prefix}{METRICS_NAME}")
        client.set_tag(run_id, LATEST_CHECKPOINT_ARTIFACT_TAG_KEY, f"{folder}/{name}")
        self._best = value
        return True

    def _place(self, epoch: int, step: int) -> tuple[str, str]:
        """Folder of a checkpoint, and what its name begins with."""
        if self._best_only:
            return FOLDER, LATEST
        by_epoch = self._frequency == "epoch"
        return f"{FOLDER}/{epoch_folder(epoch) if by_epoch else step_folder(step)}", ""

    def _is_better(self, value: float | None) -> bool:
        if value is None:
            if not self._has_warned:
                self._has_warned = True
                self._integration.warn(
                    "No checkpoint is kept: the best would be told by %r, which is no metric of "
                    "this training.",
                    self._monitor,
                )
            return False
        if self._best is None:
            return True
        return value < self._best if self._mode == "min" else value > self._best
