from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest

from kipu.entities import (
    Dataset,
    DatasetInput,
    Experiment,
    ExperimentTag,
    FileInfo,
    InputTag,
    LifecycleStage,
    LoggedModelInput,
    LoggedModelOutput,
    Metric,
    PagedList,
    Param,
    Run,
    RunData,
    RunInfo,
    RunInputs,
    RunOutputs,
    RunStatus,
    RunTag,
    SourceType,
    ViewType,
    Workspace,
    WorkspaceDeletionMode,
)
from kipu.exceptions import InvalidParameter, MlflowException

METRIC = Metric("loss", 1.5, 10, 2)
INFO = RunInfo("r", "1", "u", "RUNNING", 1, 2, "active", "uri", "name")
DATA = RunData([METRIC], [Param("p", "1")], [RunTag("t", "x")])
DATASET = Dataset("n", "d", "local", "s", "sc", "pr")
GIVEN = DatasetInput(DATASET, [InputTag("context", "train")])
RUN = Run(INFO, DATA, RunInputs([GIVEN]), RunOutputs([LoggedModelOutput("m", 3)]))
EXPERIMENT = Experiment("1", "n", "loc", "active", [ExperimentTag("k", "v")], 1, 2)


@pytest.mark.parametrize(
    ("entity", "text"),
    [
        (Param("a", "b"), "<Param: key='a', value='b'>"),
        (
            METRIC,
            "<Metric: dataset_digest=None, dataset_name=None, key='loss', model_id=None, "
            "run_id=None, step=2, timestamp=10, value=1.5>",
        ),
        (FileInfo("p", False, 3), "<FileInfo: file_size=3, is_dir=False, path='p'>"),
        (
            EXPERIMENT,
            "<Experiment: artifact_location='loc', creation_time=1, "
            "effective_trace_archival_retention=None, experiment_id='1', last_update_time=2, "
            "lifecycle_stage='active', name='n', tags={'k': 'v'}, trace_location=None, "
            "workspace='default'>",
        ),
        (
            Run(INFO, DATA),
            "<Run: data=<RunData: metrics={'loss': 1.5}, params={'p': '1'}, tags={'t': 'x'}>, "
            "info=<RunInfo: artifact_uri='uri', end_time=2, experiment_id='1', "
            "lifecycle_stage='active', run_id='r', run_name='name', start_time=1, "
            "status='RUNNING', user_id='u'>, inputs=None, outputs=None>",
        ),
        (
            RunInputs([GIVEN], [LoggedModelInput("m")]),
            "<RunInputs: dataset_inputs=[<DatasetInput: dataset=<Dataset: digest='d', name='n', "
            "profile='pr', schema='sc', source='s', source_type='local'>, "
            "tags=[<InputTag: key='context', value='train'>]>], "
            "model_inputs=[<LoggedModelInput: model_id='m'>]>",
        ),
    ],
)
def test_an_entity_prints_as_mlflow_prints_it(entity: object, text: str) -> None:
    assert repr(entity) == text


@pytest.mark.parametrize("entity", [METRIC, INFO, DATA, GIVEN, RUN, EXPERIMENT])
def test_an_entity_is_what_its_values_are(entity: Any) -> None:
    twin = copy.deepcopy(entity)
    assert twin == entity
    assert pickle.loads(pickle.dumps(entity)) == entity
    assert entity != "something else"


def test_no_entity_can_be_changed() -> None:
    with pytest.raises(AttributeError):
        METRIC.value = 2.0  # type: ignore[misc]
    with pytest.raises(AttributeError):
        RUN.info = INFO  # type: ignore[misc]


def test_an_entity_reads_as_a_dictionary() -> None:
    assert dict(Param("a", "b")) == {"key": "a", "value": "b"}
    assert list(dict(RUN)) == ["data", "info", "inputs", "outputs"]
    assert dict(GIVEN) == {"dataset": DATASET, "tags": [InputTag("context", "train")]}
    assert dict(EXPERIMENT)["tags"] == {"k": "v"}


def test_a_run_becomes_plain_values() -> None:
    plain = RUN.to_dictionary()
    assert json.loads(json.dumps(plain)) == plain
    assert plain["data"] == {"metrics": {"loss": 1.5}, "params": {"p": "1"}, "tags": {"t": "x"}}
    assert plain["inputs"]["dataset_inputs"] == [
        {"dataset": DATASET.to_dictionary(), "tags": {"context": "train"}}
    ]
    assert plain["outputs"] == {"model_outputs": [{"model_id": "m", "step": 3}]}
    assert set(Run(INFO, DATA).to_dictionary()) == {"info", "data"}


def test_plain_values_become_entities() -> None:
    assert Metric.from_dictionary({**dict(METRIC), "unknown": 1}) == METRIC
    assert RunInfo.from_dictionary(dict(INFO)) == INFO
    assert Experiment.from_dictionary(dict(EXPERIMENT)) == EXPERIMENT
    assert Run.from_dictionary({"info": dict(INFO), "data": DATA.to_dictionary()}).info == INFO


def test_what_is_missing_is_named() -> None:
    with pytest.raises(InvalidParameter, match="timestamp, step"):
        Metric.from_dictionary({"key": "a", "value": 1.0})
    with pytest.raises(MlflowException, match="run_info"):
        Run(None, DATA)  # type: ignore[arg-type]


def test_states_have_names_and_numbers() -> None:
    for states, last in ((RunStatus, 5), (SourceType, 5), (ViewType, 3)):
        for number in range(1, last + 1):
            assert states.from_string(states.to_string(number)) == number
        with pytest.raises(MlflowException):
            states.to_string(last + 1)
        with pytest.raises(MlflowException):
            states.from_string("nothing")
    assert [RunStatus.is_terminated(number) for number in RunStatus.all_status()] == [
        False, False, True, True, True,
    ]  # fmt: skip


def test_a_view_shows_stages() -> None:
    shown = LifecycleStage.view_type_to_stages
    assert shown(ViewType.ACTIVE_ONLY) == ["active"]
    assert shown(ViewType.DELETED_ONLY) == ["deleted"]
    assert shown(ViewType.ALL) == shown() == ["active", "deleted"]
    assert shown(9) == []
    assert not LifecycleStage.matches_view_type(ViewType.ACTIVE_ONLY, "deleted")
    assert [LifecycleStage.is_valid(stage) for stage in ("active", "deleted", "x")] == [
        True, True, False,
    ]  # fmt: skip


def test_a_page_knows_the_next_one() -> None:
    page = PagedList([1, 2], "more")
    assert (page, page.token, page.to_list()) == ([1, 2], "more", [1, 2])


def test_a_workspace_becomes_a_dictionary_and_back() -> None:
    plain = {"name": "team", "description": "Ours", "default_artifact_root": None}
    assert Workspace.from_dict(plain).to_dict() == plain
    assert WorkspaceDeletionMode("CASCADE") is WorkspaceDeletionMode.CASCADE
