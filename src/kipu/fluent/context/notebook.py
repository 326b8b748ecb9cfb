"""Notebooks: which one the program runs in."""

from __future__ import annotations

import os
import sys
from typing import Any

from kipu.entities import SourceType
from kipu.entities.tag_names import MLFLOW_SOURCE_NAME, MLFLOW_SOURCE_TYPE
from kipu.fluent.context.provider import RunContextProvider


class NotebookContext(RunContextProvider):
    """The name of a Jupyter notebook, as far as its server or editor tells it."""

    def in_context(self) -> bool:
        """Whether the program runs in a Jupyter kernel."""
        return _shell() is not None

    def tags(self) -> dict[str, str]:
        """Kind and, if it is known, name."""
        name = os.environ.get("JPY_SESSION_NAME") or _shell().user_ns.get("__vsc_ipynb_file__")
        named = {MLFLOW_SOURCE_NAME: name} if name else {}
        return named | {MLFLOW_SOURCE_TYPE: SourceType.to_string(SourceType.NOTEBOOK)}


def _shell() -> Any:
    """The kernel's shell, or None; a terminal's IPython is none."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell if hasattr(shell, "kernel") else None
