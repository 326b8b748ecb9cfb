"""Training with Keras as TensorFlow brings it, with checkpoints and TensorBoard's files."""

import mlflow
import mlflow.tensorflow
import numpy as np
import tensorflow as tf

keras = tf.keras
X = np.linspace(-1, 1, 60, dtype="float32").reshape(20, 3)
Y = X.sum(axis=1, keepdims=True)


def network(rate=0.05):
    keras.utils.set_random_seed(3)
    made = keras.Sequential([keras.Input([3]), keras.layers.Dense(1)])
    made.compile(loss="mse", optimizer=keras.optimizers.SGD(rate), metrics=["mae"])
    return made


class Batches(keras.utils.Sequence):
    def __len__(self):
        return 5

    def __getitem__(self, at):
        return X[at * 4 : at * 4 + 4], Y[at * 4 : at * 4 + 4]


mlflow.tensorflow.autolog(extra_tags={"team": "x"})
network().fit(X, Y, batch_size=5, epochs=2, verbose=0, validation_data=(X[:6], Y[:6]))

# The loss grows from the first epoch on, so the best weights are the first.
mlflow.tensorflow.autolog(
    log_input_examples=True, checkpoint_save_best_only=False, checkpoint_save_weights_only=True
)
stop = keras.callbacks.EarlyStopping("loss", patience=2, restore_best_weights=True)
with mlflow.start_run() as run:
    data = tf.data.Dataset.from_tensor_slices((X, Y)).batch(4)
    network(9.0).fit(data, epochs=6, verbose=0, callbacks=[stop])
    mlflow.log_metric(
        "of a checkpoint",
        float(
            mlflow.tensorflow.load_checkpoint(network(), run.info.run_id, epoch=1).evaluate(
                X, Y, verbose=0
            )[0]
        ),
    )

mlflow.tensorflow.autolog(
    log_models=False,
    log_every_epoch=False,
    log_every_n_steps=2,
    checkpoint_monitor="loss",
    checkpoint_save_freq=3,
)
# MLflow draws random numbers, in the order of which Keras shuffles these.
network().fit(Batches(), epochs=2, verbose=0, shuffle=False)

mlflow.tensorflow.autolog(
    checkpoint=False, log_model_signatures=False, keras_model_kwargs={"save_format": "h5"}
)
network().fit(tf.constant(X), tf.constant(Y), 5, 1, 0, [])

mlflow.tensorflow.autolog(disable=True)
with mlflow.start_run():
    keep = mlflow.tensorflow.MlflowModelCheckpointCallback(
        monitor="mae", save_best_only=False, save_freq=4
    )
    network().fit(
        X,
        Y,
        batch_size=5,
        epochs=2,
        verbose=0,
        callbacks=[mlflow.tensorflow.MlflowCallback(), keep],
    )

# Data sets by hand, and what a model takes according to tensors.
Slices = tf.data.Dataset.from_tensor_slices
pairs = Slices(({"a": X, "b": X[:, :2]}, Y))
described = {
    "tensor": mlflow.data.from_tensorflow(tf.constant(X)),
    "whole numbers": mlflow.data.from_tensorflow(tf.range(6), targets=tf.range(6)),
    "with targets": mlflow.data.from_tensorflow(tf.constant(X), targets=tf.constant(Y)),
    "a batch at a time": mlflow.data.from_tensorflow(
        Slices(X).batch(8), targets=Slices(Y).batch(8)
    ),
    "rows": mlflow.data.from_tensorflow(Slices(X)),
    "named": mlflow.data.from_tensorflow(Slices({"a": X, "b": X[:, :2]}).batch(4)),
    "tuples": mlflow.data.from_tensorflow(Slices((X, Y)).batch(4)),
    "filtered": mlflow.data.from_tensorflow(Slices(X).filter(lambda row: row[0] > 0)),
    "texts": mlflow.data.from_tensorflow(Slices(["a", "bc"]).batch(2)),
}
with mlflow.start_run():
    for name, data in described.items():
        mlflow.log_input(data, context=name)
    signature = mlflow.models.infer_signature(X, Y)
    mlflow.log_dict(signature.to_dict(), "signature.json")
    mlflow.log_dict(described["with targets"].to_dict(), "data.json")
