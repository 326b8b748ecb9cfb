"""Logged models by the functions of ``import kipu``, and by the client."""

from __future__ import annotations

import math
import threading
from pathlib import Path

import pytest
import yaml

import kipu
from kipu.entities import LoggedModel, LoggedModelOutput, LoggedModelStatus, Metric
from kipu.exceptions import InvalidParameter, MlflowException, ResourceNotFound

pytestmark = pytest.mark.usefixtures("fresh")


def metrics_of(model_id: str) -> list[tuple[str, int, float]]:
    metrics = kipu.get_logged_model(model_id).metrics or []
    return [(metric.key, metric.step, metric.value) for metric in metrics]


def names(filter_string: str | None = None, **more: object) -> list[str]:
    found = kipu.search_logged_models(
        filter_string=filter_string,
        output_format="list",
        **more,  # type: ignore[arg-type]
    )
    return [model.name for model in found]


def test_a_model_made_in_a_run_is_of_that_run() -> None:
    with kipu.start_run(experiment_id=kipu.create_experiment("e")) as run:
        model = kipu.initialize_logged_model("m", params={"lr": 0.1}, tags={"team": 1})
    assert (model.source_run_id, model.experiment_id) == (run.info.run_id, run.info.experiment_id)
    assert (model.status, model.params) == (LoggedModelStatus.PENDING, {"lr": "0.1"})
    assert model.tags["team"] == "1"
    assert "mlflow.user" in model.tags
    assert model.model_uri == f"models:/{model.model_id}"
    assert kipu.last_logged_model() == model


def test_a_model_made_outside_of_runs_is_in_the_current_experiment() -> None:
    kipu.set_experiment("mine")
    model = kipu.initialize_logged_model()
    assert model.source_run_id is None
    assert kipu.get_experiment(model.experiment_id).name == "mine"
    assert model.name


def test_the_last_model_is_that_of_the_thread() -> None:
    assert kipu.last_logged_model() is None
    kipu.initialize_logged_model("here")
    seen: list[LoggedModel | None] = []
    thread = threading.Thread(target=lambda: seen.append(kipu.last_logged_model()))
    thread.start()
    thread.join()
    assert seen == [None]


def test_a_model_is_finalized_by_name_or_status() -> None:
    model_id = kipu.initialize_logged_model("m").model_id
    assert kipu.finalize_logged_model(model_id, "READY").status == "READY"
    failed = kipu.finalize_logged_model(model_id, LoggedModelStatus.FAILED)
    assert failed.status is LoggedModelStatus.FAILED
    with pytest.raises(InvalidParameter, match="'DONE'"):
        kipu.finalize_logged_model(model_id, "DONE")  # type: ignore[arg-type]


def test_an_external_model_is_ready_and_holds_its_description() -> None:
    model = kipu.create_external_model("agent", tags={"where": "s3://b/c"})
    assert model.status == LoggedModelStatus.READY
    assert model.tags["mlflow.model.isExternal"] == "true"
    client = kipu.MlflowClient()
    assert [file.path for file in client.list_logged_model_artifacts(model.model_id)] == ["MLmodel"]
    place = kipu.artifacts.download_artifacts(f"{model.model_uri}/MLmodel")
    described = yaml.safe_load(Path(place).read_text())
    assert described["model_id"] == described["model_uuid"] == model.model_id
    assert described["flavors"] == {}
    assert described["metadata"] == {"mlflow.model.isExternal": True}


def test_params_and_tags_are_added_and_removed() -> None:
    model_id = kipu.initialize_logged_model("m").model_id
    kipu.log_model_params({"depth": 3}, model_id)
    with pytest.raises(MlflowException) as refused:
        kipu.log_model_params({"depth": 4}, model_id)
    assert refused.value.error_code == "BAD_REQUEST"
    kipu.set_logged_model_tags(model_id, {"note": 1, "other": 2})
    kipu.delete_logged_model_tag(model_id, "other")
    model = kipu.get_logged_model(model_id)
    assert (model.params, model.tags["note"], "other" in model.tags) == ({"depth": "3"}, "1", False)


def test_what_belongs_to_no_model_is_refused() -> None:
    for wrong in (
        lambda: kipu.set_logged_model_tags("m-none", {"a": "1"}),
        lambda: kipu.log_model_params({"a": "1"}, "m-none"),
        lambda: kipu.log_model_params({"a": "1"}),
        lambda: kipu.get_logged_model(None),  # type: ignore[arg-type]
        lambda: kipu.set_active_model(),
        lambda: kipu.MlflowClient().search_logged_models("0"),
    ):
        with pytest.raises(InvalidParameter):
            wrong()
    for absent in (
        lambda: kipu.get_logged_model("m-none"),
        lambda: kipu.delete_logged_model_tag("m-none", "a"),
    ):
        with pytest.raises(ResourceNotFound, match="m-none"):
            absent()
    client = kipu.MlflowClient()
    run_id = client.create_run("0").info.run_id
    with pytest.raises(MlflowException, match="m-none") as refused:
        client.log_metric(run_id, "m", 1.0, model_id="m-none")
    assert refused.value.error_code == "BAD_REQUEST"


