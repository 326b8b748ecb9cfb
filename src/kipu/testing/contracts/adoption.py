"""What ``AdoptionStore`` promises."""
# ruff: noqa: D102 - the names are the sentences

from __future__ import annotations

import math
from typing import Protocol

from kipu.entities import (
    Dataset,
    DatasetInput,
    Experiment,
    ExperimentTag,
    InputTag,
    LifecycleStage,
    LoggedModel,
    LoggedModelInput,
    LoggedModelOutput,
    LoggedModelStatus,
    Metric,
    Param,
    Run,
    RunData,
    RunInfo,
    RunInputs,
    RunOutputs,
    RunTag,
)
from kipu.entities.model_registry import ModelVersion, RegisteredModel
from kipu.series.points import Points
from kipu.store.adoption import AdoptedVersion, AdoptionStore
from kipu.store.interface import BackingStore
from kipu.testing.contracts.refusals import ABSENT_EXPERIMENT, refused

NUMBER = "441157946289383731"
MODEL_ID = "m-" + "3" * 32


class AdoptingStore(BackingStore, AdoptionStore, Protocol):
    """A store that can be asked what it took over."""


class AdoptionContract:
    """Inherit, and provide the fixture ``store``."""

    def test_an_adopted_experiment_keeps_all_it_was(self, store: AdoptingStore) -> None:
        given = _experiment()
        assert store.adopt_experiment(given)
        assert store.get_experiment(NUMBER) == given
        assert NUMBER in store.held().experiments

    def test_what_is_there_is_left_alone(self, store: AdoptingStore) -> None:
        assert store.adopt_experiment(_experiment())
        assert not store.adopt_experiment(_experiment("other name"))
        assert store.get_experiment(NUMBER).name == "taken over"
        run = _run("1" * 32)
        assert store.adopt_run(run, Points.from_metrics([]), None)
        again = _run("1" * 32, name="again")
        assert not store.adopt_run(again, Points.from_metrics([]), None)
        assert store.get_run("1" * 32).info.run_name == "one"
        assert store.adopt_logged_model(_model(), False)
        assert not store.adopt_logged_model(_model(), True)
        assert store.get_logged_model(MODEL_ID).name == "net"
        assert store.adopt_registered_model(RegisteredModel("shop", 1, 2), [], 0)
        assert not store.adopt_registered_model(RegisteredModel("shop", 3, 4), [], 7)
        assert store.get_registered_model("shop").creation_timestamp == 1

    def test_an_experiment_that_holds_nothing_is_replaced(self, store: AdoptingStore) -> None:
        given = Experiment("0", "mine", "/away/0", LifecycleStage.ACTIVE, [], 5, 6)
        assert store.adopt_experiment(given)
        assert store.get_experiment("0") == given
        assert store.get_experiment_by_name("Default") is None
        made = store.create_run("0", None, 1, [], "r")
        assert made.info.artifact_uri == f"/away/0/{made.info.run_id}/artifacts"
        assert not store.adopt_experiment(Experiment("0", "other", "/b", "active", [], 5, 6))

    def test_a_name_that_another_experiment_has_is_refused(self, store: AdoptingStore) -> None:
        with refused("RESOURCE_ALREADY_EXISTS", "Default"):
            store.adopt_experiment(_experiment("Default"))
        assert store.held().experiments == {"0"}

    def test_an_adopted_run_keeps_all_it_had(self, store: AdoptingStore) -> None:
        store.adopt_experiment(_experiment())
        run_id = "1" * 32
        dataset = Dataset("d", "1a", "local", "{}", '{"s": 1}', None)
        run = Run(
            RunInfo(run_id, NUMBER, "ana", "FAILED", 1000, 2000, "active", "/else/a", "one"),
            RunData(params=[Param("lr", "0.1")], tags=[RunTag("team", "red")]),
            RunInputs([DatasetInput(dataset, [InputTag("k", "v")])], [LoggedModelInput("m-1")]),
            RunOutputs([LoggedModelOutput("m-2", 4)]),
        )
        points = [Metric("loss", 1 / step, 1000 + step, step) for step in range(1, 6)]
        points.append(Metric("nan", math.nan, 1, 0))
        assert store.adopt_run(run, Points.from_metrics(points), None)
        stored = store.get_run(run_id)
        assert stored.info == run.info
        assert stored.data.params == {"lr": "0.1"}
        assert stored.data.tags == {"team": "red"}
        assert stored.data.metrics["loss"] == 0.2
        assert math.isnan(stored.data.metrics["nan"])
        assert stored.inputs == run.inputs
        assert stored.outputs == run.outputs
        history = store.get_metric_history(run_id, "loss", None, None)
        assert [(one.timestamp, one.step, one.value) for one in history] == [
            (1000 + step, step, 1 / step) for step in range(1, 6)
        ]
        assert store.held().runs == {run_id}
        store.log_batch(run_id, [Metric("loss", 9.0, 9000, 9)], [], [])
        assert store.get_run(run_id).data.metrics["loss"] == 9.0

    def test_runs_of_one_moment_all_find_room(self, store: AdoptingStore) -> None:
        store.adopt_experiment(_experiment())
        ids = [f"{'a' * 31}{last}" for last in "0123"]
        for run_id in ids:
            assert store.adopt_run(_run(run_id), Points.from_metrics([]), None)
        found = store.search_runs([NUMBER], None, 1, 10, None, None)
        assert sorted(run.info.run_id for run in found) == ids

    def test_what_was_deleted_stays_so_and_can_be_restored(self, store: AdoptingStore) -> None:
        gone = Experiment(NUMBER, "gone", "/away", LifecycleStage.DELETED, [], 5, 60)
        store.adopt_experiment(gone)
        store.adopt_run(_run("1" * 32, stage="deleted"), Points.from_metrics([]), 60)
        store.adopt_run(_run("2" * 32, stage="deleted"), Points.from_metrics([]), 50)
        store.adopt_logged_model(_model(), True)
        assert {one.id: one.deleted for one in store.deleted_runs()} == {
            "1" * 32: 60,
            "2" * 32: 50,
        }
        assert [one.id for one in store.deleted_models()] == [MODEL_ID]
        store.restore_experiment(NUMBER)
        assert store.get_run("1" * 32).info.lifecycle_stage == "active"
        assert store.get_run("2" * 32).info.lifecycle_stage == "deleted"

    def test_a_run_or_model_without_its_experiment_is_refused(self, store: AdoptingStore) -> None:
        with refused("RESOURCE_DOES_NOT_EXIST", NUMBER):
            store.adopt_run(_run("1" * 32), Points.from_metrics([]), None)
        with refused("RESOURCE_DOES_NOT_EXIST", NUMBER):
            store.adopt_logged_model(_model(), False)
        assert store.held().runs == set()
        with refused("RESOURCE_DOES_NOT_EXIST"):
            store.get_experiment(ABSENT_EXPERIMENT)

    def test_an_adopted_model_keeps_its_points(self, store: AdoptingStore) -> None:
        store.adopt_experiment(_experiment())
        given = _model([Metric("acc", 0.5, 3, 1, MODEL_ID, "d", "1a", "5" * 32)])
        store.adopt_logged_model(given, False)
        assert store.get_logged_model(MODEL_ID) == given
        # The run has a point that names the model, too, and it is one point of the model.
        point = Metric("acc", 0.5, 3, 1, MODEL_ID, "d", "1a")
        store.adopt_run(_run("5" * 32), Points.from_metrics([point]), None)
        assert store.get_logged_model(MODEL_ID) == given
        assert store.get_run("5" * 32).data.metrics == {"acc": 0.5}

    def test_an_adopted_registered_model_counts_on(self, store: AdoptingStore) -> None:
        model = RegisteredModel("shop", 1, 2, "sells", None, {"k": "v"}, {"best": "2"})
        version = ModelVersion(
            "shop", "2", 3, 4, "second", "ana", "Staging", "models:/m-1", "5" * 32,
            tags={"a": "b"}, run_link="http://x", model_id="m-1",
        )  # fmt: skip
        assert store.adopt_registered_model(model, [AdoptedVersion(version, "/files")], 3)
        found = store.get_registered_model("shop")
        assert (found.description, found.tags, found.aliases) == (
            "sells", {"k": "v"}, {"best": "2"}
        )  # fmt: skip
        assert (found.creation_timestamp, found.last_updated_timestamp) == (1, 2)
        stored = store.get_model_version("shop", "2")
        version.aliases = ["best"]
        assert stored == version
        assert store.get_model_version_download_uri("shop", "2") == "/files"
        made = store.create_model_version("shop", "s3://b/c", None, [], None, None, None)
        assert made.version == "4"


def _experiment(name: str = "taken over") -> Experiment:
    tags = [ExperimentTag("team", "red")]
    return Experiment(NUMBER, name, "/away/1", LifecycleStage.ACTIVE, tags, 5, 6)


def _run(run_id: str, stage: str = "active", name: str = "one") -> Run:
    info = RunInfo(run_id, NUMBER, "ana", "FINISHED", 1000, 2000, stage, None, name)
    return Run(info, RunData())


def _model(metrics: list[Metric] | None = None) -> LoggedModel:
    return LoggedModel(
        NUMBER, MODEL_ID, "net", "/files/net", 1, 2, "torch", "5" * 32, LoggedModelStatus.READY,
        None, {"t": "1"}, {"p": "2"}, metrics,
    )  # fmt: skip
