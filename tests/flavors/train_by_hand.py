"""A run with everything in it that a snapshot tells."""

import mlflow
import pandas as pd

frame = pd.DataFrame({"x": [1.0, 2.0]})
with mlflow.start_run():
    mlflow.log_params({"depth": 3})
    mlflow.set_tag("colour", "red")
    for step in range(3):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.log_text("hello", "notes/hello.txt")
    mlflow.log_input(mlflow.data.from_pandas(frame, name="some"), context="training")
    with mlflow.start_run(nested=True):
        mlflow.log_param("child", True)