def test_metrics_with_a_model_are_the_models_and_link_it_with_the_run() -> None:
    model_id = kipu.initialize_logged_model("m").model_id
    with kipu.start_run() as run:
        kipu.log_metric("acc", 0.5, step=1, model_id=model_id)
        kipu.log_metrics({"acc": 0.6, "loss": math.inf}, step=2, model_id=model_id)
        kipu.log_metric("acc", 9.0, step=3)
    assert metrics_of(model_id) == [
        ("acc", 1, 0.5),
        ("acc", 2, 0.6),
        ("loss", 2, 1.7976931348623157e308),
    ]
    read = kipu.get_run(run.info.run_id)
    assert read.data.metrics["acc"] == 9.0
    assert read.inputs is not None
    assert [model.model_id for model in read.inputs.model_inputs] == [model_id]


def test_metrics_of_many_models_go_in_one_batch() -> None:
    models = [kipu.initialize_logged_model(f"m{number}").model_id for number in range(5)]
    client = kipu.MlflowClient()
    run_id = client.create_run("0").info.run_id
    client.log_batch(
        run_id, [Metric("score", at / 4, 1, 0, model_id) for at, model_id in enumerate(models)]
    )
    down = [{"field_name": "metrics.score", "ascending": False}]
    assert names(order_by=down, max_results=2) == ["m4", "m3"]
    assert names("metrics.score >= 0.5 AND name != 'm3'", order_by=down) == ["m4", "m2"]


def test_metrics_that_name_no_model_go_to_the_active_one() -> None:
    model = kipu.initialize_logged_model("m")
    with kipu.start_run():
        kipu.log_metric("before", 1.0)
        with kipu.set_active_model(model_id=model.model_id) as active:
            assert active.model_id == kipu.get_active_model_id() == model.model_id
            assert active.to_dictionary() == model.to_dictionary()
            kipu.log_metric("acc", 0.5, step=1)
            kipu.log_metrics({"loss": 0.25}, step=1)
            other = kipu.initialize_logged_model("other")
            kipu.log_metric("acc", 0.7, step=1, model_id=other.model_id)
            with kipu.set_active_model(name="other"):
                assert kipu.get_active_model_id() == other.model_id
            assert kipu.get_active_model_id() == model.model_id
        kipu.log_metric("after", 1.0)
    assert kipu.get_active_model_id() is None
    assert metrics_of(model.model_id) == [("acc", 1, 0.5), ("loss", 1, 0.25)]
    assert metrics_of(other.model_id) == [("acc", 1, 0.7)]


def test_a_name_that_no_model_has_makes_an_external_one() -> None:
    kipu.set_active_model(name="agent")
    (model,) = kipu.search_logged_models(output_format="list")
    assert (model.name, model.status) == ("agent", LoggedModelStatus.READY)
    assert kipu.get_active_model_id() == model.model_id
    with pytest.raises(InvalidParameter, match="'agent'"):
        kipu.set_active_model(name="robot", model_id=model.model_id)
    kipu.clear_active_model()
    assert kipu.get_active_model_id() is None


def test_the_environment_names_a_model_for_threads_that_chose_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model_id = kipu.initialize_logged_model("m").model_id
    monkeypatch.setenv("MLFLOW_ACTIVE_MODEL_ID", model_id)
    with kipu.start_run():
        kipu.log_metric("acc", 0.5)
    assert metrics_of(model_id) == [("acc", 0, 0.5)]
    kipu.clear_active_model()
    seen: list[str | None] = []
    thread = threading.Thread(target=lambda: seen.append(kipu.get_active_model_id()))
    thread.start()
    thread.join()
    assert seen == [kipu.get_active_model_id()] == [None]


def test_metrics_of_a_step_belong_to_the_models_that_the_run_made_there() -> None:
    with kipu.start_run() as run:
        model = kipu.initialize_logged_model("ckpt")
        kipu.log_outputs([LoggedModelOutput(model.model_id, step=2)])
    run_id = run.info.run_id
    kipu.log_metric("named", 1.0, step=2, run_id=run_id)
    kipu.log_metric("elsewhere", 1.0, step=3, run_id=run_id)
    with kipu.start_run(run_id=run_id):
        kipu.log_metric("resumed", 1.0, step=2)
        kipu.log_metric("elsewhere", 1.0, step=4)
    assert metrics_of(model.model_id) == [("named", 2, 1.0), ("resumed", 2, 1.0)]
    outputs = kipu.get_run(run_id).outputs
    assert outputs is not None
    assert outputs.model_outputs == [LoggedModelOutput(model.model_id, 2)]
    with pytest.raises(MlflowException) as refused:
        kipu.MlflowClient().log_outputs(run_id, [LoggedModelOutput(model.model_id, 5)])
    assert refused.value.error_code == "BAD_REQUEST"


