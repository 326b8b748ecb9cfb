"""Training with Keras 3, each kind of data and callback once."""

import keras
import mlflow
import mlflow.keras
import numpy as np
import tensorflow as tf

X = np.linspace(-1, 1, 60, dtype="float32").reshape(20, 3)
Y = X.sum(axis=1, keepdims=True)


def network():
    keras.utils.set_random_seed(3)
    made = keras.Sequential([keras.Input([3]), keras.layers.Dense(1)])
    made.compile(loss="mse", optimizer=keras.optimizers.SGD(0.05), metrics=["mae"])
    return made


mlflow.keras.autolog(extra_tags={"team": "x"})
network().fit(X, Y, batch_size=5, epochs=2, verbose=0, validation_data=(X[:6], Y[:6]))

mlflow.keras.autolog(log_every_epoch=False, log_every_n_steps=3, log_models=False)
stop = keras.callbacks.EarlyStopping("loss", patience=1)
with mlflow.start_run(tags={"mine": "yes"}):
    data = tf.data.Dataset.from_tensor_slices((X, Y)).batch(4)
    network().fit(data, epochs=2, verbose=0, callbacks=[stop])

mlflow.keras.autolog(registered_model_name="net", log_datasets=False, log_model_signatures=False)
network().fit(tf.constant(X), tf.constant(Y), epochs=1, verbose=0)

mlflow.keras.autolog(save_exported_model=True)
batches = ((X[at : at + 5], Y[at : at + 5]) for at in range(0, 20, 5))
network().fit(batches, epochs=1, steps_per_epoch=4, verbose=0)

mlflow.keras.autolog(exclusive=True)
with mlflow.start_run():
    network().fit(X, Y, epochs=1, verbose=0)

mlflow.keras.autolog(disable=True)
with mlflow.start_run():
    network().fit(
        X, Y, epochs=2, verbose=0, validation_split=0.2, callbacks=[mlflow.keras.MlflowCallback()]
    )
    every = mlflow.keras.MlflowCallback(log_every_epoch=False, log_every_n_steps=2)
with mlflow.start_run():
    made = network()
    made.fit(X, Y, 5, 2, verbose=0, callbacks=[every])
    made.fit(X, Y, 4, 1, 0, [every])
    made.evaluate(X, Y, verbose=0, callbacks=[every])
