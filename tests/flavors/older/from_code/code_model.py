"""A model as code."""

from typing import Any

import mlflow


class Triple(mlflow.pyfunc.PythonModel):
    def predict(self, context: Any, model_input: Any) -> Any:
        return model_input["a"] * 3


mlflow.models.set_model(Triple())
