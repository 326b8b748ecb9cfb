"""State dictionaries and checkpoints of one's own: as artifacts, without a model around them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from kipu.environment_variables import MLFLOW_ALLOW_PICKLE_DESERIALIZATION
from kipu.exceptions import MlflowException
from kipu.flavors.pytorch.environment import STATE_FILE
from kipu.flavors.pytorch.loading import default_map_location
from kipu.fluent.artifacts import log_artifacts
from kipu.fluent.downloads import download_artifacts


def log_state_dict(state_dict: dict[str, Any], artifact_path: str, **kwargs: Any) -> None:
    """Log a state dictionary as an artifact of the active run, started if there is none.

    Args:
        state_dict: Such as ``model.state_dict()``, or a dictionary that holds several.
        artifact_path: Folder among the run's artifacts.
        **kwargs: For ``torch.save``.

    Raises:
        TypeError: It is no dictionary.

    Example:
        >>> kipu.pytorch.log_state_dict(model.state_dict(), "weights")
        >>> kipu.pytorch.load_state_dict(kipu.get_artifact_uri("weights"))
    """
    with tempfile.TemporaryDirectory(prefix="kipu-") as folder:
        save_state_dict(state_dict, folder, **kwargs)
        log_artifacts(folder, artifact_path)


def save_state_dict(state_dict: dict[str, Any], path: str | Path, **kwargs: Any) -> None:
    """Save a state dictionary as ``state_dict.pth`` in a folder, made if it is not there.

    Args:
        state_dict: Such as ``model.state_dict()``.
        path: The folder.
        **kwargs: For ``torch.save``.

    Raises:
        TypeError: It is no dictionary.
    """
    import torch

    if not isinstance(state_dict, dict):
        raise TypeError(
            f"state_dict is a dictionary, not a {type(state_dict).__name__}; of a module, it is "
            "module.state_dict()."
        )
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(state_dict, folder / STATE_FILE, **kwargs)


def load_state_dict(state_dict_uri: str, **kwargs: Any) -> Any:
    """The state dictionary in a folder of artifacts.

    Args:
        state_dict_uri: ``runs:/<run id>/<path>``, a folder, ...
        **kwargs: For ``torch.load``, such as ``map_location`` and ``weights_only``.

    Raises:
        MlflowException: ``MLFLOW_ALLOW_PICKLE_DESERIALIZATION`` forbids pickles.
    """
    import torch

    if not MLFLOW_ALLOW_PICKLE_DESERIALIZATION.get():
        raise MlflowException(
            "The state dictionary is pickled, and MLFLOW_ALLOW_PICKLE_DESERIALIZATION forbids to "
            "load such files: they may run any code."
        )
    kwargs.setdefault("map_location", default_map_location())
    folder = Path(download_artifacts(str(state_dict_uri)))
    return torch.load(folder / STATE_FILE, **kwargs)
