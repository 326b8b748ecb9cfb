"""Which of the two integrations logs, with one switch for all libraries."""

import mlflow

OTHERS = [
    "lightgbm", "pyspark.ml", "pytorch", "sklearn", "spark", "statsmodels", "transformers",
    "xgboost",
]  # fmt: skip


def train():
    made = keras.Sequential([keras.Input([2]), keras.layers.Dense(1)])
    made.compile(loss="mse", optimizer="sgd")
    made.fit(np.zeros([4, 2]), np.zeros([4, 1]), epochs=1, verbose=0)


mlflow.autolog(log_models=False, exclude_flavors=OTHERS)
import keras  # noqa: E402
import numpy as np  # noqa: E402

train()  # Keras was imported first
mlflow.autolog(log_models=False, exclude_flavors=OTHERS)
train()  # both are there, and TensorFlow is the later one
mlflow.keras.autolog(log_models=False)
train()  # the later one
mlflow.tensorflow.autolog(log_models=False, checkpoint=False)
train()
