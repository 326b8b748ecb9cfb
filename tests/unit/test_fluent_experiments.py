"""Choosing experiments, and searching."""

from __future__ import annotations

import os
from datetime import UTC
from pathlib import Path

import pytest

import kipu
from kipu.exceptions import InvalidParameter, ResourceExists, ResourceNotFound
from kipu.fluent.search import run_rows

pytestmark = pytest.mark.usefixtures("fresh")


def test_set_experiment_makes_one_and_leaves_its_id_in_the_environment() -> None:
    experiment = kipu.set_experiment("digits")
    assert os.environ["MLFLOW_EXPERIMENT_ID"] == experiment.experiment_id
    assert kipu.set_experiment("digits").experiment_id == experiment.experiment_id
    assert kipu.set_experiment(experiment_id=experiment.experiment_id).name == "digits"
    with kipu.start_run() as run:
        assert run.info.experiment_id == experiment.experiment_id


def test_set_experiment_takes_a_name_or_an_id() -> None:
    for arguments in ({}, {"experiment_name": "a", "experiment_id": "0"}):
        with pytest.raises(InvalidParameter, match="either experiment_name or experiment_id"):
            kipu.set_experiment(**arguments)
    with pytest.raises(ResourceNotFound):
        kipu.set_experiment(experiment_id="123456")


def test_a_deleted_experiment_cannot_be_chosen() -> None:
    experiment_id = kipu.create_experiment("gone")
    kipu.delete_experiment(experiment_id)
    with pytest.raises(InvalidParameter, match="is deleted"):
        kipu.set_experiment("gone")
    kipu.restore_experiment(experiment_id)
    assert kipu.set_experiment("gone").experiment_id == experiment_id


def test_the_environment_chooses_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "of-env")
    with kipu.start_run() as run:
        pass
    found = kipu.get_experiment_by_name("of-env")
    assert found is not None
    assert found.experiment_id == run.info.experiment_id


def test_the_environment_chooses_by_id(monkeypatch: pytest.MonkeyPatch) -> None:
    experiment_id = kipu.create_experiment("of-env")
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", experiment_id)
    with kipu.start_run() as run:
        assert run.info.experiment_id == experiment_id
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", "12345")
    with pytest.raises(InvalidParameter, match="MLFLOW_EXPERIMENT_ID is '12345'"):
        kipu.start_run()


def test_names_are_unique_and_tags_are_kept() -> None:
    experiment_id = kipu.create_experiment("a", tags={"team": 1})
    with pytest.raises(ResourceExists):
        kipu.create_experiment("a")
    assert kipu.get_experiment(experiment_id).tags == {"team": "1"}
    assert kipu.get_experiment_by_name("b") is None


def test_tags_go_to_the_chosen_experiment() -> None:
    experiment = kipu.set_experiment("a")
    kipu.set_experiment_tag("one", 1)
    kipu.set_experiment_tags({"two": 2, "three": 3})
    kipu.delete_experiment_tag("two")
    tags = kipu.get_experiment(experiment.experiment_id).tags
    assert tags == {"one": "1", "three": "3"}


def test_experiments_are_searched_over_all_pages() -> None:
    for number in range(5):
        kipu.create_experiment(f"e{number}")
    names = [found.name for found in kipu.search_experiments(filter_string="name LIKE 'e%'")]
    assert sorted(names) == ["e0", "e1", "e2", "e3", "e4"]
    assert len(kipu.search_experiments(max_results=2)) == 2


class TestSearchRuns:
    @pytest.fixture(autouse=True)
    def runs(self, fresh: Path) -> None:
        kipu.set_experiment("searched")
        for number in range(3):
            with kipu.start_run(run_name=f"r{number}"):
                kipu.log_param("p", number)
                kipu.log_metric("m", number / 2)
                if number:
                    kipu.set_tag("t", number)

    def test_a_frame_has_one_row_per_run_newest_first(self) -> None:
        frame = kipu.search_runs()
        assert list(frame.columns)[:6] == [
            "run_id", "experiment_id", "status", "artifact_uri", "start_time", "end_time",
        ]  # fmt: skip
        assert frame["tags.mlflow.runName"].tolist() == ["r2", "r1", "r0"]
        assert frame["metrics.m"].tolist() == [1.0, 0.5, 0.0]
        assert frame["params.p"].tolist() == ["2", "1", "0"]
        assert frame["tags.t"].isna().tolist() == [False, False, True]
        assert str(frame["start_time"].dtype).startswith("datetime64[")
        assert str(frame["start_time"].dt.tz) == "UTC"

    def test_a_frame_without_runs_has_the_columns_of_all(self) -> None:
        frame = kipu.search_runs(filter_string="metrics.m > 99")
        assert frame.empty
        assert "run_id" in frame.columns

    def test_a_list_has_runs_in_the_order_asked_for(self) -> None:
        runs = kipu.search_runs(order_by=["metrics.m ASC"], output_format="list", max_results=2)
        assert [run.info.run_name for run in runs] == ["r0", "r1"]

    def test_experiments_may_be_named(self) -> None:
        names = ["searched", "unknown"]
        assert len(kipu.search_runs(experiment_names=names, output_format="list")) == 3
        assert kipu.search_runs(experiment_names=["unknown"], output_format="list") == []
        assert len(kipu.search_runs(search_all_experiments=True, output_format="list")) == 3
        with pytest.raises(InvalidParameter, match="not both"):
            kipu.search_runs(experiment_ids=["0"], experiment_names=names)
        with pytest.raises(ValueError, match="output_format"):
            kipu.search_runs(output_format="json")  # type: ignore[call-overload]

    def test_rows_come_without_pandas_too(self) -> None:
        experiment_id = kipu.set_experiment("searched").experiment_id
        columns, rows = run_rows(kipu.MlflowClient(), [experiment_id])
        table = [dict(zip(columns, row, strict=True)) for row in rows]
        assert [row["params.p"] for row in table] == ["2", "1", "0"]
        assert [row["tags.t"] for row in table] == ["2", "1", None]
        assert table[0]["start_time"].tzinfo is UTC

    def test_the_client_takes_one_id_and_pages(self) -> None:
        client = kipu.MlflowClient()
        experiment_id = kipu.set_experiment("searched").experiment_id
        first = client.search_runs(experiment_id, max_results=2)
        second = client.search_runs([experiment_id], max_results=2, page_token=first.token)
        assert [run.info.run_name for run in [*first, *second]] == ["r2", "r1", "r0"]
        assert second.token is None
