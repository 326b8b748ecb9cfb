"""Metrics, params and tags of the active run."""

from __future__ import annotations

import math
import sys
import threading
from typing import Any

import numpy as np
import pytest

import kipu
from kipu.entities import Dataset
from kipu.exceptions import InvalidParameter, MlflowException, ResourceNotFound
from kipu.utils.async_logging.run_operations import RunOperations

pytestmark = pytest.mark.usefixtures("fresh")


def history(run: kipu.ActiveRun, key: str) -> list[tuple[int, float]]:
    points = kipu.MlflowClient().get_metric_history(run.info.run_id, key)
    return [(point.step, point.value) for point in points]


class Tensor:
    """What a tensor of a deep learning library looks like from here."""

    def __init__(self, *values: float) -> None:
        self._values, self.shape = values, (len(values),)

    def item(self) -> float:
        (value,) = self._values
        return value


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (0.25, 0.25),
        (3, 3.0),
        (True, 1.0),
        ("0.5", 0.5),
        (np.float32(0.5), 0.5),
        (np.int64(7), 7.0),
        (np.array(2.5), 2.5),
        (np.array([[2.5]]), 2.5),
        (Tensor(1.5), 1.5),
        # As MLflow reads them back from a database.
        (float("inf"), sys.float_info.max),
        (float("-inf"), -sys.float_info.max),
    ],
)
def test_whatever_stands_for_one_number_can_be_logged(value: Any, stored: float) -> None:
    with kipu.start_run() as run:
        kipu.log_metric("one", value, step=3)
        kipu.log_metrics({"row": value, "other": 1.0}, step=4)
    assert history(run, "one") == [(3, stored)]
    assert history(run, "row") == [(4, stored)]


def test_nan_is_a_value() -> None:
    with kipu.start_run() as run:
        kipu.log_metric("loss", float("nan"))
    assert math.isnan(kipu.get_run(run.info.run_id).data.metrics["loss"])


@pytest.mark.parametrize("value", [None, "text", np.array([1.0, 2.0]), Tensor(1, 2), {}, 10**400])
def test_what_is_no_number_is_refused(value: Any) -> None:
    with kipu.start_run() as run:
        with pytest.raises(InvalidParameter, match="The value of metric 'loss' must be a number"):
            kipu.log_metric("loss", value)
        with pytest.raises(InvalidParameter):
            kipu.log_metrics({"fine": 1.0, "loss": value})
    assert kipu.get_run(run.info.run_id).data.metrics == {}


@pytest.mark.parametrize("key", ["a@b", "", "a//b", None, 7])
def test_a_wrong_key_is_refused_every_time(key: Any) -> None:
    with kipu.start_run():
        for _ in range(2):
            with pytest.raises(InvalidParameter):
                kipu.log_metric(key, 1.0)
            with pytest.raises(InvalidParameter):
                kipu.log_metrics({key: 1.0, "other": 2.0})


def test_steps_and_timestamps_are_whole_numbers() -> None:
    with kipu.start_run() as run:
        step: Any = np.int64(-4)
        timestamp: Any = np.int64(1700000000000)
        kipu.log_metric("m", 1.0, step, timestamp=timestamp)
        kipu.log_metric("m", 2.0, step=5.0)  # type: ignore[arg-type]
        for step in (1.5, "7", float("nan"), 1 << 70):
            with pytest.raises(InvalidParameter):
                kipu.log_metric("m", 1.0, step=step)
        with pytest.raises(InvalidParameter, match="milliseconds since 1970"):
            kipu.log_metric("m", 1.0, timestamp=-1)
    assert history(run, "m") == [(-4, 1.0), (5, 2.0)]
    points = kipu.MlflowClient().get_metric_history(run.info.run_id, "m")
    assert points[0].timestamp == 1700000000000


