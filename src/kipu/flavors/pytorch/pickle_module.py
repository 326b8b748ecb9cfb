"""How modules are pickled: by cloudpickle, with MLflow's names of what is Kipu's.

``torch.save`` and ``torch.load`` take a module with these functions and classes. Models are saved
with the name of MLflow's, ``mlflow.pytorch.pickle_module``.
"""

from __future__ import annotations

from typing import Any

from kipu.pyfunc.pickling import Unpickler, pickler

__all__ = ["Pickler", "Unpickler", "dump", "load"]

Pickler = pickler()


def dump(obj: Any, file: Any, protocol: int | None = None) -> None:
    """Pickle into an open file."""
    Pickler(file, protocol).dump(obj)


def load(file: Any, **kwargs: Any) -> Any:
    """Unpickle from an open file."""
    return Unpickler(file, **kwargs).load()
