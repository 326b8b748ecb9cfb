"""Automatic logging of Keras where it could harm, and layouts of models of old."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

import kipu
from kipu.exceptions import InvalidParameter, MlflowException, ResourceNotFound
from kipu.models import ModelSignature, infer_signature
from kipu.types.columns import TensorSpec
from kipu.types.schema import Schema

pytestmark = [pytest.mark.flavors, pytest.mark.timeout(600)]

X = np.linspace(-1, 1, 60, dtype="float32").reshape(20, 3)
Y = X.sum(axis=1, keepdims=True)


@pytest.fixture(scope="module")
def keras() -> Any:
    return pytest.importorskip("keras")


@pytest.fixture(scope="module")
def tf() -> Any:
    return pytest.importorskip("tensorflow")


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    kipu.set_tracking_uri(f"sqlite:///{tmp_path}/store.db")
    yield
    kipu.keras.autolog(disable=True)
    kipu.tensorflow.autolog(disable=True)
    while kipu.active_run():
        kipu.end_run()
    kipu.set_tracking_uri(None)


def network(keras: Any) -> Any:
    keras.utils.set_random_seed(3)
    made = keras.Sequential([keras.Input([3]), keras.layers.Dense(1)])
    made.compile(loss=keras.losses.MeanSquaredError(), optimizer=keras.optimizers.SGD(0.05))
    return made


def logged() -> list[Any]:
    client = kipu.MlflowClient()
    runs = client.search_runs(["0"], order_by=["attributes.start_time"])
    return [client.get_run(run.info.run_id) for run in runs]


def curve(run: Any, key: str) -> list[tuple[int, float]]:
    points = kipu.MlflowClient().get_metric_history(run.info.run_id, key)
    return [(point.step, point.value) for point in points]


def test_training_is_what_it_would_be_without(keras: Any, tf: Any) -> None:
    class Shuffled(keras.utils.Sequence):  # type: ignore[misc,name-defined]
        def __len__(self) -> int:
            return 5

        def __getitem__(self, at: int) -> Any:
            noise = np.random.normal(size=[4, 3]).astype("float32")
            return X[at * 4 : at * 4 + 4] + noise, Y[at * 4 : at * 4 + 4]

    def learn() -> list[Any]:
        made = network(keras)
        first = made.fit(Shuffled(), epochs=2, verbose=0).history["loss"]
        data = tf.data.Dataset.from_tensor_slices((X, Y)).shuffle(20, seed=5).batch(4)
        batches = ((X[at : at + 5], Y[at : at + 5]) for at in range(0, 20, 5))
        second = made.fit(data, epochs=2, verbose=0).history["loss"]
        return [first, second, made.fit(batches, verbose=0).history["loss"]]

    plain = learn()
    kipu.keras.autolog(log_models=False)
    assert learn() == plain
    kipu.keras.autolog(disable=True)
    kipu.tensorflow.autolog(log_models=False)
    assert learn() == plain
    assert [run.data.params["batch_size"] for run in logged()] == [
        "None", "4", "5", "4", "4", "5",
    ]  # fmt: skip


def test_an_error_of_logging_is_one_warning_and_training_goes_on(
    keras: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from kipu.autologging.keras import callbacks

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the store is away")

    kipu.keras.autolog(log_models=False)
    monkeypatch.setattr(callbacks, "log_metrics", fail)
    monkeypatch.setattr(callbacks, "log_text", fail)
    with caplog.at_level(logging.WARNING):
        history = network(keras).fit(X, Y, epochs=3, verbose=0)
    assert len(history.history["loss"]) == 3
    assert caplog.text.count("the store is away") == 1


def test_an_error_of_training_comes_through_and_marks_the_run(keras: Any) -> None:
    class Failing(keras.callbacks.Callback):  # type: ignore[misc,name-defined]
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            raise ZeroDivisionError("mine")

    kipu.keras.autolog()
    with pytest.raises(ZeroDivisionError, match="mine"):
        network(keras).fit(X, Y, verbose=0, callbacks=[Failing()])
    assert logged()[0].info.status == "FAILED"
    (model,) = kipu.search_logged_models(output_format="list")
    assert str(model.status) == "FAILED"
    with pytest.raises(TypeError):
        network(keras).fit(X, Y, no_such_argument=1)

    def batches() -> Iterator[Any]:
        raise ZeroDivisionError("in the data")
        yield

    with pytest.raises(ZeroDivisionError, match="in the data"):
        network(keras).fit(batches(), verbose=0)


def test_callbacks_of_the_user_stay_as_they_are(keras: Any) -> None:
    seen = []

    class Mine(keras.callbacks.Callback):  # type: ignore[misc,name-defined]
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            seen.append(epoch)

    kipu.keras.autolog(log_models=False, log_datasets=False)
    made, mine = network(keras), [Mine()]
    made.fit(X, Y, 5, 1, 0, mine)
    made.fit(X, Y, verbose=0, callbacks=mine)
    made.fit(X, Y, verbose=0, callbacks=tuple(mine))
    made.fit(X, Y, verbose=0, callbacks=mine[0])
    whole = keras.callbacks.CallbackList(mine, add_history=True, model=made)
    made.fit(X, Y, verbose=0, callbacks=whole)
    made.fit(X, Y, verbose=0, callbacks=None)
    assert len(mine) == 1
    assert len(whole.callbacks) == 2
    assert seen == [0] * 5
    runs = logged()
    assert [len(curve(run, "loss")) for run in runs] == [1] * 6
    assert runs[0].data.params["batch_size"] == "5"


def test_a_callback_of_ours_and_autologging_do_not_log_twice(keras: Any) -> None:
    kipu.keras.autolog(log_models=False)
    with kipu.start_run():
        network(keras).fit(X, Y, verbose=0, callbacks=[kipu.keras.MlflowCallback()])
    assert len(curve(logged()[0], "loss")) == 1


def test_keras_does_not_wait_for_each_step_where_epochs_are_logged(keras: Any) -> None:
    def waits(callback: Any) -> bool:
        hooks = (callback.on_train_batch_end, callback.on_batch_end)
        return not all(getattr(hook, "_is_default", False) for hook in hooks)

    heard = []

    class Mine(kipu.keras.MlflowCallback):  # type: ignore[misc]
        def on_batch_end(self, batch: int, logs: Any = None) -> None:
            heard.append(batch)

    assert not waits(kipu.keras.MlflowCallback())
    assert not waits(kipu.tensorflow.MlflowModelCheckpointCallback())
    assert waits(kipu.tensorflow.MlflowModelCheckpointCallback(save_freq=2))
    assert waits(kipu.keras.MlflowCallback(log_every_epoch=False, log_every_n_steps=2))
    with kipu.start_run():
        network(keras).fit(X, Y, batch_size=5, verbose=0, callbacks=[Mine()])
    assert heard == [0, 1, 2, 3]


def test_steps_are_counted_as_the_optimizer_does(keras: Any) -> None:
    made = network(keras)
    made.compile(loss="mse", optimizer="sgd", steps_per_execution=2)
    every = kipu.keras.MlflowCallback(log_every_epoch=False, log_every_n_steps=4)
    with kipu.start_run():
        made.fit(X, Y, batch_size=5, epochs=2, verbose=0, callbacks=[every])
        made.fit(X, Y, batch_size=5, epochs=1, verbose=0, callbacks=[every])
    assert [step for step, _ in curve(logged()[0], "loss")] == [4, 8, 12]


def test_callbacks_refuse_what_contradicts_itself(keras: Any) -> None:
    with pytest.raises(ValueError, match="log_every_epoch is to be False"):
        kipu.keras.MlflowCallback(log_every_n_steps=3)
    with pytest.raises(ValueError, match="Say after how many steps"):
        kipu.tensorflow.MlflowCallback(log_every_epoch=False)
    with pytest.raises(InvalidParameter, match="mode='min' or 'max'"):
        kipu.tensorflow.MlflowModelCheckpointCallback(mode="best")
    with pytest.raises(InvalidParameter, match="name a metric"):
        kipu.tensorflow.MlflowModelCheckpointCallback(monitor=None)


def test_data_without_an_end_is_described_by_an_epoch(keras: Any, tf: Any) -> None:
    kipu.keras.autolog(log_models=False)
    data = tf.data.Dataset.from_tensor_slices((X, Y)).batch(4)
    network(keras).fit(data.repeat(), steps_per_epoch=5, epochs=2, verbose=0)
    network(keras).fit(data, verbose=0)
    endless, whole = (run.inputs.dataset_inputs[0].dataset for run in logged())
    assert endless.digest == whole.digest


def test_a_model_of_named_inputs_has_them_in_its_signature(keras: Any) -> None:
    a, b = keras.Input([3], name="a"), keras.Input([2], name="b", dtype="int32")
    both = keras.layers.Concatenate()([a, keras.ops.cast(b, "float32")])
    made = keras.Model([a, b], [keras.layers.Dense(1, name=name)(both) for name in ("u", "v")])
    made.compile(loss="mse", optimizer="sgd")
    whole = np.ones([20, 2], "int32")
    kipu.keras.autolog(log_input_examples=True)
    made.fit([X, whole], [Y, Y], verbose=0)
    loaded = kipu.pyfunc.load_model(kipu.last_logged_model().model_uri)
    told = loaded.metadata.signature.inputs.to_dict()
    assert [(one["name"], one["tensor-spec"]["dtype"]) for one in told] == [
        ("a", "float32"), ("b", "int32"),
    ]  # fmt: skip
    assert loaded.predict({"a": X, "b": whole}).shape == (2, 20, 1)
    assert set(loaded.input_example) == {"a", "b"}


def rewritten(folder: Path, flavor: str, conf: dict[str, Any], loader: str, data: str) -> str:
    """Make a model's description one that an older MLflow wrote."""
    file = folder / "MLmodel"
    told = yaml.safe_load(file.read_text())
    generic = {"loader_module": loader, "data": data, "python_version": "3.8.1"}
    kept = {key: told[key] for key in ("signature", "utc_time_created") if key in told}
    flavors = {flavor: conf, "python_function": {key: one for key, one in generic.items() if one}}
    file.write_text(yaml.safe_dump({**kept, "flavors": flavors}))
    return str(folder)


