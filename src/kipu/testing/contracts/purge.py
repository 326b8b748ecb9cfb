"""What ``PurgeStore`` promises."""
# ruff: noqa: D102 - the names are the sentences

from __future__ import annotations

import pytest

from kipu.entities import (
    Dataset,
    DatasetInput,
    ExperimentTag,
    LoggedModelOutput,
    Metric,
    Param,
    RunTag,
    ViewType,
)
from kipu.series.points import Points
from kipu.store.interface import ServedStore
from kipu.testing.contracts.refusals import ABSENT_RUN, refused


class PurgeContract:
    """Inherit, and provide the fixture ``store``."""

    @pytest.fixture
    def experiment_id(self, store: ServedStore) -> str:
        return store.create_experiment("doomed", None, [ExperimentTag("why", "tried")])

    def test_a_purged_run_is_gone_with_all_it_had(
        self, store: ServedStore, experiment_id: str
    ) -> None:
        doomed, other = _full_run(store, experiment_id), _full_run(store, experiment_id)
        store.delete_run(doomed)
        store.purge_runs([doomed])
        for read in (store.get_run, store.get_run_document, store.metric_summaries):
            with refused("RESOURCE_DOES_NOT_EXIST", doomed):
                read(doomed)
        with refused("RESOURCE_DOES_NOT_EXIST", doomed):
            store.get_metric_history(doomed, "m", None, None)
        with refused("RESOURCE_DOES_NOT_EXIST", doomed):
            store.append_points(doomed, 7, 3, Points.from_metrics([Metric("m", 1.0, 1, 1)]))
        with refused("RESOURCE_DOES_NOT_EXIST", doomed):
            store.restore_run(doomed)
        assert store.deleted_runs() == []
        found = store.search_runs([experiment_id], None, ViewType.ALL, 10, None, None)
        assert [run.info.run_id for run in found] == [other]
        assert len(store.get_metric_history(other, "m", None, None)) == 20
        assert found[0].inputs is not None
        assert len(found[0].inputs.dataset_inputs) == 1

    def test_what_was_deleted_tells_where_its_artifacts_are(
        self, store: ServedStore, experiment_id: str
    ) -> None:
        run_id, elsewhere = _full_run(store, experiment_id), _full_run(store, "0")
        store.delete_run(run_id)
        store.delete_run(elsewhere)
        (run,) = store.deleted_runs(experiment_id)
        assert (run.id, run.experiment_id) == (run_id, experiment_id)
        assert run.artifact_uri == store.get_run(run_id).info.artifact_uri
        assert run.deleted > 1_700_000_000_000
        assert {one.id for one in store.deleted_runs()} == {run_id, elsewhere}
        assert store.deleted_experiments() == []
        store.delete_experiment(experiment_id)
        (experiment,) = store.deleted_experiments()
        assert experiment.id == experiment_id
        location = store.get_experiment(experiment_id).artifact_location
        assert experiment.artifact_uri == location

    def test_an_active_run_is_not_purged_nor_what_was_named_with_it(
        self, store: ServedStore
    ) -> None:
        active, deleted = _full_run(store, "0"), _full_run(store, "0")
        store.delete_run(deleted)
        with refused("INVALID_PARAMETER_VALUE", active):
            store.purge_runs([deleted, active])
        assert store.get_run(deleted).data.params == {"p": "1"}
        assert store.get_run(active).info.lifecycle_stage == "active"

    def test_purging_again_is_harmless(self, store: ServedStore, experiment_id: str) -> None:
        run_id = _full_run(store, experiment_id)
        store.delete_experiment(experiment_id)
        for _ in range(2):
            store.purge_runs([run_id, ABSENT_RUN])
            store.purge_models(["m-gone"])
            store.purge_experiment(experiment_id)

    def test_a_purged_experiment_frees_its_name(
        self, store: ServedStore, experiment_id: str
    ) -> None:
        run_id = _full_run(store, experiment_id)
        store.delete_experiment(experiment_id)
        with refused("INVALID_STATE", "runs"):
            store.purge_experiment(experiment_id)
        store.purge_runs([run_id])
        store.purge_experiment(experiment_id)
        with refused("RESOURCE_DOES_NOT_EXIST", experiment_id):
            store.get_experiment(experiment_id)
        again = store.create_experiment("doomed", None, [])
        assert again != experiment_id
        assert store.get_experiment(again).tags == {}
        with refused("RESOURCE_DOES_NOT_EXIST", experiment_id):
            store.create_run(experiment_id, "u", 1, [], "late")

    def test_an_active_experiment_is_not_purged(
        self, store: ServedStore, experiment_id: str
    ) -> None:
        with refused("INVALID_PARAMETER_VALUE", experiment_id):
            store.purge_experiment(experiment_id)
        assert store.get_experiment(experiment_id).name == "doomed"

    def test_an_experiments_models_go_before_it(
        self, store: ServedStore, experiment_id: str
    ) -> None:
        model = store.create_logged_model(experiment_id, "net", None, [], [], None)
        store.delete_experiment(experiment_id)
        assert store.deleted_models() == []
        (found,) = store.deleted_models(experiment_id)
        assert (found.id, found.artifact_uri) == (model.model_id, model.artifact_location)
        with refused("INVALID_STATE", "models"):
            store.purge_experiment(experiment_id)
        store.purge_models([model.model_id])
        with refused("RESOURCE_DOES_NOT_EXIST", model.model_id):
            store.get_logged_model(model.model_id)
        store.purge_experiment(experiment_id)

    def test_an_active_model_is_not_purged_nor_what_was_named_with_it(
        self, store: ServedStore, experiment_id: str
    ) -> None:
        active, deleted = (
            store.create_logged_model(experiment_id, "net", None, [], [], None).model_id
            for _ in range(2)
        )
        store.delete_logged_model(deleted)
        with refused("INVALID_PARAMETER_VALUE", active):
            store.purge_models([deleted, active])
        assert store.get_logged_model(active).model_id == active
        assert [model.id for model in store.deleted_models()] == [deleted]
        store.delete_experiment(experiment_id)
        store.purge_models([deleted, active])
        assert store.deleted_models(experiment_id) == []

    def test_what_a_purged_run_measured_of_a_model_goes_with_it(self, store: ServedStore) -> None:
        elsewhere = store.create_experiment("models", None, [])
        model = store.create_logged_model(elsewhere, "net", None, [], [], None)
        doomed, stays = _full_run(store, "0"), _full_run(store, "0")
        for value, run_id in enumerate((doomed, stays)):
            point = Metric("acc", float(value), 1, 1, model_id=model.model_id)
            store.log_batch(run_id, [point], [], [])
        store.delete_run(doomed)
        store.purge_runs([doomed])
        left = store.get_logged_model(model.model_id).metrics
        assert left is not None
        assert [(point.value, point.run_id) for point in left] == [(1.0, stays)]

    def test_space_comes_back(self, store: ServedStore) -> None:
        run_id = _full_run(store, "0")
        big = "x" * 6_000
        for at in range(0, 1_000, 100):
            params = [Param(f"p{at + i}", f"{at + i}{big}") for i in range(100)]
            store.log_batch(run_id, [], params, [])
        store.delete_run(run_id)
        assert store.reclaim() == 0
        store.purge_runs([run_id])
        assert store.reclaim() > 5_000_000
        assert store.reclaim() == 0


def _full_run(store: ServedStore, experiment_id: str) -> str:
    """A run with something of each kind."""
    run_id = store.create_run(experiment_id, "ada", 1_700_000_000_000, [], "r").info.run_id
    points = [Metric("m", float(i), i, i) for i in range(10)]
    store.log_batch(run_id, points, [Param("p", "1")], [RunTag("t", "1")])
    store.append_points(
        run_id, 7, 1, Points.from_metrics([Metric("m", 1.0, 100 + i, 100 + i) for i in range(10)])
    )
    dataset = Dataset("train", "d1", "local", "{}", None, None)
    store.log_inputs(run_id, [DatasetInput(dataset, [])], [])
    store.log_outputs(run_id, [LoggedModelOutput("m-1", 5)])
    store.update_run_info(run_id, "FINISHED", 5, None)
    return run_id
