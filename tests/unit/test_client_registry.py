"""The model registry from Python."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import kipu
from kipu.client.model_versions import ModelVersionsClient
from kipu.entities.model_registry import ModelVersion, RegisteredModel
from kipu.exceptions import InvalidParameter, MlflowException, ResourceNotFound
from kipu.store.rest import RestStore
from kipu.testing.served import application, on_port


@pytest.fixture
def client(fresh: Path) -> kipu.MlflowClient:
    return kipu.MlflowClient()


def logged_run(text: str = "weights") -> str:
    """A run with a model's folder ``model`` among its files."""
    with kipu.start_run() as run:
        kipu.log_text("flavors: {}", "model/MLmodel")
        kipu.log_text(text, "model/data.txt")
    run_id: str = run.info.run_id
    return run_id


class TestRegisterModel:
    def test_a_folder_of_a_run_becomes_a_version(self, client: kipu.MlflowClient) -> None:
        run_id = logged_run()
        made = kipu.register_model(f"runs:/{run_id}/model", "cat", tags={"state": 1})
        assert (made.name, made.version, made.run_id) == ("cat", "1", run_id)
        assert made.tags == {"state": "1"}
        assert made.source == f"{kipu.get_run(run_id).info.artifact_uri}/model"
        assert kipu.register_model(f"runs:/{run_id}/model", "cat").version == "2"

    def test_the_name_of_a_logged_model_will_do(self, client: kipu.MlflowClient) -> None:
        with kipu.start_run() as run:
            store = client._tracking.store
            model = store.create_logged_model("0", "net", run.info.run_id, [], [], None)
        made = kipu.register_model(f"runs:/{run.info.run_id}/net", "cat")
        assert made.source == f"models:/{model.model_id}"
        assert (made.run_id, made.model_id) == (run.info.run_id, model.model_id)

    def test_a_run_without_such_a_model_is_refused(self, client: kipu.MlflowClient) -> None:
        with kipu.start_run() as run:
            kipu.log_text("x", "plain/x.txt")
        with pytest.raises(MlflowException, match="no model at 'plain'") as refused:
            kipu.register_model(f"runs:/{run.info.run_id}/plain", "cat")
        assert refused.value.error_code == "NOT_FOUND"
        assert kipu.search_registered_models() == []

    def test_any_other_source_is_taken_as_it_is(self, client: kipu.MlflowClient) -> None:
        assert kipu.register_model("s3://bucket/m", "cat").source == "s3://bucket/m"
        copied = kipu.register_model("models:/cat/1", "dog", await_registration_for=0)
        assert (copied.name, copied.source) == ("dog", "models:/cat/1")
        assert client.get_model_version_download_uri("dog", "1") == "s3://bucket/m"

    def test_what_only_another_platform_has_is_refused(self, fresh: Path) -> None:
        with pytest.raises(InvalidParameter, match="env_pack"):
            kipu.register_model("s3://bucket/m", "cat", env_pack="databricks_model_serving")


