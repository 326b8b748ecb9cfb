"""Keras on PyTorch where TensorFlow is not installed; run with KERAS_BACKEND=torch."""

import sys

sys.modules["tensorflow"] = None

import keras  # noqa: E402
import mlflow  # noqa: E402
import mlflow.keras  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402

assert keras.backend.backend() == "torch"
X = np.linspace(-1, 1, 60, dtype="float32").reshape(20, 3)
Y = X.sum(axis=1, keepdims=True)

mlflow.keras.autolog(log_input_examples=True)
keras.utils.set_random_seed(3)
made = keras.Sequential([keras.Input([3]), keras.layers.Dense(1)])
made.compile(loss="mse", optimizer=keras.optimizers.SGD(0.05))
made.fit(X, Y, batch_size=5, epochs=2, verbose=0, validation_split=0.2)

uri = mlflow.last_logged_model().model_uri
answer = mlflow.pyfunc.load_model(uri).predict(X)
assert isinstance(answer, np.ndarray)
np.testing.assert_allclose(answer, made.predict(X, verbose=0), rtol=1e-5)
loader = torch.utils.data.DataLoader(
    torch.utils.data.TensorDataset(torch.tensor(X), torch.tensor(Y)), batch_size=10
)
mlflow.keras.autolog(log_every_epoch=False, log_every_n_steps=2)
made.fit(loader, epochs=1, verbose=0)
exported = {"save_exported_model": True, "signature": mlflow.models.infer_signature(X, Y)}
refused = ""
try:
    mlflow.keras.save_model(made, "exported", **exported)
except mlflow.MlflowException as error:
    refused = str(error)
assert "needs TensorFlow" in refused, refused
