"""What ``EndedRunStore`` promises."""
# ruff: noqa: D102 - the names are the sentences

from __future__ import annotations

import math

import pytest

from kipu.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag
from kipu.exceptions import ResourceNotFound
from kipu.store.ended_runs import EndedRun
from kipu.store.interface import TrackingStore

NAME_TAG = "mlflow.runName"
CANDIDATE = EndedRun(
    "ada",
    1_700_000_000_000,
    1_700_000_060_000,
    "first",
    tags=[RunTag("a", "1"), RunTag("ünï", "çødé")],
    params=[Param("depth", "3"), Param("C", "0.1")],
    metrics=[
        Metric("score", 0.5, 7, 0, None, "data", "d1"),
        Metric("time", 1.5, 7, 0),
        Metric("time", math.nan, 8, 1),
    ],
    datasets=[
        DatasetInput(
            Dataset("data", "d1", "code", "{}"), [InputTag("mlflow.data.context", "train")]
        )
    ],
)


class EndedRunContract:
    """Inherit, and provide the fixture ``store``."""

    def test_a_run_that_is_over_reads_back_as_it_was_given(self, store: TrackingStore) -> None:
        (run_id,) = store.add_ended_runs("0", [CANDIDATE])
        run = store.get_run(run_id)
        info = run.info
        assert (info.experiment_id, info.user_id, info.run_name) == ("0", "ada", "first")
        assert (info.status, info.lifecycle_stage) == ("FINISHED", "active")
        assert (info.start_time, info.end_time) == (1_700_000_000_000, 1_700_000_060_000)
        assert run.data.tags == {"a": "1", "ünï": "çødé", NAME_TAG: "first"}
        assert run.data.params == {"depth": "3", "C": "0.1"}
        assert run.data.metrics["score"] == 0.5
        assert math.isnan(run.data.metrics["time"])
        (score,) = store.get_metric_history(run_id, "score", None, None)
        assert (score.value, score.timestamp, score.dataset_digest) == (0.5, 7, "d1")
        assert len(store.get_metric_history(run_id, "time", None, None)) == 2
        assert run.inputs is not None
        (used,) = run.inputs.dataset_inputs
        assert (used.dataset.name, used.tags[0].value) == ("data", "train")

    def test_ids_come_in_the_order_of_the_runs(self, store: TrackingStore) -> None:
        names = [f"run {number}" for number in range(20)]
        given = [CANDIDATE._replace(name=name, status="FAILED") for name in names]
        ids = store.add_ended_runs("0", given)
        assert [store.get_run(one).info.run_name for one in ids] == names
        assert store.get_run(ids[0]).info.status == "FAILED"

    def test_they_are_found_like_other_runs(self, store: TrackingStore) -> None:
        given = [
            CANDIDATE._replace(name=name, params=[Param("depth", name)], metrics=[])
            for name in ("1", "2")
        ]
        ids = store.add_ended_runs("0", given)
        page = store.search_runs(["0"], "params.depth = '2' and tags.a = '1'", 1, 10, None, None)
        assert [run.info.run_id for run in page] == ids[1:]

    def test_none_is_made_in_an_experiment_that_is_not_there(self, store: TrackingStore) -> None:
        with pytest.raises(ResourceNotFound):
            store.add_ended_runs("77", [CANDIDATE])

    def test_many_params_and_points_are_kept(self, store: TrackingStore) -> None:
        many = CANDIDATE._replace(
            params=[Param(f"p{number}", "v") for number in range(150)],
            metrics=[Metric("m", float(step), 1, step) for step in range(1200)],
        )
        (run_id,) = store.add_ended_runs("0", [many])
        assert len(store.get_run(run_id).data.params) == 150
        assert len(store.get_metric_history(run_id, "m", None, None)) == 1200
