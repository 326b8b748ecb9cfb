"""Addresses past the server: none of this server's stores has any, and each says so properly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from kipu.testing.served import application

API = "/api/2.0/mlflow"
PROXY = "/api/2.0/mlflow-artifacts"
UPLOAD, DOWNLOAD = "upload", "download"


@pytest.fixture
def server(tmp_path: Path) -> Any:
    with TestClient(application(tmp_path), base_url="http://127.0.0.1") as client:
        yield client


def new_run(server: TestClient, experiment_id: str = "0") -> str:
    made = server.post(f"{API}/runs/create", json={"experiment_id": experiment_id})
    run_id: str = made.json()["run"]["info"]["run_id"]
    return run_id


def ask(server: TestClient, what: str, **asked: Any) -> tuple[int, str]:
    got = server.post(f"{API}/artifacts/presigned-{what}-url", json=asked)
    return got.status_code, got.json()["error_code"]


@pytest.mark.parametrize("what", [UPLOAD, DOWNLOAD])
def test_files_behind_the_proxy_have_no_address(server: TestClient, what: str) -> None:
    asked = {"run_id": new_run(server), "path": "a", "expiration": "900"}
    assert ask(server, what, **asked) == (400, "INVALID_PARAMETER_VALUE")


@pytest.mark.parametrize("what", [UPLOAD, DOWNLOAD])
def test_files_on_a_disk_have_no_address(server: TestClient, what: str, tmp_path: Path) -> None:
    place = {"name": "local", "artifact_location": (tmp_path / "here").as_uri()}
    made = server.post(f"{API}/experiments/create", json=place).json()
    run_id = new_run(server, made["experiment_id"])
    assert ask(server, what, run_id=run_id, path="a") == (501, "NOT_IMPLEMENTED")


@pytest.mark.parametrize("what", [UPLOAD, DOWNLOAD])
def test_a_run_that_is_not_there_is_not_found(server: TestClient, what: str) -> None:
    assert ask(server, what, run_id="f" * 32, path="a") == (404, "RESOURCE_DOES_NOT_EXIST")


@pytest.mark.parametrize(
    ("what", "asked"),
    [
        (UPLOAD, {"path": "a"}),
        (UPLOAD, {"path": "a", "run_id": "r", "model_id": "m"}),
        (UPLOAD, {"run_id": "r"}),
        (UPLOAD, {"run_id": "r", "path": "../a"}),
        (UPLOAD, {"run_id": "r", "path": "a", "expiration": "x"}),
        (DOWNLOAD, {"path": "a"}),
        (DOWNLOAD, {"run_id": "r"}),
        (DOWNLOAD, {"run_id": "r", "path": "/a"}),
        (DOWNLOAD, {"run_id": "r", "path": "a", "expiration": 0}),
        (DOWNLOAD, {"run_id": "r", "path": "a", "expiration": 604801}),
    ],
)
def test_a_bad_request_is_refused_before_anything_is_looked_up(
    server: TestClient, what: str, asked: dict[str, Any]
) -> None:
    assert ask(server, what, **asked) == (400, "INVALID_PARAMETER_VALUE")


def test_a_model_may_be_asked_for(server: TestClient) -> None:
    asked = {"experiment_id": "0", "name": "m"}
    made = server.post(f"{API}/logged-models", json=asked).json()
    model_id = made["model"]["info"]["model_id"]
    assert ask(server, UPLOAD, model_id=model_id, path="a") == (400, "INVALID_PARAMETER_VALUE")
    assert ask(server, UPLOAD, model_id="m-no", path="a") == (404, "RESOURCE_DOES_NOT_EXIST")


@pytest.mark.parametrize(
    ("step", "asked"),
    [
        ("create", {"path": "x/big", "num_parts": "2"}),
        ("complete", {"path": "x/big", "upload_id": "u", "parts": []}),
        ("abort", {"path": "x/big"}),
    ],
)
def test_no_upload_in_parts(server: TestClient, step: str, asked: dict[str, Any]) -> None:
    for path, body, expected in (
        ("x", asked, (501, "NOT_IMPLEMENTED")),
        ("..%2Fx", asked, (400, "INVALID_PARAMETER_VALUE")),
        ("x", {}, (400, "INVALID_PARAMETER_VALUE")),
    ):
        got = server.post(f"{PROXY}/mpu/{step}/{path}", json=body)
        assert (got.status_code, got.json()["error_code"]) == expected


def test_no_address_for_a_file_of_the_proxy(server: TestClient) -> None:
    got = server.get(f"{PROXY}/presigned/x/f.txt")
    assert (got.status_code, got.json()["error_code"]) == (501, "NOT_IMPLEMENTED")
    got = server.get(f"{PROXY}/presigned/..%2Ff.txt")
    assert (got.status_code, got.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