class TestClient:
    def test_models_are_described_tagged_and_found(self, client: kipu.MlflowClient) -> None:
        made = client.create_registered_model("cat", {"team": 7}, "meows", "job")
        assert isinstance(made, RegisteredModel)
        assert (made.tags, made.description) == ({"team": "7"}, "meows")
        assert client.update_registered_model("cat", "purrs").description == "purrs"
        client.set_registered_model_tag("cat", "n", 1)
        client.delete_registered_model_tag("cat", "team")
        assert client.rename_registered_model("cat", "lion").tags == {"n": "1"}
        (found,) = client.search_registered_models("tags.n = '1'", order_by=["name"])
        assert found == client.get_registered_model("lion")
        client.delete_registered_model("lion")
        with pytest.raises(ResourceNotFound):
            client.get_registered_model("lion")

    def test_versions_go_by_number_stage_and_alias(self, client: kipu.MlflowClient) -> None:
        client.create_registered_model("cat")
        made = client.create_model_version("cat", "s3://b/m", tags={"t": 1}, description="d")
        assert isinstance(made, ModelVersion)
        assert client.get_model_version("cat", 1) == made  # type: ignore[arg-type]
        assert client.update_model_version("cat", "1", "e").description == "e"
        client.transition_model_version_stage("cat", "1", "staging", True)
        client.set_model_version_tag("cat", stage="Staging", key="s", value=2)
        client.set_model_version_tag("cat", "1", "u", 3)
        client.delete_model_version_tag("cat", key="t", stage="Staging")
        client.set_registered_model_alias("cat", "best", 1)  # type: ignore[arg-type]
        version = client.get_model_version_by_alias("cat", "best")
        assert (version.tags, version.aliases) == ({"s": "2", "u": "3"}, ["best"])
        client.delete_registered_model_alias("cat", "best")
        (latest,) = client.get_latest_versions("cat", ["Staging"])
        assert latest.version == "1"
        assert client.get_model_version_stages("cat", "1")[1:3] == ["Staging", "Production"]
        client.delete_model_version("cat", "1")
        assert client.get_latest_versions("cat") == []

    def test_a_tag_needs_a_version_or_a_stage(self, client: kipu.MlflowClient) -> None:
        for version, stage in ((None, None), ("1", "Staging")):
            with pytest.raises(InvalidParameter, match="either a version or a stage"):
                client.set_model_version_tag("cat", version, "k", "v", stage)
        client.create_registered_model("cat")
        with pytest.raises(ResourceNotFound, match="Staging"):
            client.set_model_version_tag("cat", key="k", value="v", stage="Staging")

    def test_nothing_to_update_is_refused(self, client: kipu.MlflowClient) -> None:
        with pytest.raises(InvalidParameter, match="description"):
            client.update_registered_model("cat")
        with pytest.raises(InvalidParameter, match="description"):
            client.update_model_version("cat", "1")

    def test_a_copy_has_all_but_stage_and_aliases(self, client: kipu.MlflowClient) -> None:
        client.create_registered_model("cat")
        client.create_model_version("cat", "s3://b/m", "f00", {"t": "1"}, "http://l", "d")
        client.set_registered_model_alias("cat", "best", "1")
        for number in ("1", "2"):
            copied = client.copy_model_version("models:/cat@best", "dog")
            assert (copied.name, copied.version, copied.source) == ("dog", number, "models:/cat/1")
            assert (copied.run_id, copied.tags, copied.run_link) == ("f00", {"t": "1"}, "http://l")
            assert (copied.description, copied.aliases) == ("d", [])
        for uri in ("runs:/f00/m", "models:/m-1", "cat/1"):
            with pytest.raises(InvalidParameter, match="registered version"):
                client.copy_model_version(uri, "dog")

    def test_all_pages_are_read(self, client: kipu.MlflowClient) -> None:
        for number in range(103):
            client.create_registered_model(f"m{number:03}")
        names = [model.name for model in kipu.search_registered_models()]
        assert names == [f"m{number:03}" for number in range(103)]
        assert len(kipu.search_registered_models(max_results=101)) == 101
        client.create_model_version("m000", "s3://b/m")
        kipu.set_model_version_tag("m000", "1", "k", "v")
        (found,) = kipu.search_model_versions(5, "tags.k = 'v'", ["name"])
        assert found.name == "m000"

    def test_a_version_that_is_not_ready_is_waited_for(
        self, client: kipu.MlflowClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        statuses = iter(["PENDING_REGISTRATION", "READY"])
        client.create_registered_model("cat")
        store = client._registry

        class Slow:
            """A registry that takes its time, as others do."""

            def create_model_version(self, *arguments: object) -> ModelVersion:
                made = store.create_model_version(*arguments)  # type: ignore[arg-type]
                made.status = "PENDING_REGISTRATION"
                return made

            def get_model_version(self, name: str, version: str) -> ModelVersion:
                read = store.get_model_version(name, version)
                read.status = next(statuses)
                return read

        monkeypatch.setattr(ModelVersionsClient, "_registry", Slow())
        monkeypatch.setattr("kipu.client.model_versions._ASK_EVERY_S", 0.001)
        assert client.create_model_version("cat", "s").status == "READY"
        pending = client.create_model_version("cat", "s", await_creation_for=None)
        assert pending.status == "PENDING_REGISTRATION"
        statuses = iter(["FAILED_REGISTRATION"])
        with pytest.raises(MlflowException, match="FAILED_REGISTRATION"):
            client.create_model_version("cat", "s")


class TestUris:
    @pytest.mark.parametrize(
        "uri", ["models:/cat/1", "models:/cat@best", "models:/cat/production", "models:/cat/latest"]
    )
    def test_files_of_a_version_are_found(self, client: kipu.MlflowClient, uri: str) -> None:
        kipu.register_model(f"runs:/{logged_run()}/model", "cat")
        client.set_registered_model_alias("cat", "best", "1")
        client.transition_model_version_stage("cat", "1", "Production")
        listed = [file.path for file in kipu.artifacts.list_artifacts(uri)]
        assert listed == ["MLmodel", "data.txt"]
        local = Path(kipu.artifacts.download_artifacts(uri))
        assert (local / "data.txt").read_text() == "weights"
        assert kipu.artifacts.load_text(f"{uri}/data.txt") == "weights"

    def test_a_source_in_a_run_is_followed(self, client: kipu.MlflowClient) -> None:
        client.create_registered_model("cat")
        client.create_model_version("cat", f"runs:/{logged_run()}/model")
        listed = [file.path for file in kipu.artifacts.list_artifacts("models:/cat/1")]
        assert listed == ["MLmodel", "data.txt"]
        assert kipu.artifacts.load_text("models:/cat/1/data.txt") == "weights"

    def test_what_is_not_there_is_not_found(self, client: kipu.MlflowClient) -> None:
        with pytest.raises(ResourceNotFound, match="cat"):
            kipu.artifacts.download_artifacts("models:/cat/1")

    def test_files_of_a_version_on_a_server_are_found(self, tmp_path: Path) -> None:
        script = """
import kipu
with kipu.start_run() as run:
    kipu.log_text("", "model/MLmodel")
    kipu.log_text("weights", "model/data.txt")
print(kipu.register_model(f"runs:/{run.info.run_id}/model", "cat").source)
print(kipu.artifacts.load_text("models:/cat/1/data.txt"))
"""
        with on_port(application(tmp_path)) as uri:
            where = os.environ | {"MLFLOW_TRACKING_URI": uri, "KIPU_HOME": str(tmp_path)}
            done = subprocess.run(
                [sys.executable, "-c", script],
                env=where,
                capture_output=True,
                text=True,
                check=True,
            )
        source, text = done.stdout.splitlines()[-2:]
        assert source.startswith("mlflow-artifacts:/0/")
        assert text == "weights"


class TestRegistryUri:
    def test_a_registry_may_lie_elsewhere(self, fresh: Path) -> None:
        kipu.set_registry_uri("registry")
        made = kipu.register_model(f"runs:/{logged_run()}/model", "cat")
        assert kipu.MlflowClient("mlruns", "registry").get_model_version("cat", "1") == made
        assert kipu.MlflowClient("mlruns", "mlruns").search_registered_models() == []
        assert kipu.artifacts.load_text("models:/cat/1/data.txt") == "weights"
        assert (fresh / "registry" / "kipu.db").exists()

    def test_a_registry_elsewhere_finds_logged_models(self, fresh: Path) -> None:
        kipu.set_registry_uri("registry")
        client = kipu.MlflowClient()
        with kipu.start_run() as run:
            store = client._tracking.store
            model = store.create_logged_model("0", "net", run.info.run_id, [], [], None)
        made = kipu.register_model(f"models:/{model.model_id}", "cat")
        assert (made.run_id, made.model_id) == (run.info.run_id, model.model_id)
        tags = client.get_logged_model(model.model_id).tags
        assert tags["mlflow.modelVersions"] == '[{"name": "cat", "version": 1}]'
        location = client.get_model_version_download_uri("cat", "1")
        assert location == model.artifact_location

    def test_the_registry_that_was_set_holds_for_other_stores(self, fresh: Path) -> None:
        assert kipu.MlflowClient("here")._registry_uri == "here"
        kipu.set_registry_uri("http://registry")
        assert kipu.get_registry_uri() == "http://registry"
        assert kipu.MlflowClient("here")._registry_uri == "http://registry"
        assert kipu.MlflowClient("here", "there")._registry_uri == "there"
        assert isinstance(kipu.MlflowClient()._registry, RestStore)
        kipu.set_registry_uri("")
        assert kipu.get_registry_uri() == kipu.get_tracking_uri()
