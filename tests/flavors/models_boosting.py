"""The models of three libraries in one process each: starting one costs more than the models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import models_catboost
import models_lightgbm
import models_xgboost

CASES = {"catboost": models_catboost, "lightgbm": models_lightgbm, "xgboost": models_xgboost}


def save(folder: Path) -> None:
    for library, case in CASES.items():
        case.save(folder, library)


def answers(folder: Path, name: str) -> Any:
    library, _, kind = name.partition("-")
    return CASES[library].answers(folder / name, kind)
