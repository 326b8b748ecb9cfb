"""What ``RunStore`` promises about inputs and outputs."""
# ruff: noqa: D102 - the names are the sentences

from __future__ import annotations

import pytest

from kipu.entities import (
    Dataset,
    DatasetInput,
    InputTag,
    LoggedModelInput,
    LoggedModelOutput,
)
from kipu.store.interface import TrackingStore
from kipu.testing.contracts.refusals import refused


def _given(name: str, digest: str, context: str = "") -> DatasetInput:
    tags = [InputTag("mlflow.data.context", context)] if context else []
    return DatasetInput(Dataset(name, digest, "local", '{"uri": "x"}', '{"a": 1}', None), tags)


class InputContract:
    """Inherit, and provide the fixture ``store``."""

    @pytest.fixture
    def run_id(self, store: TrackingStore) -> str:
        return store.create_run("0", "u", 1, [], "r").info.run_id

    def test_a_run_begins_without_inputs_and_outputs(
        self, store: TrackingStore, run_id: str
    ) -> None:
        found = store.get_run(run_id)
        assert found.inputs is not None
        assert (found.inputs.dataset_inputs, found.inputs.model_inputs) == ([], [])
        assert found.outputs is None or found.outputs.model_outputs == []

    def test_data_sets_come_back_in_order_and_a_repeated_one_once(
        self, store: TrackingStore, run_id: str
    ) -> None:
        given = [_given("train", "1", "training"), _given("test", "2"), _given("train", "3")]
        store.log_inputs(run_id, given[:2], [])
        store.log_inputs(run_id, [given[2], _given("train", "1", "again")], [])
        found = store.get_run(run_id).inputs
        assert found is not None
        assert found.dataset_inputs == given

    def test_models_are_linked_once(self, store: TrackingStore, run_id: str) -> None:
        store.log_inputs(run_id, [], [LoggedModelInput("m-1"), LoggedModelInput("m-2")])
        store.log_inputs(run_id, [], [LoggedModelInput("m-1")])
        store.log_outputs(run_id, [LoggedModelOutput("m-3", 5)])
        found = store.get_run(run_id)
        assert found.inputs is not None
        assert found.outputs is not None
        assert [model.model_id for model in found.inputs.model_inputs] == ["m-1", "m-2"]
        assert found.outputs.model_outputs == [LoggedModelOutput("m-3", 5)]

    def test_the_same_output_twice_is_refused(self, store: TrackingStore, run_id: str) -> None:
        store.log_outputs(run_id, [LoggedModelOutput("m-1", 5)])
        with refused("BAD_REQUEST", "m-1"):
            store.log_outputs(run_id, [LoggedModelOutput("m-2", 1), LoggedModelOutput("m-1", 6)])
        found = store.get_run(run_id).outputs
        assert found is not None
        assert found.model_outputs == [LoggedModelOutput("m-1", 5)]
