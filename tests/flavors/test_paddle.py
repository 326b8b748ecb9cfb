"""PaddlePaddle beside MLflow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import kipu.paddle
import kipu.pyfunc
from kipu.exceptions import MlflowException

pytestmark = [pytest.mark.flavors, pytest.mark.timeout(300)]


def test_models_are_saved_and_loaded_alike(both_ways: Any) -> None:
    both_ways("models_paddle.py")


def test_training_is_logged_alike(trained_alike: Any) -> None:
    trained_alike("train_paddle.py")


def test_the_setting_that_forbids_pickles_forbids_these_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import paddle

    spec = [paddle.static.InputSpec([None, 3], "float32", "x")]
    model = paddle.Model(paddle.nn.Linear(3, 2), inputs=spec)
    model.prepare(paddle.optimizer.SGD(0.1, parameters=model.parameters()), paddle.nn.MSELoss())
    kipu.paddle.save_model(model, tmp_path / "used", pip_requirements=[])
    kipu.paddle.save_model(model, tmp_path / "trained", training=True, pip_requirements=[])
    monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
    with pytest.raises(MlflowException, match="PaddlePaddle reads pickles"):
        kipu.paddle.load_model(str(tmp_path / "used"))
    with pytest.raises(MlflowException, match="PaddlePaddle reads pickles"):
        kipu.paddle.load_model(str(tmp_path / "trained"), model=model)
    with pytest.raises(MlflowException, match="PaddlePaddle reads pickles"):
        kipu.pyfunc.load_model(str(tmp_path / "used"))