def test_what_was_logged_can_be_read_at_once() -> None:
    with kipu.start_run() as run:
        for step in range(1000):
            kipu.log_metric("loss", step / 2, step=step)
        assert kipu.get_run(run.info.run_id).data.metrics == {"loss": 499.5}
        assert len(history(run, "loss")) == 1000
        found = kipu.search_runs(filter_string="metrics.loss = 499.5", output_format="list")
        assert [one.info.run_id for one in found] == [run.info.run_id]


def test_a_run_may_be_named() -> None:
    with kipu.start_run() as run:
        pass
    kipu.log_metric("m", 1.0, run_id=run.info.run_id)
    kipu.log_metrics({"n": 2.0}, run_id=run.info.run_id)
    kipu.log_params({"p": 1}, run_id=run.info.run_id)
    assert kipu.active_run() is None
    data = kipu.get_run(run.info.run_id).data
    assert (data.metrics, data.params) == ({"m": 1.0, "n": 2.0}, {"p": "1"})


def test_a_run_that_is_not_there_is_refused_with_the_first_point() -> None:
    with pytest.raises(ResourceNotFound):
        kipu.log_metric("m", 1.0, run_id="f" * 32)
    with pytest.raises(InvalidParameter, match="Invalid run id"):
        kipu.log_metric("m", 1.0, run_id="not an id")


def test_a_deleted_run_takes_no_more_points() -> None:
    with kipu.start_run() as run:
        kipu.log_metric("m", 1.0)
        kipu.delete_run(run.info.run_id)
        with pytest.raises(InvalidParameter, match="restore_run"):
            kipu.log_metric("m", 2.0)
        kipu.restore_run(run.info.run_id)
        kipu.log_metric("m", 3.0)
    assert kipu.get_run(run.info.run_id).data.metrics == {"m": 3.0}


def test_synchronous_calls_return_when_the_point_is_stored() -> None:
    with kipu.start_run() as run:
        assert kipu.log_metric("m", 1.0, synchronous=True) is None
        assert kipu.log_metrics({"n": 2.0}, synchronous=True) is None
        store = kipu.MlflowClient()._tracking.store  # without waiting for the journal
        assert store.get_run(run.info.run_id).data.metrics == {"m": 1.0, "n": 2.0}


def test_asynchronous_calls_answer_with_operations() -> None:
    with kipu.start_run() as run:
        operations = [
            kipu.log_metric("m", 1.0, synchronous=False),
            kipu.log_metrics({"n": 2.0}, synchronous=False),
            kipu.log_param("p", 1, synchronous=False),
            kipu.log_params({"q": 2}, synchronous=False),
            kipu.set_tag("t", 3, synchronous=False),
            kipu.set_tags({"u": 4}, synchronous=False),
        ]
        for operation in operations:
            assert isinstance(operation, RunOperations)
            operation.wait()
        store = kipu.MlflowClient()._tracking.store
        data = store.get_run(run.info.run_id).data
        assert data.metrics == {"m": 1.0, "n": 2.0}
        assert data.params == {"p": "1", "q": "2"}
        assert (data.tags["t"], data.tags["u"]) == ("3", "4")


def test_a_failed_background_write_is_raised_by_its_handle() -> None:
    with kipu.start_run():
        kipu.log_param("p", 1)
        operation = kipu.log_param("p", 2, synchronous=False)
        with pytest.raises(MlflowException, match="1 background write"):
            operation.wait()
        kipu.log_param("q", 1)


def test_the_switch_counts_within_a_run_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_ENABLE_ASYNC_LOGGING", "false")
    with kipu.start_run() as run:
        assert kipu.log_metric("a", 1) is None
        kipu.config.enable_async_logging()
        operations = kipu.log_metric("a", 2, step=1)
        assert isinstance(operations, RunOperations)
        operations.wait()
        assert isinstance(kipu.log_param("p", 1), RunOperations)
        kipu.config.enable_async_logging(False)
        assert kipu.log_metric("a", 3, step=2) is None
        assert kipu.log_param("q", 2) == 2
    found = kipu.get_run(run.info.run_id).data
    assert (found.metrics, found.params) == ({"a": 3.0}, {"p": "1", "q": "2"})


