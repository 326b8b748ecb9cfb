"""The service: what reaches the store is complete and allowed."""

from __future__ import annotations

import inspect
import json
import logging
from pathlib import Path
from typing import Any, cast

import pytest

from kipu.entities import (
    Dataset,
    DatasetInput,
    ExperimentTag,
    InputTag,
    Metric,
    Param,
    Run,
    RunData,
    RunInfo,
    RunTag,
)
from kipu.exceptions import InvalidParameter
from kipu.series.points import Points
from kipu.service.tracking import TrackingService
from kipu.store.interface import BackingStore, ServedStore

RUN = "a" * 32


class RecordingStore:
    """Remembers each call; ``get_run`` answers with a run that has ``tags``."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.tags: list[RunTag] = []

    def get_run(self, run_id: str) -> Run:
        info = RunInfo(run_id, "1", "me", "RUNNING", 0, None, "active")
        return Run(info, RunData([], [], self.tags))

    def __getattr__(self, name: str) -> Any:
        return lambda *arguments: self.calls.append((name, arguments))


@pytest.fixture
def store() -> RecordingStore:
    return RecordingStore()


@pytest.fixture
def service(store: RecordingStore) -> TrackingService:
    return TrackingService(cast(BackingStore, store))


def test_the_service_has_every_method_of_a_store(service: TrackingService) -> None:
    for name, method in inspect.getmembers(ServedStore, inspect.isfunction):
        if not name.startswith("_"):
            mine = inspect.signature(getattr(TrackingService, name)).parameters
            assert list(mine) == list(inspect.signature(method).parameters), name


def test_the_service_is_a_store_for_the_type_checker(service: TrackingService) -> None:
    as_store: ServedStore = service
    assert as_store is service


class TestRuns:
    def test_a_run_without_a_name_gets_one(
        self, service: TrackingService, store: RecordingStore
    ) -> None:
        service.create_run("1", "me", 5, [], None)
        name = store.calls[0][1][4]
        adjective, noun, number = name.split("-")
        assert adjective.isalpha()
        assert noun.isalpha()
        assert number.isdigit()
        assert len(name) <= 20

    def test_the_name_may_come_from_the_tag(
        self, service: TrackingService, store: RecordingStore
    ) -> None:
        tags = [RunTag("mlflow.runName", "mine"), RunTag("a", "b")]
        service.create_run("1", "me", 5, tags, "")
        assert store.calls == [("create_run", ("1", "me", 5, [RunTag("a", "b")], "mine"))]

    def test_name_and_tag_that_differ_are_refused(self, service: TrackingService) -> None:
        with pytest.raises(InvalidParameter, match=r"'x' and its tag mlflow\.runName 'y' differ"):
            service.create_run("1", "me", 5, [RunTag("mlflow.runName", "y")], "x")

    def test_an_empty_new_name_leaves_the_name(
        self, service: TrackingService, store: RecordingStore
    ) -> None:
        service.update_run_info(RUN, "FINISHED", 7, "")
        assert store.calls == [("update_run_info", (RUN, "FINISHED", 7, None))]

    def test_an_unknown_status_is_refused(self, service: TrackingService) -> None:
        with pytest.raises(InvalidParameter, match="No run status 'DONE'"):
            service.update_run_info(RUN, "DONE", None, None)

    @pytest.mark.parametrize("size", [0, -1, 50001, True, "7"])
    def test_a_page_of_runs_has_1_to_50000(self, service: TrackingService, size: Any) -> None:
        with pytest.raises(InvalidParameter, match="max_results"):
            service.search_runs(["1"], None, 1, size, None, None)

    def test_a_logged_model_is_appended_to_the_tag(
        self, service: TrackingService, store: RecordingStore
    ) -> None:
        store.tags = [RunTag("mlflow.log-model.history", '[{"old": 1}]')]
        model = {"artifact_path": "m", "flavors": {}, "utc_time_created": "now", "run_id": RUN}
        service.record_logged_model(RUN, json.dumps(model))
        (name, (run_id, tag)) = store.calls[0]
        assert (name, run_id, tag.key) == ("set_tag", RUN, "mlflow.log-model.history")
        assert json.loads(tag.value) == [{"old": 1}, model]

    @pytest.mark.parametrize("text", ["{", "[]", "{}"])
    def test_a_model_without_the_needed_fields_is_refused(
        self, service: TrackingService, text: str
    ) -> None:
        with pytest.raises(InvalidParameter):
            service.record_logged_model(RUN, text)


class TestValues:
    def test_a_long_param_is_cut_with_a_warning(
        self,
        service: TrackingService,
        store: RecordingStore,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        with caplog.at_level(logging.WARNING):
            service.log_param(RUN, Param("p", "x" * 6001))
        assert store.calls[0][1][2] == [Param("p", "x" * 6000)]
        assert "cut from 6001 to 6000" in caplog.text

    def test_a_long_tag_is_refused_when_cutting_is_off(
        self, service: TrackingService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MLFLOW_TRUNCATE_LONG_VALUES", "false")
        with pytest.raises(InvalidParameter, match="has 8001 characters; at most 8000"):
            service.set_tag(RUN, RunTag("t", "x" * 8001))

    def test_values_at_the_limit_pass_untouched(
        self, service: TrackingService, store: RecordingStore
    ) -> None:
        tag = RunTag("t", "x" * 8000)
        service.set_tag(RUN, tag)
        assert store.calls == [("set_tag", (RUN, tag))]

    def test_a_long_experiment_tag_is_never_cut(self, service: TrackingService) -> None:
        with pytest.raises(InvalidParameter, match="at most 20000"):
            service.set_experiment_tag("1", ExperimentTag("t", "x" * 20001))

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.5, 0])
    def test_any_number_is_a_metric(self, service: TrackingService, value: float) -> None:
        service.log_metric(RUN, Metric("m", value, 0, -5))

    @pytest.mark.parametrize("value", ["1", None, True, [1]])
    def test_nothing_else_is_a_metric(self, service: TrackingService, value: Any) -> None:
        with pytest.raises(InvalidParameter, match="must be a number"):
            service.log_metric(RUN, Metric("m", value, 0, 0))

    @pytest.mark.parametrize("value", [10**400, 1j])
    def test_a_metric_fits_into_a_double(self, service: TrackingService, value: Any) -> None:
        with pytest.raises(InvalidParameter, match="must fit into a double"):
            service.log_metric(RUN, Metric("m", value, 0, 0))

    @pytest.mark.parametrize(("timestamp", "step"), [(-1, 0), (0, "1"), (0, 1 << 63), (None, 0)])
    def test_a_point_has_a_place_in_time(
        self, service: TrackingService, timestamp: Any, step: Any
    ) -> None:
        with pytest.raises(InvalidParameter):
            service.log_metric(RUN, Metric("m", 1.0, timestamp, step))


class TestBatches:
    @pytest.mark.parametrize(
        ("metrics", "params", "tags"), [(1001, 0, 0), (0, 101, 0), (0, 0, 101), (1000, 1, 0)]
    )
    def test_a_batch_has_limits(
        self, service: TrackingService, metrics: int, params: int, tags: int
    ) -> None:
        with pytest.raises(InvalidParameter, match="A batch may hold at most"):
            service.log_batch(
                RUN,
                [Metric("m", 1.0, 0, step) for step in range(metrics)],
                [Param(f"p{number}", "x") for number in range(params)],
                [RunTag(f"t{number}", "x") for number in range(tags)],
            )

    def test_a_param_twice_is_refused_even_when_equal(self, service: TrackingService) -> None:
        with pytest.raises(InvalidParameter, match="it repeats 'p'"):
            service.log_batch(RUN, [], [Param("p", "1"), Param("p", "1")], [])

    def test_points_are_checked_by_their_columns(self, service: TrackingService) -> None:
        good = Points.from_metrics([Metric("m", 1.0, 0, 0)])
        service.append_points(RUN, 1, 1, good)
        for wrong in (Metric("m@", 1.0, 0, 0), Metric("m", 1.0, -1, 0)):
            with pytest.raises(InvalidParameter):
                service.append_points(RUN, 1, 1, Points.from_metrics([wrong]))
        with pytest.raises(InvalidParameter):
            service.append_points(RUN, 1, 0, good)

    def test_a_data_set_needs_a_source_and_has_limits(self, service: TrackingService) -> None:
        fine = Dataset("d", "1", "local", "here")
        service.log_inputs(RUN, [DatasetInput(fine, [InputTag("k", "v")])], [])
        for wrong in (
            DatasetInput(Dataset("", "1", "local", "here")),
            DatasetInput(Dataset("d", "1" * 37, "local", "here")),
            DatasetInput(fine, [InputTag("k", "v" * 501)]),
        ):
            with pytest.raises(InvalidParameter):
                service.log_inputs(RUN, [wrong], [])


class TestExperiments:
    @pytest.mark.parametrize(
        "location", ["runs:/abc", "s3://b/x#y", "https://b/x;y", "/" + "x" * 2048]
    )
    def test_some_artifact_locations_are_refused(
        self, service: TrackingService, location: str
    ) -> None:
        with pytest.raises(InvalidParameter):
            service.create_experiment("e", location, [])

    def test_no_location_leaves_the_choice_to_the_store(
        self, service: TrackingService, store: RecordingStore
    ) -> None:
        service.create_experiment("e", "", [])
        assert store.calls == [("create_experiment", ("e", None, []))]

    def test_a_relative_folder_is_made_absolute(
        self,
        service: TrackingService,
        store: RecordingStore,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.chdir(tmp_path)
        service.create_experiment("e", "art", [])
        service.create_experiment("e", "s3://bucket/x", [])
        locations = [arguments[1] for _, arguments in store.calls]
        assert locations == [str(tmp_path / "art"), "s3://bucket/x"]

    def test_a_history_page_is_cut_to_25000(
        self, service: TrackingService, store: RecordingStore
    ) -> None:
        service.get_metric_history(RUN, "m", 99999, None)
        assert store.calls == [("get_metric_history", (RUN, "m", 25000, None))]

    @pytest.mark.parametrize(("buckets", "axis"), [(0, "step"), (4001, "step"), (10, "x")])
    def test_buckets_have_an_axis_and_a_number(
        self, service: TrackingService, buckets: int, axis: str
    ) -> None:
        with pytest.raises(InvalidParameter):
            service.read_buckets(RUN, "m", buckets, axis)
