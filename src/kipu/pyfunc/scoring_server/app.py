"""The application for the model that the environment names, to give to any ASGI server."""

import os

from kipu.pyfunc.scoring_server.application import init, load_model_with_mlflow_config

MODEL_PATH = "__pyfunc_model_path__"

app = init(load_model_with_mlflow_config(os.environ[MODEL_PATH]))
