"""Checkpoints that autologging kept, as models again."""

from __future__ import annotations

import inspect
import tempfile
from pickle import UnpicklingError
from typing import Any

from kipu.environment_variables import MLFLOW_ALLOW_PICKLE_DESERIALIZATION
from kipu.exceptions import MlflowException
from kipu.flavors.checkpoints import fetch_checkpoint

_FORBIDDEN = (
    "A checkpoint of Lightning is a pickle, and MLFLOW_ALLOW_PICKLE_DESERIALIZATION forbids to "
    "load what may run code. Lightning 2.6 can read tensors and plain values alone, as it does "
    "unless kwargs say weights_only=False."
)


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
        MlflowException: There is no run or checkpoint, or both epoch and step are given; or the
            settings forbid pickles, and Lightning would read one.
        ResourceNotFound: There is no such run, or no checkpoint of that epoch or step.

    Example:
        >>> model = kipu.pytorch.load_checkpoint(Classifier, run.info.run_id)
    """
    given = dict(kwargs or {})
    is_forbidden = not MLFLOW_ALLOW_PICKLE_DESERIALIZATION.get()
    if is_forbidden:
        known = inspect.signature(model_class.load_from_checkpoint).parameters
        if "weights_only" not in known or given.get("weights_only") is False:
            # Lightning before 2.6 cannot read weights alone.
            raise MlflowException(_FORBIDDEN)
        given["weights_only"] = True
    with tempfile.TemporaryDirectory(prefix="kipu-") as folder:
        path = fetch_checkpoint(run_id, epoch, global_step, folder)
        try:
            return model_class.load_from_checkpoint(str(path), **given)
        except UnpicklingError as error:
            if not is_forbidden:
                raise
            raise MlflowException(f"{_FORBIDDEN} This one has more: {error}") from error
