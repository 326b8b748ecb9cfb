"""Models of PaddlePaddle: a static layer, a high-level model, one to train on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import paddle
import pandas as pd
from harness import keep_logged, plain, refusal

GIVEN = {"pip_requirements": ["paddlepaddle"]}
ROWS = np.array([[1.0, 2.0, 3.0], [0.0, 1.0, -1.0]], "float32")


def _model() -> Any:
    paddle.seed(0)
    spec = [paddle.static.InputSpec([None, 3], "float32", "x")]
    model = paddle.Model(paddle.nn.Linear(3, 2), inputs=spec)
    model.prepare(paddle.optimizer.SGD(0.1, parameters=model.parameters()), paddle.nn.MSELoss())
    return model


def save(folder: Path) -> None:
    model = _model()
    layer = paddle.jit.to_static(
        paddle.nn.Linear(3, 1), input_spec=[paddle.static.InputSpec([None, 3], "float32", "x")]
    )
    mlflow.paddle.save_model(layer, str(folder / "layer"), input_example=ROWS, **GIVEN)
    mlflow.paddle.save_model(model, str(folder / "model"), **GIVEN)
    mlflow.paddle.save_model(model, str(folder / "training"), training=True, **GIVEN)
    info = mlflow.paddle.log_model(model, name="model", **GIVEN)
    keep_logged(info, folder / "logged")


def answers(folder: Path, name: str) -> Any:
    place = str(folder / name)
    if name == "training":
        into = _model()
        into.network.weight.set_value(np.zeros((3, 2), "float32"))
        mlflow.paddle.load_model(place, model=into)
        return {"again": plain(into.predict_batch([ROWS])[0])}
    model = mlflow.pyfunc.load_model(place)
    return {
        "array": plain(model.predict(ROWS)),
        "frame": plain(model.predict(pd.DataFrame(ROWS))) if name != "layer" else None,
        "list": refusal(model.predict, [[1.0, 2.0, 3.0]]) if name != "layer" else None,
    }