def test_a_search_gives_a_frame_with_a_column_for_each_field() -> None:
    pytest.importorskip("pandas")
    model = kipu.initialize_logged_model("m", params={"p": "1"})
    frame = kipu.search_logged_models()
    assert sorted(frame.columns) == sorted(model.to_dictionary())
    assert frame.loc[0, "status"] == LoggedModelStatus.PENDING
    assert frame.loc[0, "params"] == {"p": "1"}
    assert kipu.search_logged_models(filter_string="name = 'none'").empty
    with pytest.raises(InvalidParameter, match="'csv'"):
        kipu.search_logged_models(output_format="csv")  # type: ignore[arg-type]


def test_a_search_goes_through_all_pages() -> None:
    for number in range(105):
        kipu.initialize_logged_model(f"m{number}")
    assert len(names()) == 105
    assert len(names(max_results=103)) == 103


def test_a_deleted_model_is_gone() -> None:
    model = kipu.initialize_logged_model("m")
    kipu.MlflowClient().delete_logged_model(model.model_id)
    assert names() == []
    with pytest.raises(ResourceNotFound):
        kipu.get_logged_model(model.model_id)


class TestArtifacts:
    def test_files_of_a_model_are_logged_listed_and_fetched(self, tmp_path: Path) -> None:
        model = kipu.initialize_logged_model("m")
        (tmp_path / "files" / "deep").mkdir(parents=True)
        (tmp_path / "files" / "a.txt").write_text("a")
        (tmp_path / "files" / "deep" / "b.txt").write_text("b")
        client = kipu.MlflowClient()
        client.log_model_artifacts(model.model_id, str(tmp_path / "files"))
        client.log_model_artifact(model.model_id, str(tmp_path / "files" / "a.txt"), "more")
        paths = [file.path for file in client.list_logged_model_artifacts(model.model_id)]
        assert paths == ["a.txt", "deep", "more"]
        (deep,) = client.list_logged_model_artifacts(model.model_id, "deep")
        assert (deep.path, deep.file_size) == ("deep/b.txt", 1)
        place = Path(kipu.artifacts.download_artifacts(model.model_uri, dst_path=tmp_path / "got"))
        assert (place / "deep" / "b.txt").read_text() == "b"
        assert kipu.artifacts.load_text(f"{model.model_uri}/a.txt") == "a"
        with pytest.raises(FileNotFoundError):
            client.log_model_artifact(model.model_id, "none.txt")
        with pytest.raises(ResourceNotFound):
            client.list_logged_model_artifacts("m-none")

    def test_a_model_is_a_folder_among_the_files_of_its_run(self, tmp_path: Path) -> None:
        (tmp_path / "w.bin").write_text("w")
        client = kipu.MlflowClient()
        with kipu.start_run() as run:
            kipu.log_text("of the run", "notes.txt")
            model = kipu.initialize_logged_model("net")
            client.log_model_artifact(model.model_id, tmp_path / "w.bin")
        run_id = run.info.run_id
        assert [file.path for file in client.list_artifacts(run_id)] == ["notes.txt"]
        (file,) = client.list_artifacts(run_id, "net")
        assert file.path == "net/w.bin"
        assert kipu.artifacts.load_text(f"runs:/{run_id}/net/w.bin") == "w"
        got = kipu.artifacts.download_artifacts(f"runs:/{run_id}/net", dst_path=tmp_path / "got")
        assert got == str(tmp_path / "got" / "net")
        assert kipu.artifacts.load_text(f"runs:/{run_id}/notes.txt") == "of the run"
        with pytest.raises(ResourceNotFound):
            kipu.artifacts.download_artifacts(f"runs:/{run_id}/none/w.bin")

    @pytest.mark.parametrize("uri", ["models:/", "models:/name@alias", "models:/name/3"])
    def test_what_names_no_logged_model_is_refused(self, uri: str) -> None:
        with pytest.raises(MlflowException):
            kipu.artifacts.download_artifacts(uri)


class TestEntity:
    def test_a_model_reads_like_mlflows(self) -> None:
        model = LoggedModel("0", "m-1", "n", "/a", 1, 2, status=1, tags={"t": "v"})
        assert model.status is LoggedModelStatus.PENDING
        assert dict(model)["model_uri"] == "models:/m-1"
        plain = model.to_dictionary()
        assert plain["status"] == 1
        assert "model_uri" not in plain
        assert LoggedModel.from_dictionary(plain) == model
        assert repr(model) == (
            "LoggedModel(artifact_location='/a', creation_timestamp=1, experiment_id='0', "
            "last_updated_timestamp=2, model_id='m-1', model_type=None, model_uri='models:/m-1', "
            "name='n', source_run_id=None, status=<LoggedModelStatus.PENDING: 'PENDING'>, "
            "status_message=None)"
        )
        model.name = "other"
        assert model != LoggedModel.from_dictionary(plain)

    def test_statuses_have_numbers_and_know_their_end(self) -> None:
        for number, status in enumerate(LoggedModelStatus):
            assert status.to_int() == number
            assert LoggedModelStatus.from_int(number) is status
        assert [str(one) for one in LoggedModelStatus if LoggedModelStatus.is_finalized(one)] == [
            "READY", "FAILED"
        ]  # fmt: skip
        with pytest.raises(MlflowException):
            LoggedModelStatus.from_int(4)
