"""Models of PaddlePaddle are pickles, and refused where those are forbidden."""

import os
import tempfile
from pathlib import Path

import mlflow
import paddle
from harness import refusal

spec = [paddle.static.InputSpec([None, 3], "float32", "x")]
model = paddle.Model(paddle.nn.Linear(3, 2), inputs=spec)
model.prepare(paddle.optimizer.SGD(0.1, parameters=model.parameters()), paddle.nn.MSELoss())
used, trained = Path(tempfile.mkdtemp(), "used"), Path(tempfile.mkdtemp(), "trained")
mlflow.paddle.save_model(model, str(used), pip_requirements=[])
mlflow.paddle.save_model(model, str(trained), training=True, pip_requirements=[])
os.environ["MLFLOW_ALLOW_PICKLE_DESERIALIZATION"] = "false"
with mlflow.start_run():
    mlflow.log_params(
        {
            "used": refusal(mlflow.paddle.load_model, str(used)),
            "trained": refusal(mlflow.paddle.load_model, str(trained), model=model),
            "generic": refusal(mlflow.pyfunc.load_model, str(used)),
        }
    )
