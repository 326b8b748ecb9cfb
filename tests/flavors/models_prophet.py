"""Forecasts of Prophet."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd
from harness import keep_logged, plain
from prophet import Prophet

GIVEN = {"pip_requirements": ["prophet"]}
DAYS = pd.DataFrame({"ds": pd.date_range("2024-03-01", periods=3)})


def save(folder: Path) -> None:
    logging.getLogger("cmdstanpy").setLevel(logging.WARNING)
    days = pd.date_range("2024-01-01", periods=60)
    frame = pd.DataFrame({"ds": days, "y": np.sin(np.arange(60) / 7) + np.arange(60) / 10})
    model = Prophet(uncertainty_samples=0).fit(frame, seed=1)
    mlflow.prophet.save_model(model, folder / "saved", input_example=DAYS, **GIVEN)
    info = mlflow.prophet.log_model(model, name="days", metadata={"a": 1}, **GIVEN)
    keep_logged(info, folder / "logged")


def answers(folder: Path, name: str) -> Any:
    model = mlflow.pyfunc.load_model(str(folder / name))
    own = mlflow.prophet.load_model(str(folder / name))
    return {
        "forecast": plain(model.predict(DAYS)["yhat"]),
        "own": plain(own.predict(DAYS)["yhat"]),
        "history": len(own.history),
    }