def test_layouts_of_old_are_read(keras: Any, tf: Any, tmp_path: Path) -> None:
    made = network(keras)
    expected = made.predict(X, verbose=0)
    signature = infer_signature(X, expected)

    def saved(name: str, **more: Any) -> Path:
        kipu.tensorflow.save_model(
            made, tmp_path / name, signature=signature, pip_requirements=["x"], **more
        )
        return tmp_path / name

    folder = saved("h5", keras_model_kwargs={"save_format": "h5"})
    conf = {"data": "data", "keras_module": "keras", "keras_version": "2.3.1"}
    of_keras = rewritten(folder, "keras", conf, "mlflow.keras", "data")
    assert isinstance(kipu.keras.load_model(of_keras), keras.Model)
    assert isinstance(kipu.tensorflow.load_model(of_keras), keras.Model)

    folder = saved("moved", keras_model_kwargs={"save_format": "h5"})
    (folder / "data/keras_module.txt").write_text("tensorflow_core.python.keras")
    conf = {"data": "data", "model_type": "keras", "keras_version": "2.9.0"}
    moved = rewritten(folder, "tensorflow", conf, "mlflow.tensorflow", "data")

    folder = saved("folder")
    (folder / "data/model.keras").unlink()
    made.export(str(folder / "data/model"), verbose=False)
    conf = {"data": "data", "model_type": "keras", "save_format": "tf"}
    as_folder = rewritten(folder, "tensorflow", conf, "mlflow.tensorflow", "data")

    for uri in (of_keras, moved, as_folder):
        answer = kipu.pyfunc.load_model(uri).predict(X)
        answer = next(iter(answer.values())) if isinstance(answer, dict) else answer
        np.testing.assert_allclose(answer, expected, rtol=1e-5)

    class Doubling(tf.Module):  # type: ignore[misc,name-defined]
        @tf.function(input_signature=[tf.TensorSpec([None], tf.float32, name="x")])
        def double(self, x: Any) -> Any:
            return {"y": x * 2}

    module = Doubling()
    folder = tmp_path / "estimator"
    tf.saved_model.save(module, str(folder / "saved"), signatures={"predict": module.double})
    (folder / "MLmodel").write_text("{}")
    conf = {
        "saved_model_dir": "saved", "meta_graph_tags": ["serve"], "signature_def_key": "predict",
    }  # fmt: skip
    uri = rewritten(folder, "tensorflow", conf, "mlflow.tensorflow", "")
    old = kipu.pyfunc.load_model(uri)
    assert old.predict({"x": np.array([1.0, 2.0], "float32")}) == {"y": [2.0, 4.0]}
    assert kipu.tensorflow.load_model(uri)(x=tf.constant([3.0]))["y"].numpy().tolist() == [6.0]
    rewritten(folder, "tensorflow", {**conf, "signature_def_key": "z"}, "mlflow.tensorflow", "")
    with pytest.raises(MlflowException, match="has no function 'z', but these: predict"):
        kipu.tensorflow.load_model(uri)
    rewritten(folder, "tensorflow", {**conf, "model_type": "tf9"}, "mlflow.tensorflow", "")
    with pytest.raises(MlflowException, match="unknown kind, 'tf9'"):
        kipu.tensorflow.load_model(uri)