def test_the_setting_makes_calls_asynchronous(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_ENABLE_ASYNC_LOGGING", "true")
    with kipu.start_run() as run:
        assert isinstance(kipu.log_metric("m", 1.0), RunOperations)
        assert isinstance(kipu.log_metrics({"m": 1.0, "n": 1.0}), RunOperations)
        assert isinstance(kipu.log_param("p", 1), RunOperations)
        kipu.flush_async_logging()
        store = kipu.MlflowClient()._tracking.store
        assert store.get_run(run.info.run_id).data.params == {"p": "1"}


def test_params_cannot_be_changed_and_say_so_at_once() -> None:
    with kipu.start_run():
        assert kipu.log_param("lr", 0.1) == 0.1
        assert kipu.log_param("lr", "0.1") == "0.1"
        with pytest.raises(InvalidParameter):
            kipu.log_param("lr", 0.2)
        with pytest.raises(InvalidParameter):
            kipu.log_params({"lr": 0.3, "other": 1})


def test_many_params_and_tags_are_split_into_batches() -> None:
    with kipu.start_run() as run:
        kipu.log_params({f"p{number}": number for number in range(250)})
        kipu.set_tags({f"t{number}": number for number in range(250)})
    data = kipu.get_run(run.info.run_id).data
    assert len(data.params) == 250
    assert {f"t{number}" for number in range(250)} <= data.tags.keys()


def test_none_becomes_text() -> None:
    with kipu.start_run() as run:
        kipu.log_param("p", None)
    assert kipu.get_run(run.info.run_id).data.params == {"p": "None"}


def test_tags_can_be_set_again_and_deleted() -> None:
    with kipu.start_run() as run:
        kipu.set_tag("a", 1)
        kipu.set_tag("a", 2)
        kipu.set_tag("b", 3)
        kipu.delete_tag("b")
        with pytest.raises(ResourceNotFound):
            kipu.delete_tag("b")
    tags = kipu.get_run(run.info.run_id).data.tags
    assert tags["a"] == "2"
    assert "b" not in tags


def test_a_point_may_belong_to_a_data_set_and_a_model() -> None:
    with kipu.start_run() as run:
        model_id = kipu.initialize_logged_model().model_id
        dataset = Dataset("digits", "abc", "local", "here")
        kipu.log_metric("m", 1.0, dataset=dataset, model_id=model_id)
    (point,) = kipu.MlflowClient().get_metric_history(run.info.run_id, "m")
    assert (point.dataset_name, point.dataset_digest, point.model_id) == ("digits", "abc", model_id)
    inputs = kipu.get_run(run.info.run_id).inputs
    assert inputs is not None
    assert inputs.dataset_inputs[0].dataset == dataset


class CountingStore:
    """Passes calls on, and remembers which came from the thread that made it."""

    def __init__(self, store: Any) -> None:
        self._store, self._thread = store, threading.current_thread()
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if threading.current_thread() is self._thread:
            self.calls.append(name)
        return getattr(self._store, name)


def test_a_point_in_a_loop_asks_nothing_of_the_store() -> None:
    with kipu.start_run() as run:
        tracking = kipu.MlflowClient()._tracking
        counting = tracking._store = CountingStore(tracking.store)
        for step in range(500):
            kipu.log_metric("loss", 1.0, step=step)
            kipu.log_metrics({"a": 1.0, "b": 2.0}, step=step)
            kipu.MlflowClient().log_metric(run.info.run_id, "client", 1.0, step=step)
        assert counting.calls == []
    assert counting.calls == ["update_run_info"]


def test_a_short_run_takes_few_calls_of_the_store() -> None:
    kipu.set_experiment("short")
    tracking = kipu.MlflowClient()._tracking
    counting = tracking._store = CountingStore(tracking.store)
    with kipu.start_run():
        kipu.log_params({"a": 1, "b": 2})
        kipu.log_metrics({"m": 1.0, "n": 2.0})
        kipu.set_tags({"t": 1, "u": 2})
    assert counting.calls == ["create_run", "log_batch", "log_batch", "update_run_info"]
