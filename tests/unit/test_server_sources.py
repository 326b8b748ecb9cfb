"""Which sources a server takes from its clients, and the files of versions that it hands out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from kipu.server.app import create_app
from kipu.server.settings import ServerSettings
from kipu.server.state import State
from kipu.service.tracking import TrackingService
from kipu.store.sql.store import SqlStore

API = "/api/2.0/mlflow"


@pytest.fixture
def local(tmp_path: Path) -> Iterator[TestClient]:
    """A server whose runs keep their files in a folder that its clients see, too."""
    store = SqlStore(f"sqlite:///{tmp_path}/kipu.db", str(tmp_path / "files"))
    parts = State(TrackingService(store), None, ServerSettings(), (tmp_path,))
    with TestClient(create_app(parts), base_url="http://127.0.0.1") as client:
        post(client, "/registered-models/create", name="cat")
        yield client


def post(client: TestClient, path: str, **given: object) -> dict[str, Any]:
    answer = client.post(API + path, json=given)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def create(client: TestClient, **given: object) -> Any:
    return client.post(f"{API}/model-versions/create", json={"name": "cat", **given})


def refused(client: TestClient, **given: object) -> str:
    answer = create(client, **given)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error_code"] == "INVALID_PARAMETER_VALUE"
    message: str = answer.json()["message"]
    return message


@pytest.fixture
def run(local: TestClient) -> dict[str, Any]:
    info: dict[str, Any] = post(local, "/runs/create", experiment_id="0")["run"]["info"]
    return info


def test_a_folder_of_the_run_is_taken(local: TestClient, run: dict[str, Any]) -> None:
    for source in (
        run["artifact_uri"],
        f"{run['artifact_uri']}/m",
        f"file://{run['artifact_uri']}",
    ):
        answer = create(local, source=source, run_id=run["run_id"])
        assert answer.status_code == 200, answer.text


def test_a_folder_of_the_logged_model_is_taken(local: TestClient) -> None:
    info = post(local, "/logged-models", experiment_id="0", name="m")["model"]["info"]
    answer = create(local, source=info["artifact_uri"], model_id=info["model_id"])
    assert answer.json()["model_version"]["model_id"] == info["model_id"]


@pytest.mark.parametrize("way", ["{uri}/../../secret", "{uri}x", "/etc", "relative", "file:///etc"])
def test_other_folders_are_refused(local: TestClient, run: dict[str, Any], way: str) -> None:
    source = way.format(uri=run["artifact_uri"])
    assert "folder" in refused(local, source=source, run_id=run["run_id"])
    assert "folder" in refused(local, source=source)


def test_a_link_out_of_the_run_is_refused(
    local: TestClient, run: dict[str, Any], tmp_path: Path
) -> None:
    os.makedirs(run["artifact_uri"])
    (tmp_path / "secret").mkdir()
    os.symlink(tmp_path / "secret", f"{run['artifact_uri']}/link")
    source = f"{run['artifact_uri']}/link"
    assert "folder" in refused(local, source=source, run_id=run["run_id"])


def test_the_setting_says_what_sources_look_like(
    local: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX", "^s3://models/")
    assert create(local, source="s3://models/m").status_code == 200
    assert "s3://other/m" in refused(local, source="s3://other/m")


def test_hosts_must_be_allowed(local: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "host" in refused(local, source="https://example.com/m")
    monkeypatch.setenv("MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES", "https")
    assert create(local, source="https://example.com/m").status_code == 200
    proxied = "https://example.com/api/2.0/mlflow-artifacts/artifacts/m"
    assert "run_id" in refused(local, source=proxied)


def test_a_prompt_has_no_files(local: TestClient) -> None:
    tags = [{"key": "mlflow.prompt.is_prompt", "value": "true"}]
    post(local, "/registered-models/create", name="poem", tags=tags)
    assert create(local, name="poem", source="dummy-source", tags=tags).status_code == 200
    assert "prompt" in refused(local, name="poem", source="/etc", tags=tags)
    assert "prompt" in refused(local, source="models:/poem/1")


def test_a_copy_has_the_run_and_the_model_of_the_original(
    local: TestClient, run: dict[str, Any]
) -> None:
    model = post(local, "/logged-models", experiment_id="0", name="m", source_run_id=run["run_id"])[
        "model"
    ]["info"]
    source = f"models:/{model['model_id']}"
    assert create(local, source=source, model_id=model["model_id"]).status_code == 200
    post(local, "/registered-models/alias", name="cat", alias="best", version="1")
    copy = create(local, source="models:/cat@best").json()["model_version"]
    assert copy["source"] == "models:/cat/1"
    assert (copy["run_id"], copy["model_id"]) == (run["run_id"], model["model_id"])
    assert "run_id" in refused(local, source="models:/cat/1", run_id="f00")
    assert "model_id" in refused(local, source="models:/cat/1", model_id="m-0")


def test_files_of_a_version_are_handed_out(local: TestClient, run: dict[str, Any]) -> None:
    folder = Path(run["artifact_uri"]) / "model"
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text("hello")
    for source in (str(folder), f"runs:/{run['run_id']}/model"):
        version = create(local, source=source, run_id=run["run_id"]).json()["model_version"]
        asked = {"name": "cat", "version": version["version"], "path": "a.txt"}
        got = local.get("/model-versions/get-artifact", params=asked)
        assert (got.status_code, got.text) == (200, "hello")
        lost = local.get("/model-versions/get-artifact", params=asked | {"path": "b.txt"})
        assert lost.status_code == 404
        out = local.get("/model-versions/get-artifact", params=asked | {"path": "../x"})
        assert out.status_code == 400


def test_the_search_of_models_may_be_posted(local: TestClient) -> None:
    found = post(local, "/registered-models/search", max_results=1)
    assert [model["name"] for model in found["registered_models"]] == ["cat"]
