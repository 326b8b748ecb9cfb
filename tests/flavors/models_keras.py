"""Models of Keras 3 and TensorFlow, each way in which they are saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import mlflow
import mlflow.keras
import mlflow.tensorflow
import numpy as np
import pandas as pd
import tensorflow as tf
from harness import keep_logged, plain, refusal
from mlflow.models import infer_signature

X = np.linspace(-1, 1, 12, dtype="float32").reshape(4, 3)
PAIR = {"a": X, "b": X[:, :2]}
KERAS = {"pip_requirements": ["keras"]}
TENSORFLOW = {"pip_requirements": ["tensorflow"]}


def twice(values: Any) -> Any:
    return values * 2


class Product(tf.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weights = tf.Variable([[1.0], [2.0], [3.0]])

    @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32)])
    def __call__(self, values: Any) -> Any:
        return values @ self.weights


def network(activation: Any = "relu") -> Any:
    keras.utils.set_random_seed(7)
    layers = keras.layers
    made = keras.Sequential(
        [keras.Input([3]), layers.Dense(2, activation=activation), layers.Dense(2)]
    )
    made.compile(loss=keras.losses.MeanSquaredError(), optimizer=keras.optimizers.SGD(0.1))
    made.fit(X, X[:, :2], epochs=1, verbose=0)
    return made


def of_two_inputs(outputs: int) -> Any:
    keras.utils.set_random_seed(7)
    a, b = keras.Input([3], name="a"), keras.Input([2], name="b")
    both = keras.layers.Concatenate()([a, b])
    made = [keras.layers.Dense(1, name=f"out{at}")(both) for at in range(outputs)]
    return keras.Model({"a": a, "b": b}, made[0] if outputs == 1 else made)


def save(folder: Path) -> None:
    made = network()
    signature = infer_signature(X, made.predict(X, verbose=0))
    of_pair = infer_signature(PAIR)
    save_keras = mlflow.keras.save_model
    save_keras(made, str(folder / "k-plain"), metadata={"team": "x"}, **KERAS)
    save_keras(made, str(folder / "k-signature"), signature=signature, **KERAS)
    exported = {"save_exported_model": True, "signature": signature}
    save_keras(made, str(folder / "k-exported"), **exported, **KERAS)
    save_keras(of_two_inputs(1), str(folder / "k-pair"), signature=of_pair, **KERAS)
    save_keras(of_two_inputs(2), str(folder / "k-pairs"), signature=of_pair, **KERAS)
    # MLflow's fails with an input example: it writes it before it makes the folder.
    info = mlflow.keras.log_model(made, name="network", signature=signature, **KERAS)
    keep_logged(info, folder / "k-logged")

    save_tensorflow = mlflow.tensorflow.save_model
    save_tensorflow(made, str(folder / "t-example"), input_example=X[:2], **TENSORFLOW)
    save_tensorflow(made, str(folder / "t-bare"), signature=False, **TENSORFLOW)
    as_h5 = {"keras_model_kwargs": {"save_format": "h5"}}
    save_tensorflow(made, str(folder / "t-h5"), signature=signature, **as_h5, **TENSORFLOW)
    example = {name: one[:2] for name, one in PAIR.items()}
    save_tensorflow(of_two_inputs(1), str(folder / "t-pair"), input_example=example, **TENSORFLOW)
    save_tensorflow(Product(), str(folder / "t-module"), input_example=X[:2], **TENSORFLOW)
    custom = {"custom_objects": {"twice": twice}, "signature": signature}
    files = {"extra_files": [__file__], "code_paths": [__file__]}
    save_tensorflow(network(twice), str(folder / "t-custom"), **custom, **files, **TENSORFLOW)
    info = mlflow.tensorflow.log_model(Product(), name="m", signature=signature, **TENSORFLOW)
    keep_logged(info, folder / "t-logged")


def answers(folder: Path, name: str) -> Any:
    path = str(folder / name)
    model = mlflow.pyfunc.load_model(path)
    data = PAIR if "pair" in name else X
    told = {
        "answer": plain(model.predict(data)),
        "of a frame": refusal(model.predict, pd.DataFrame(X)),
        "of float64": refusal(model.predict, X.astype("float64")),
        "of text": refusal(model.predict, "text"),
        "of too many": refusal(model.predict, np.ones([2, 5], "float32")),
    }
    flavor = mlflow.keras if name.startswith("k-") else mlflow.tensorflow
    raw = flavor.load_model(path)
    if isinstance(raw, keras.Model):
        told["layers"] = [type(one).__name__ for one in raw.layers]
        told["native"] = plain(raw.predict(data, verbose=0))
        told["optimizer"] = type(getattr(raw, "optimizer", None)).__name__
    return told
