"""What ``RunStore`` promises about runs, params and tags."""
# ruff: noqa: D102 - the names are the sentences

from __future__ import annotations

import msgspec
import pytest

from kipu.entities import Metric, Param, RunTag
from kipu.store.interface import TrackingStore
from kipu.testing.contracts.refusals import ABSENT_RUN, refused

NAME_TAG = "mlflow.runName"


class RunStoreContract:
    """Inherit, and provide the fixture ``store``."""

    @pytest.fixture
    def run_id(self, store: TrackingStore) -> str:
        return store.create_run("0", "ada", 1_700_000_000_000, [], "first").info.run_id

    def test_a_run_reads_back_as_it_was_made(self, store: TrackingStore) -> None:
        tags = [RunTag("a", "1"), RunTag("ünï", "çødé\n'\"")]
        made = store.create_run("0", "ada", 1_700_000_000_123, tags, "Löwe 7")
        info = made.info
        assert len(info.run_id) == 32
        assert int(info.run_id, 16) >= 0
        assert (info.experiment_id, info.user_id, info.run_name) == ("0", "ada", "Löwe 7")
        assert (info.status, info.lifecycle_stage) == ("RUNNING", "active")
        assert (info.start_time, info.end_time) == (1_700_000_000_123, None)
        location = store.get_experiment("0").artifact_location
        assert info.artifact_uri == f"{location}/{info.run_id}/artifacts"
        assert made.data.tags == {"a": "1", "ünï": "çødé\n'\"", NAME_TAG: "Löwe 7"}
        read = store.get_run(info.run_id)
        assert read.info == info
        assert read.data.tags == made.data.tags

    def test_any_start_time_can_be_kept(self, store: TrackingStore) -> None:
        for start in (0, 1, 2**53, 2**63 - 1):
            run_id = store.create_run("0", "u", start, [], "r").info.run_id
            assert store.get_run(run_id).info.start_time == start

    def test_a_document_is_the_run_as_the_wire_has_it(
        self, store: TrackingStore, run_id: str
    ) -> None:
        points = [Metric("b", float("nan"), 5, 1), Metric("a", 0.5, 7, -2)]
        store.log_batch(run_id, points, [Param("p", "1")], [])
        document = msgspec.json.decode(store.get_run_document(run_id))
        uri = document["info"].pop("artifact_uri")
        assert uri == store.get_run(run_id).info.artifact_uri
        for part in document["data"].values():
            part.sort(key=lambda item: item["key"])
        assert document == {
            "info": {
                "run_id": run_id,
                "run_uuid": run_id,
                "run_name": "first",
                "experiment_id": "0",
                "user_id": "ada",
                "status": "RUNNING",
                "start_time": 1_700_000_000_000,
                "lifecycle_stage": "active",
            },
            "data": {
                "metrics": [
                    {"key": "a", "value": 0.5, "timestamp": 7, "step": -2},
                    {"key": "b", "value": "NaN", "timestamp": 5, "step": 1},
                ],
                "params": [{"key": "p", "value": "1"}],
                "tags": [{"key": NAME_TAG, "value": "first"}],
            },
            "inputs": {},
            "outputs": {},
        }

    def test_a_document_follows_every_change(self, store: TrackingStore, run_id: str) -> None:
        store.update_run_info(run_id, "FINISHED", 2, None)
        assert store.get_run(run_id).info.end_time == 2
        assert store.get_run(run_id).info.end_time == 2
        store.set_tag(run_id, RunTag("late", "yes"))
        assert store.get_run(run_id).data.tags["late"] == "yes"
        store.delete_tag(run_id, "late")
        assert "late" not in store.get_run(run_id).data.tags
        store.log_batch(run_id, [Metric("m", 1.0, 1, 1)], [Param("p", "1")], [])
        assert store.get_run(run_id).data.metrics == {"m": 1.0}
        assert store.get_run(run_id).data.params == {"p": "1"}
        store.delete_run(run_id)
        assert store.get_run(run_id).info.lifecycle_stage == "deleted"
        store.restore_run(run_id)
        assert store.get_run(run_id).info.lifecycle_stage == "active"

    def test_what_is_not_there_is_not_found(self, store: TrackingStore) -> None:
        for call in (
            lambda: store.get_run(ABSENT_RUN),
            lambda: store.get_run_document(ABSENT_RUN),
            lambda: store.update_run_info(ABSENT_RUN, "FINISHED", 1, None),
            lambda: store.delete_run(ABSENT_RUN),
            lambda: store.restore_run(ABSENT_RUN),
            lambda: store.set_tag(ABSENT_RUN, RunTag("k", "v")),
            lambda: store.delete_tag(ABSENT_RUN, "k"),
            lambda: store.log_batch(ABSENT_RUN, [], [], [RunTag("k", "v")]),
            lambda: store.log_inputs(ABSENT_RUN, [], []),
        ):
            with refused("RESOURCE_DOES_NOT_EXIST", ABSENT_RUN):
                call()

    def test_an_update_changes_what_it_names(self, store: TrackingStore, run_id: str) -> None:
        info = store.update_run_info(run_id, "FAILED", 9, None)
        assert (info.status, info.end_time, info.run_name) == ("FAILED", 9, "first")
        info = store.update_run_info(run_id, None, None, "second")
        assert (info.status, info.end_time, info.run_name) == ("FAILED", 9, "second")
        assert store.get_run(run_id).info == info
        assert store.get_run(run_id).data.tags[NAME_TAG] == "second"

    def test_the_name_tag_renames_and_its_deletion_does_not(
        self, store: TrackingStore, run_id: str
    ) -> None:
        store.set_tag(run_id, RunTag(NAME_TAG, "second"))
        assert store.get_run(run_id).info.run_name == "second"
        store.log_batch(run_id, [], [], [RunTag(NAME_TAG, "x"), RunTag(NAME_TAG, "third")])
        assert store.get_run(run_id).info.run_name == "third"
        store.delete_tag(run_id, NAME_TAG)
        assert store.get_run(run_id).info.run_name == "third"
        assert store.get_run(run_id).data.tags == {}

    def test_a_deleted_run_is_read_but_not_written(self, store: TrackingStore, run_id: str) -> None:
        store.set_tag(run_id, RunTag("k", "v"))
        store.delete_run(run_id)
        store.delete_run(run_id)
        for call in (
            lambda: store.update_run_info(run_id, "FINISHED", 1, None),
            lambda: store.set_tag(run_id, RunTag("k", "w")),
            lambda: store.delete_tag(run_id, "k"),
            lambda: store.log_batch(run_id, [Metric("m", 1.0, 1, 1)], [], []),
            lambda: store.log_batch(run_id, [], [Param("p", "1")], []),
            lambda: store.log_inputs(run_id, [], []),
        ):
            with refused("INVALID_PARAMETER_VALUE", run_id):
                call()
        found = store.get_run(run_id)
        assert (found.data.tags["k"], found.data.params, found.data.metrics) == ("v", {}, {})
        store.restore_run(run_id)
        store.restore_run(run_id)
        store.set_tag(run_id, RunTag("k", "w"))
        assert store.get_run(run_id).data.tags["k"] == "w"

    def test_a_param_is_written_once(self, store: TrackingStore, run_id: str) -> None:
        store.log_batch(run_id, [], [Param("lr", "0.1"), Param("depth", "3")], [])
        store.log_batch(run_id, [], [Param("lr", "0.1"), Param("width", "9")], [])
        with refused("INVALID_PARAMETER_VALUE", "lr", "0.1", "0.2"):
            store.log_batch(run_id, [], [Param("lr", "0.2")], [])
        assert store.get_run(run_id).data.params == {"lr": "0.1", "depth": "3", "width": "9"}

    def test_a_refused_batch_leaves_nothing(self, store: TrackingStore, run_id: str) -> None:
        store.log_batch(run_id, [], [Param("lr", "0.1")], [])
        with refused("INVALID_PARAMETER_VALUE"):
            store.log_batch(
                run_id,
                [Metric("m", 1.0, 1, 1)],
                [Param("new", "1"), Param("lr", "0.2")],
                [RunTag("t", "1")],
            )
        found = store.get_run(run_id).data
        assert (found.params, found.metrics) == ({"lr": "0.1"}, {})
        assert "t" not in found.tags

    def test_the_last_value_of_a_tag_wins(self, store: TrackingStore, run_id: str) -> None:
        store.log_batch(run_id, [], [], [RunTag("a", "1"), RunTag("a", "2"), RunTag("b", "")])
        store.set_tag(run_id, RunTag("b", "3"))
        assert store.get_run(run_id).data.tags == {"a": "2", "b": "3", NAME_TAG: "first"}
        with refused("RESOURCE_DOES_NOT_EXIST", "zz"):
            store.delete_tag(run_id, "zz")

    def test_long_texts_survive(self, store: TrackingStore, run_id: str) -> None:
        store.log_batch(run_id, [], [Param("p", "x" * 6000)], [RunTag("t", "é" * 8000)])
        found = store.get_run(run_id).data
        assert (found.params["p"], found.tags["t"]) == ("x" * 6000, "é" * 8000)
