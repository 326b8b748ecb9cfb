"""From a model's folder to a module, on a device of choice."""

from __future__ import annotations

import importlib
import logging
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Any

from kipu.environment_variables import MLFLOW_ALLOW_PICKLE_DESERIALIZATION
from kipu.exceptions import MlflowException, ResourceNotFound
from kipu.flavors.pytorch.archive import check_is_free_of_pickles
from kipu.flavors.pytorch.environment import (
    EXPORTED_FILE,
    FLAVOR_NAME,
    OUR_PICKLE_MODULE,
    PICKLE_MODULE_FILE,
    PICKLED_FILE,
    THEIR_PICKLE_MODULE,
)
from kipu.models.folder import load_flavor

_log = logging.getLogger(__name__)
_only_looking: ContextVar[bool] = ContextVar("only_looking", default=False)


def load_model(model_uri: str, dst_path: str | Path | None = None, **kwargs: Any) -> Any:
    """The module of a saved model, in evaluation mode.

    A model that was saved on a GPU is loaded on the CPU where there is no GPU.

    Args:
        model_uri: ``models:/<id>``, ``runs:/<run id>/<name>``, a folder, ...
        dst_path: Folder to download to; left out, a temporary one.
        **kwargs: ``device``, where the model is put, such as ``"cuda:1"``; the rest is given to
            ``torch.load``, such as ``map_location`` and ``mmap=True``.

    Returns:
        A ``torch.nn.Module``, a ``torch.jit.ScriptModule``, or the module of an exported program.

    Raises:
        ResourceNotFound: There is no such model, or it is none of PyTorch's.
        MlflowException: It is pickled, and ``MLFLOW_ALLOW_PICKLE_DESERIALIZATION`` is off.

    Example:
        >>> model = kipu.pytorch.load_model("models:/digits/1", device="cpu")
    """
    import torch

    folder, conf = load_flavor(model_uri, FLAVOR_NAME, dst_path)
    saved, installed = str(conf["pytorch_version"]), str(torch.__version__)
    if saved != installed:
        _log.warning("The model was saved with PyTorch %s and is loaded with %s.", saved, installed)
    return load_module(folder / conf["model_data"], **kwargs)


def load_module(path: Path, device: Any = None, **kwargs: Any) -> Any:
    """The module in a model's data folder, or in one file as the oldest models have it.

    Args:
        path: Of the folder, or the file.
        device: Where it is put; left out, where it was, or on the CPU where that is not there.
        **kwargs: For ``torch.load``; nothing of it applies to an exported program.
    """
    pickled = path / PICKLED_FILE if path.is_dir() else path
    if not pickled.is_file():
        return _load_exported(path / EXPORTED_FILE, device)
    if not MLFLOW_ALLOW_PICKLE_DESERIALIZATION.get():
        raise MlflowException(
            "The model is pickled, and MLFLOW_ALLOW_PICKLE_DESERIALIZATION forbids to load such "
            "models: they may run any code. Save it with serialization_format='pt2'."
        )
    module = _load_pickled(path, pickled, device, kwargs)
    module.eval()
    return module.to(device=device) if device else module


@contextmanager
def only_looking() -> Iterator[None]:
    """In the block, weights stay on disk as far as that goes: what is loaded is soon let go."""
    token = _only_looking.set(True)
    try:
        yield
    finally:
        _only_looking.reset(token)


def is_only_looking() -> bool:
    """Whether a model is loaded merely to see what it imports."""
    return _only_looking.get()


def default_map_location(device: Any = None) -> Any:
    """Where weights are read to: None, where they were, unless that cannot be."""
    import torch

    if device:
        return device
    return None if torch.cuda.is_available() else "cpu"


def _load_pickled(path: Path, pickled: Path, device: Any, kwargs: dict[str, Any]) -> Any:
    import torch

    kwargs.setdefault("map_location", default_map_location(device))
    if _is_scripted(pickled):
        known = {k: v for k, v in kwargs.items() if k in ("map_location", "_extra_files")}
        return torch.jit.load(str(pickled), **known)
    if path.is_dir():
        given = kwargs.pop("pickle_module", None)
        module = _pickle_module((path / PICKLE_MODULE_FILE).read_text("utf-8").strip(), given)
        # With weights_only, PyTorch reads with an unpickler of its own, and refuses any other.
        if not kwargs.get("weights_only"):
            kwargs["pickle_module"] = module
    if is_only_looking():
        kwargs |= {"map_location": "cpu", "mmap": True}
    return torch.load(str(pickled), **kwargs)


def _load_exported(path: Path, device: Any) -> Any:
    import torch

    if not path.is_file():
        raise ResourceNotFound(
            f"The model has neither {PICKLED_FILE} nor {EXPORTED_FILE} in {str(path.parent)!r}."
        )
    if not MLFLOW_ALLOW_PICKLE_DESERIALIZATION.get():
        check_is_free_of_pickles(path)
    program = torch.export.load(str(path))
    if device and _has_elsewhere(program, torch.device(device).type):
        from torch.export.passes import move_to_device_pass

        program = move_to_device_pass(program, str(device))
    return program.module()


def _has_elsewhere(program: Any, kind: str) -> bool:
    """Whether some of a program's numbers are not on this kind of device."""
    tensors = chain(program.state_dict.values(), program.constants.values())
    return any(one.device.type != kind for one in tensors if hasattr(one, "device"))


def _pickle_module(recorded: str, given: ModuleType | None) -> Any:
    """What reads the model: the module that wrote it, unless the caller has another."""
    if given is not None and given.__name__ not in (
        recorded,
        OUR_PICKLE_MODULE if recorded == THEIR_PICKLE_MODULE else recorded,
    ):
        _log.warning(
            "The model was pickled by %s and is read by %s; that may fail.",
            recorded,
            given.__name__,
        )
        return given
    name = OUR_PICKLE_MODULE if recorded == THEIR_PICKLE_MODULE else recorded
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ResourceNotFound(
            f"The model was pickled by the module {name}, which cannot be imported: {error}"
        ) from error


def _is_scripted(path: Path) -> bool:
    """Whether it is of TorchScript: only such a file has constants apart."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return any(name.rpartition("/")[2] == "constants.pkl" for name in archive.namelist())
