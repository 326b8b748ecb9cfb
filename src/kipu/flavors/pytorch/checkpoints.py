"""Checkpoints that autologging kept, as models again."""

from __future__ import annotations

import tempfile
from typing import Any

from kipu.flavors.checkpoints import fetch_checkpoint


def load_checkpoint(
    model_class: Any,
    run_id: str | None = None,
    epoch: int | None = None,
    global_step: int | None = None,
    kwargs: dict[str, Any] | None = None,
) -> Any:
    """A Lightning module as it was at a checkpoint.

    Args:
        model_class: The module's class.
        run_id: The run; left out, the active one.
        epoch: That of the checkpoint, from 0, where one was kept for each epoch.
        global_step: The step of the checkpoint, where one was kept every some steps. With neither,
            the latest, which may be the best.
        kwargs: For ``model_class.load_from_checkpoint``, such as arguments of the class.

    Raises:
        MlflowException: There is no run or checkpoint, or both epoch and step are given.
        ResourceNotFound: There is no such run, or no checkpoint of that epoch or step.

    Example:
        >>> model = kipu.pytorch.load_checkpoint(Classifier, run.info.run_id)
    """
    with tempfile.TemporaryDirectory(prefix="kipu-") as folder:
        path = fetch_checkpoint(run_id, epoch, global_step, folder)
        return model_class.load_from_checkpoint(str(path), **(kwargs or {}))