def test_what_keras_is_to_be_told_reaches_it(keras: Any, tmp_path: Path) -> None:
    def twice(values: Any) -> Any:
        return values * 2

    layer = keras.layers.Dense(1, activation=twice)
    made = keras.Sequential([keras.Input([3]), layer])
    made.compile(loss="mse", optimizer="sgd")
    uri = str(tmp_path / "model")
    with pytest.raises(ValueError, match="no_such"):
        kipu.keras.save_model(made, tmp_path / "odd", save_model_kwargs={"no_such": 1})
    requirements = kipu.keras.get_default_pip_requirements()
    kipu.keras.save_model(made, uri, pip_requirements=requirements, input_example=X[:2])
    with pytest.raises(TypeError):
        kipu.keras.load_model(uri)
    told = {"custom_objects": {"twice": twice}, "load_model_kwargs": {"compile": False}}
    loaded = kipu.keras.load_model(uri, **told)
    assert not loaded.compiled
    np.testing.assert_allclose(loaded.predict(X, verbose=0), made.predict(X, verbose=0))
    assert "keras" in str(kipu.keras.get_default_conda_env())


def test_requirements_are_those_that_mlflow_finds(keras: Any, tf: Any, tmp_path: Path) -> None:
    made = network(keras)
    signature = infer_signature(X, Y)
    for flavor, expected in (
        (kipu.keras, {"mlflow", "keras", "numpy", "tensorflow-cpu"}),
        (kipu.tensorflow, {"mlflow", "cloudpickle", "numpy", "tensorflow-cpu", "tensorflow"}),
    ):
        folder = tmp_path / flavor.FLAVOR_NAME
        flavor.save_model(made, folder, signature=signature)
        lines = (folder / "requirements.txt").read_text().splitlines()
        assert {line.partition("==")[0] for line in lines} == expected


