"""Results of statsmodels: a regression, a time series, one without its data, a logged one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd
import statsmodels.api as sm
from harness import keep_logged, plain, refusal
from statsmodels.tsa.ar_model import AutoReg

GIVEN = {"pip_requirements": ["statsmodels"]}
ROWS = pd.DataFrame({"const": [1.0, 1.0], "x": [3.0, -2.0]})
SPAN = pd.DataFrame({"start": [20], "end": [23]})


def save(folder: Path) -> None:
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"const": 1.0, "x": random.normal(size=40)})
    line = sm.OLS(frame["x"] * 2 + 1 + random.normal(size=40) / 9, frame).fit()
    series = AutoReg(random.normal(size=40), lags=2).fit()
    mlflow.statsmodels.save_model(line, folder / "line", input_example=ROWS, **GIVEN)
    mlflow.statsmodels.save_model(series, folder / "series", metadata={"team": "x"}, **GIVEN)
    mlflow.statsmodels.save_model(line, folder / "bare", remove_data=True, **GIVEN)
    info = mlflow.statsmodels.log_model(
        line, name="line", params={"a": 1}, tags={"b": "2"}, signature=False, input_example=ROWS,
        **GIVEN,
    )  # fmt: skip
    keep_logged(info, folder / "logged")


def answers(folder: Path, name: str) -> Any:
    model = mlflow.pyfunc.load_model(str(folder / name))
    own = mlflow.statsmodels.load_model(str(folder / name))
    rows = SPAN if name == "series" else ROWS
    return {
        "rows": plain(model.predict(rows)),
        "params": plain(own.params),
        "raw": type(model.get_raw_model()).__name__,
        "wrong": refusal(model.predict, SPAN[["end"]]) if name == "series" else None,
    }
