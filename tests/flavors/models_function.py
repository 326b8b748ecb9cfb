"""A function as a model, saved and logged: the least that the harness has to carry over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from harness import keep_logged, plain, refusal


def double(model_input):  # type: ignore[no-untyped-def]
    return model_input * 2


FRAME = pd.DataFrame({"x": [1.0, 2.0]})


def save(folder: Path) -> None:
    told = {"pip_requirements": ["pandas"], "input_example": FRAME}
    mlflow.pyfunc.save_model(folder / "saved", python_model=double, **told)
    info = mlflow.pyfunc.log_model(name="double", python_model=double, **told)
    keep_logged(info, folder / "logged")


def answers(folder: Path, name: str) -> Any:
    model = mlflow.pyfunc.load_model(str(folder / name))
    return {
        "frame": plain(model.predict(FRAME)),
        "text": refusal(model.predict, pd.DataFrame({"x": ["a"]})),
    }