def test_pickled_objects_are_loaded_only_where_that_is_allowed(
    keras: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = str(tmp_path / "model")
    custom = {"custom_objects": {"one": abs}, "pip_requirements": ["x"]}
    kipu.tensorflow.save_model(network(keras), uri, **custom)
    kipu.tensorflow.load_model(uri)
    monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
    with pytest.raises(MlflowException, match="forbids to load such"):
        kipu.tensorflow.load_model(uri)


def test_refusals_say_what_is_wrong(keras: Any, tmp_path: Path) -> None:
    made, save = network(keras), kipu.keras.save_model
    with pytest.raises(ValueError, match="needs a signature"):
        save(made, tmp_path / "a", save_exported_model=True)
    fixed = ModelSignature(Schema([TensorSpec(np.dtype("float32"), [20, 3])]))
    with pytest.raises(InvalidParameter, match="this one has the shape"):
        save(made, tmp_path / "b", signature=fixed)
    with pytest.raises(InvalidParameter, match="to be tensors"):
        save(made, tmp_path / "c", signature=infer_signature([1.0]))
    with pytest.raises(MlflowException, match="or a Keras model, not 'int'"):
        kipu.tensorflow.save_model(3, tmp_path / "d")
    assert not any((tmp_path / name).exists() for name in "abcd")
    with pytest.raises(MlflowException, match="no run is active"):
        kipu.tensorflow.load_checkpoint()
    with kipu.start_run() as run:
        with pytest.raises(MlflowException, match="has no checkpoint"):
            kipu.tensorflow.load_checkpoint()
        with pytest.raises(MlflowException, match="not both"):
            kipu.tensorflow.load_checkpoint(epoch=1, global_step=1)
        keep = kipu.tensorflow.MlflowModelCheckpointCallback("loss", save_weights_only=True)
        made.fit(X, Y, verbose=0, callbacks=[keep])
        with pytest.raises(MlflowException, match="weights alone"):
            kipu.tensorflow.load_checkpoint(run_id=run.info.run_id)
        with pytest.raises(ResourceNotFound):
            kipu.tensorflow.load_checkpoint(made, epoch=7)
        assert kipu.tensorflow.load_checkpoint(made) is made
