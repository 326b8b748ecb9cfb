"""Artifacts on their way through the server."""

from __future__ import annotations

import http.client
import socket
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from kipu.blobs.local import LocalBlobs
from kipu.exceptions import InvalidParameter, ResourceNotFound
from kipu.server.locations import check_location
from kipu.server.places import BesideStore
from kipu.server.settings import ServerSettings
from kipu.testing.served import application, on_port

API = "/api/2.0/mlflow"
PROXY = "/api/2.0/mlflow-artifacts/artifacts"
AJAX = "/ajax-api/2.0/mlflow"
TEXT = bytes(range(256)) * 40


@pytest.fixture
def server(tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(application(tmp_path), base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
def run_id(server: TestClient) -> str:
    made = server.post(f"{API}/runs/create", json={"experiment_id": "0"})
    found: str = made.json()["run"]["info"]["run_id"]
    return found


def test_what_is_put_can_be_got_listed_and_deleted(server: TestClient) -> None:
    assert server.put(f"{PROXY}/a/é b.bin", content=TEXT).json() == {}
    got = server.get(f"{PROXY}/a/é b.bin")
    assert got.content == TEXT
    assert got.headers["content-length"] == str(len(TEXT))
    assert got.headers["content-disposition"] == "attachment; filename*=UTF-8''%C3%A9%20b.bin"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert server.get(PROXY, params={"path": "a"}).json() == {
        "files": [{"path": "é b.bin", "is_dir": False, "file_size": len(TEXT)}]
    }
    assert server.get(PROXY).json() == {"files": [{"path": "a", "is_dir": True}]}
    for _ in range(2):
        assert server.delete(f"{PROXY}/a").status_code == 200
    assert server.get(PROXY).json() == {}


@pytest.mark.parametrize(
    ("asked", "part", "told"),
    [
        ("bytes=0-9", slice(0, 10), "0-9"),
        ("bytes=100-", slice(100, None), "100-10239"),
        ("bytes=-7", slice(-7, None), "10233-10239"),
        ("bytes=10000-99999", slice(10000, None), "10000-10239"),
        ("bytes=-99999", slice(None), "0-10239"),
    ],
)
def test_a_part_of_a_file_can_be_got(
    server: TestClient, asked: str, part: slice, told: str
) -> None:
    server.put(f"{PROXY}/f.bin", content=TEXT)
    got = server.get(f"{PROXY}/f.bin", headers={"Range": asked})
    assert (got.status_code, got.content) == (206, TEXT[part])
    assert got.headers["content-range"] == f"bytes {told}/{len(TEXT)}"
    assert got.headers["content-length"] == str(len(TEXT[part]))


def test_a_part_beyond_the_end_is_none(server: TestClient) -> None:
    server.put(f"{PROXY}/f.bin", content=TEXT)
    got = server.get(f"{PROXY}/f.bin", headers={"Range": "bytes=10240-"})
    assert (got.status_code, got.headers["content-range"]) == (416, "bytes */10240")


@pytest.mark.parametrize(
    "asked", ["bytes=5-2", "lines=1-2", "bytes=a-", "bytes=0-1,4-5", "bytes=-"]
)
def test_a_range_that_cannot_be_read_means_the_whole_file(server: TestClient, asked: str) -> None:
    server.put(f"{PROXY}/f.bin", content=TEXT)
    got = server.get(f"{PROXY}/f.bin", headers={"Range": asked})
    assert got.content == TEXT


def test_an_empty_file_is_a_file(server: TestClient) -> None:
    server.put(f"{PROXY}/empty", content=b"")
    got = server.get(f"{PROXY}/empty")
    assert (got.status_code, got.content) == (200, b"")
    assert server.head(f"{PROXY}/empty").headers["content-length"] == "0"


def test_head_tells_the_size_only(server: TestClient) -> None:
    server.put(f"{PROXY}/f.bin", content=TEXT)
    got = server.head(f"{PROXY}/f.bin")
    assert (got.status_code, got.content) == (200, b"")
    assert got.headers["content-length"] == str(len(TEXT))


@pytest.mark.parametrize("path", ["..%2Fup", "a/%2e%2e/%2e%2e/up", "%2Fetc/passwd", "a%5Cb"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_no_path_leads_out(server: TestClient, method: str, path: str) -> None:
    got = server.request(method, f"{PROXY}/{path}")
    assert (got.status_code, got.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")


def test_a_missing_file_is_not_found_and_a_folder_is_no_file(server: TestClient) -> None:
    server.put(f"{PROXY}/a/b", content=b"x")
    assert server.get(f"{PROXY}/none").json()["error_code"] == "RESOURCE_DOES_NOT_EXIST"
    assert server.get(f"{PROXY}/a").json()["error_code"] == "INVALID_PARAMETER_VALUE"


@pytest.mark.parametrize("what", ["create", "complete", "abort"])
def test_uploads_in_parts_are_not_offered(server: TestClient, what: str) -> None:
    asked = {"path": "a/big", "num_parts": "2", "upload_id": "u", "parts": []}
    got = server.post(f"/api/2.0/mlflow-artifacts/mpu/{what}/a", json=asked)
    assert (got.status_code, got.json()["error_code"]) == (501, "NOT_IMPLEMENTED")


def test_an_upload_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    with on_port(application(tmp_path)) as uri:
        place = urlsplit(uri)
        with socket.create_connection((place.hostname, place.port)) as wire:
            head = (
                f"PUT {PROXY}/half.bin HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9000000\r\n"
            )
            wire.sendall(head.encode() + b"\r\n" + b"x" * 5_000_000)
        calls = http.client.HTTPConnection(place.netloc)
        calls.request("GET", PROXY)
        assert calls.getresponse().read() == b"{}"
        calls.close()
    assert [path for path in tmp_path.glob("artifacts/**/*") if path.is_file()] == []


def test_a_large_file_is_never_whole_in_memory(tmp_path: Path) -> None:
    size = 48 << 20
    with on_port(application(tmp_path)) as uri:
        calls = http.client.HTTPConnection(urlsplit(uri).netloc)
        calls.request("GET", "/health")
        calls.getresponse().read()
        tracemalloc.start()
        chunks = (b"x" * (1 << 20) for _ in range(size >> 20))
        calls.request("PUT", f"{PROXY}/big", chunks, {"Content-Length": str(size)})
        assert calls.getresponse().read() == b"{}"
        calls.request("GET", f"{PROXY}/big")
        answer = calls.getresponse()
        got = 0
        while part := answer.read(1 << 20):
            got += len(part)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        calls.close()
    assert got == size
    assert peak < 16 << 20


def test_files_of_a_run_go_by_its_artifact_uri(server: TestClient, run_id: str) -> None:
    query = {"run_uuid": run_id, "path": "notes/a.txt"}
    assert server.post(f"{AJAX}/upload-artifact", params=query, content=b"hello").status_code == 200
    listed = server.get(f"{API}/artifacts/list", params={"run_id": run_id, "path": "notes"}).json()
    assert listed["files"] == [{"path": "notes/a.txt", "is_dir": False, "file_size": 5}]
    assert server.get(PROXY + listed["root_uri"].removeprefix("mlflow-artifacts:") + "/notes/a.txt")
    for prefix in ("", AJAX):
        got = server.get(f"{prefix}/get-artifact", params=query)
        assert got.content == b"hello"
        assert got.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize("size", [0, (10 << 20) + 1])
def test_an_upload_from_the_ui_is_neither_empty_nor_large(
    server: TestClient, run_id: str, size: int
) -> None:
    query = {"run_id": run_id, "path": "f"}
    got = server.post(f"{AJAX}/upload-artifact", params=query, content=b"x" * size)
    assert (got.status_code, got.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")


def test_artifacts_of_a_local_folder_are_read_where_they_lie(
    server: TestClient, tmp_path: Path
) -> None:
    place = tmp_path / "elsewhere"
    asked = {"name": "local", "artifact_location": str(place)}
    experiment = server.post(f"{API}/experiments/create", json=asked).json()["experiment_id"]
    run = server.post(f"{API}/runs/create", json={"experiment_id": experiment}).json()["run"]
    folder = place / run["info"]["run_id"] / "artifacts"
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text("here")
    query = {"run_id": run["info"]["run_id"], "path": "a.txt"}
    assert server.get("/get-artifact", params=query).text == "here"


@pytest.mark.parametrize(
    ("location", "named"),
    [
        ("/etc", "KIPU_ALLOWED_ARTIFACT_ROOTS"),
        ("file:///etc", "KIPU_ALLOWED_ARTIFACT_ROOTS"),
        ("relative/../../..", "KIPU_ALLOWED_ARTIFACT_ROOTS"),
        ("http://host/x", "MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES"),
        ("sftp://host/x", "MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES"),
        ("mlflow-artifacts://host/x", "MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES"),
    ],
)
def test_clients_cannot_name_a_place_outside_the_servers_own(
    server: TestClient, location: str, named: str
) -> None:
    asked = {"name": "away", "artifact_location": location}
    got = server.post(f"{API}/experiments/create", json=asked)
    assert (got.status_code, got.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert named in got.json()["message"]


def test_places_can_be_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidParameter):
        check_location(str(tmp_path / "x"), ())
    monkeypatch.setenv("KIPU_ALLOWED_ARTIFACT_ROOTS", f"/nowhere, {tmp_path}")
    check_location((tmp_path / "x").as_uri(), ())
    monkeypatch.setenv("MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES", "sftp")
    check_location("sftp://host/x", ())
    check_location("s3://bucket/x", ())
    check_location("mlflow-artifacts:/x", ())


@pytest.mark.parametrize(
    "path", ["kipu.db", "KIPU.DB-wal", "journal/1.kj", "./kipu.db", "a/../kipu.db"]
)
def test_the_store_beside_the_artifacts_is_out_of_reach(tmp_path: Path, path: str) -> None:
    (tmp_path / "kipu.db").write_bytes(b"secret")
    (tmp_path / "0").mkdir()
    beside = BesideStore(LocalBlobs(tmp_path), ["kipu.db", "journal"])
    assert [file.path for file in beside.list()] == ["0"]
    for action in (beside.open, beside.delete, beside.list):
        with pytest.raises((ResourceNotFound, InvalidParameter)):
            action(path)
    assert (tmp_path / "kipu.db").read_bytes() == b"secret"


def test_the_whole_artifact_store_cannot_be_deleted(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameter):
        BesideStore(LocalBlobs(tmp_path), ["kipu.db"]).delete(".")


def test_a_server_without_artifacts_says_so(tmp_path: Path) -> None:
    app = application(tmp_path, ServerSettings())
    app.state.kipu = app.state.kipu._replace(artifacts=None)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        got = client.get(PROXY)
        assert (got.status_code, got.json()["error_code"]) == (503, "TEMPORARILY_UNAVAILABLE")
        assert client.get("/api/kipu/1/info").json()["artifacts"] == "direct"


def test_an_upload_of_unknown_length_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    with on_port(application(tmp_path)) as uri:
        place = urlsplit(uri)
        with socket.create_connection((place.hostname, place.port)) as wire:
            wire.sendall(
                f"PUT {PROXY}/half.bin HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                "Transfer-Encoding: chunked\r\n\r\n".encode()
            )
            for _ in range(40):
                wire.sendall(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
    assert [path for path in tmp_path.glob("artifacts/**/*") if path.is_file()] == []
