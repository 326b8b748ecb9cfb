"""The application as a whole: errors, the UI's pages, Kipu's own endpoints."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from kipu.entities import Metric, RunTag
from kipu.series.points import Points
from kipu.server import http
from kipu.server.app import Chore
from kipu.server.routes import ui
from kipu.server.settings import ServerSettings
from kipu.testing.served import application, on_port

API = "/api/2.0/mlflow"
OWN = "/api/kipu/1"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(application(tmp_path), base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
def run_id(server: TestClient) -> str:
    return new_run(server)


def new_run(server: TestClient, **fields: Any) -> str:
    asked = {"experiment_id": "0", "start_time": 1000, "run_name": "first"} | fields
    made = server.post(f"{API}/runs/create", json=asked)
    run_id: str = made.json()["run"]["info"]["run_id"]
    return run_id


def log(server: TestClient, run_id: str, key: str, values: list[float]) -> None:
    points = [
        {"key": key, "value": v, "timestamp": 1000 + 10 * i, "step": i}
        for i, v in enumerate(values)
    ]
    text = json.dumps({"run_id": run_id, "metrics": points})
    got = server.post(
        f"{API}/runs/log-batch", content=text, headers={"Content-Type": "application/json"}
    )
    assert got.status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/2.0/mlflow/nothing", 404),
        ("POST", "/nothing", 405),
        ("POST", "/ajax-api/2.0/mlflow/nothing", 404),
        ("GET", "/api/2.0/mlflow/runs/create", 405),
        ("GET", "/static-files/none.js", 404),
    ],
)
def test_a_wrong_address_is_answered_in_json(
    server: TestClient, method: str, path: str, status: int
) -> None:
    got = server.request(method, path)
    assert (got.status_code, got.json()["error_code"]) == (status, "ENDPOINT_NOT_FOUND")


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"timestamp": -1}, "The timestamp of metric 'loss' must be milliseconds since 1970"),
        ({"key": "a\\b"}, "Invalid metric key"),
        ({"key": ""}, "Invalid metric key"),
        ({"step": 1 << 63}, "step"),
        ({"value": "many"}, "value"),
    ],
)
def test_one_bad_point_refuses_its_batch(
    server: TestClient, run_id: str, fault: dict[str, Any], told: str
) -> None:
    points = [{"key": "loss", "value": 0.5, "timestamp": 1, "step": i} for i in range(3)]
    points[1] |= fault
    for _ in range(2):  # what was refused once is refused again
        got = server.post(f"{API}/runs/log-batch", json={"run_id": run_id, "metrics": points})
        assert (got.status_code, got.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
        assert told in got.json()["message"]
    got = server.get(f"{API}/metrics/get-history", params={"run_id": run_id, "metric_key": "loss"})
    assert got.json() == {}


@pytest.mark.parametrize("kind", ["text/plain", "", "application/x-www-form-urlencoded"])
def test_a_body_that_does_not_say_it_is_json_is_refused(server: TestClient, kind: str) -> None:
    got = server.post(f"{API}/runs/create", content=b"{}", headers={"Content-Type": kind})
    assert (got.status_code, got.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")


def test_parameters_of_the_content_type_do_not_matter(server: TestClient) -> None:
    kind = {"Content-Type": "Application/JSON; charset=utf-8"}
    got = server.post(f"{API}/experiments/create", content=b'{"name":"x"}', headers=kind)
    assert got.status_code == 200


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_beyond_the_limit_is_refused(
    server: TestClient, monkeypatch: pytest.MonkeyPatch, chunked: bool
) -> None:
    monkeypatch.setattr(http, "MAX_JSON_BYTES", 1 << 20)
    content = iter([b" " * (1 << 20), b" "]) if chunked else b" " * ((1 << 20) + 1)
    kind = {"Content-Type": "application/json"}
    got = server.post(f"{API}/runs/search", content=content, headers=kind)
    assert got.status_code == 400
    assert "1 MiB" in got.json()["message"]


def test_a_get_request_may_ask_in_its_body(server: TestClient, run_id: str) -> None:
    got = server.request("GET", f"{API}/runs/get", json={"run_id": run_id})
    assert got.json()["run"]["info"]["run_id"] == run_id


def test_the_wrong_filter_is_pointed_at(server: TestClient) -> None:
    asked = {"experiment_ids": ["0"], "filter": "metrics.loss << 3"}
    got = server.post(f"{OWN}/runs/table", json=asked)
    assert got.status_code == 400
    assert got.json()["position"] == len("metrics.loss ")


@pytest.mark.parametrize("path", ["/", "/experiments/0", "/runs/abc"])
def test_every_page_of_the_ui_is_the_one_page(
    server: TestClient, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ui, "STATIC", tmp_path)
    (tmp_path / "index.html").write_text("<p>the page</p>")
    got = server.get(path)
    assert got.text == "<p>the page</p>"
    assert got.headers["cache-control"] == "no-cache"


def test_assets_are_cached_for_ever_and_stay_inside(
    server: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    static = tmp_path / "static"
    (static / "assets").mkdir(parents=True)
    (static / "assets" / "a-1b2c.js").write_text("let a")
    monkeypatch.setattr(ui, "STATIC", static)
    for path in ("/assets/a-1b2c.js", "/static-files/assets/a-1b2c.js"):
        got = server.get(path)
        assert got.text == "let a"
        assert "immutable" in got.headers["cache-control"]
        assert got.headers["content-type"].startswith("text/javascript")
    assert server.get("/static-files/..%2Fkipu.db").status_code == 404


def test_without_a_built_ui_a_kind_page_says_so(
    server: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ui, "STATIC", tmp_path / "none")
    assert "make ui" in server.get("/").text


def test_experiments_are_listed_with_their_runs(server: TestClient, run_id: str) -> None:
    (listed,) = server.get(f"{OWN}/experiments").json()["experiments"]
    assert listed["experiment_id"] == "0"
    assert (listed["run_count"], listed["running_count"], listed["last_run_time"]) == (1, 1, 1000)


def test_a_run_table_has_the_columns_asked_for(server: TestClient, run_id: str) -> None:
    log(server, run_id, "loss", [1.0, float("nan")])
    server.post(f"{API}/runs/log-parameter", json={"run_id": run_id, "key": "lr", "value": "0.1"})
    other = new_run(server, start_time=2000, run_name="second")
    asked = {"experiment_ids": ["0"], "metrics": ["loss"], "params": ["lr"]}
    table = server.post(f"{OWN}/runs/table", json=asked).json()
    assert table["run_id"] == [other, run_id]
    assert table["run_name"] == ["second", "first"]
    assert (table["count"], table["total"]) == (2, 2)
    assert table["metrics"] == {"loss": [None, "NaN"]}
    assert table["params"] == {"lr": {"values": ["0.1"], "codes": [-1, 0]}}
    assert table["tags"] == {}
    columns = server.post(f"{OWN}/runs/columns", json={"experiment_ids": ["0"]}).json()
    assert columns["metrics"] == [{"name": "loss", "runs": 1}]
    assert columns["params"] == [{"name": "lr", "runs": 1, "distinct": 1}]


def test_curves_come_in_buckets(server: TestClient, run_id: str) -> None:
    log(server, run_id, "loss", [float(i) for i in range(100)])
    asked = {"series": [{"run_id": run_id, "key": "loss"}], "buckets": 4, "axis": "relative"}
    (series,) = server.post(f"{OWN}/metrics/buckets", json=asked).json()["series"]
    assert (series["run_id"], series["key"], series["count"]) == (run_id, "loss", 100)
    assert sum(series["n"]) == 100
    assert len(series["x"]) == 4
    assert (series["first"][0], series["last"][-1]) == (0.0, 99.0)
    assert series["x"][-1] == pytest.approx(0.99)


def test_metrics_of_a_run_are_summed_up(server: TestClient, run_id: str) -> None:
    log(server, run_id, "loss", [3.0, 1.0, 2.0])
    assert server.get(f"{OWN}/runs/{run_id}/metrics").json() == {
        "metrics": [{"key": "loss", "value": 2.0, "step": 2, "timestamp": 1020, "count": 3,
                     "min": 1.0, "max": 3.0}]
    }  # fmt: skip


def test_an_append_sent_twice_counts_once(server: TestClient, run_id: str) -> None:
    batch = Points.from_metrics([Metric("loss", 0.5, 1, 0), Metric("loss", 0.25, 2, 1)]).encode()
    for _ in range(2):
        got = server.post(
            f"{OWN}/points",
            params={"run_id": run_id, "writer": "7", "seq": "1"},
            content=batch,
            headers={"Content-Type": "application/x-kipu-points"},
        )
        assert got.json() == {}
    (summary,) = server.get(f"{OWN}/runs/{run_id}/metrics").json()["metrics"]
    assert summary["count"] == 2


@pytest.mark.parametrize(
    ("kind", "content"), [("application/json", b"{}"), ("application/x-kipu-points", b"KP1")]
)
def test_an_append_of_something_else_is_refused(
    server: TestClient, run_id: str, kind: str, content: bytes
) -> None:
    got = server.post(
        f"{OWN}/points",
        params={"run_id": run_id, "writer": "7", "seq": "1"},
        content=content,
        headers={"Content-Type": kind},
    )
    assert got.status_code == 400


def test_changes_are_told_as_they_happen(tmp_path: Path) -> None:
    with (
        on_port(application(tmp_path)) as uri,
        httpx2.Client(base_url=uri, timeout=20) as calls,
        calls.stream("GET", f"{OWN}/changes", params={"experiment_id": "0"}) as stream,
    ):
        lines = stream.iter_lines()
        assert next(lines) == ": watching"
        asked = {"experiment_id": "0"}
        run_id = httpx2.post(f"{uri}{API}/runs/create", json=asked).json()["run"]["info"]["run_id"]
        told = dict(line.split(": ", 1) for line in take_event(lines))
        assert told["event"] == "changed"
        data = json.loads(told["data"])
        assert data["run_ids"] == [run_id]
        assert told["id"] == str(data["cursor"])


def take_event(lines: Iterator[str]) -> list[str]:
    found: list[str] = []
    for line in lines:
        if line.startswith((":", " ")) or (not line and not found):
            continue
        if not line:
            break
        found.append(line)
    return found


def test_the_server_stops_while_somebody_watches(tmp_path: Path) -> None:
    with httpx2.Client(timeout=20) as calls:
        with on_port(application(tmp_path)) as uri:
            stream = calls.send(calls.build_request("GET", f"{uri}{OWN}/changes"), stream=True)
            lines = stream.iter_lines()
            assert next(lines) == ": watching"
            began = time.monotonic()
        assert time.monotonic() - began < 10
        stream.close()


def test_a_chore_that_fails_is_logged_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    calls: list[int] = []

    async def scene() -> None:
        loop, done = asyncio.get_running_loop(), asyncio.Event()

        def work() -> None:
            calls.append(1)
            if len(calls) == 1:
                raise OSError("disk away")
            loop.call_soon_threadsafe(done.set)

        task = asyncio.create_task(Chore("Folding", 0.01, work).run())
        await done.wait()
        task.cancel()

    asyncio.run(scene())
    assert any("Folding failed" in record.getMessage() for record in caplog.records)


def test_the_prefix_moves_every_path(tmp_path: Path) -> None:
    app = application(tmp_path, ServerSettings(static_prefix="/team"))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        assert client.post(f"/team{API}/runs/search", json={}).json() == {}
        assert client.get("/team/").status_code == 200
        assert client.get("/").json()["error_code"] == "ENDPOINT_NOT_FOUND"


def test_the_name_tag_renames(server: TestClient, run_id: str) -> None:
    tag = RunTag("mlflow.runName", "better")
    server.post(f"{API}/runs/set-tag", json={"run_id": run_id, "key": tag.key, "value": tag.value})
    info = server.get(f"{API}/runs/get", params={"run_id": run_id}).json()["run"]["info"]
    assert info["run_name"] == "better"


def test_a_model_of_the_older_kind_is_noted_in_a_tag(server: TestClient, run_id: str) -> None:
    model = {"artifact_path": "m", "flavors": {}, "utc_time_created": "now", "run_id": run_id}
    for _ in range(2):
        got = server.post(
            f"{API}/runs/log-model", json={"run_id": run_id, "model_json": json.dumps(model)}
        )
        assert got.json() == {}
    tags = server.get(f"{API}/runs/get", params={"run_id": run_id}).json()["run"]["data"]["tags"]
    history = next(tag["value"] for tag in tags if tag["key"] == "mlflow.log-model.history")
    assert json.loads(history) == [model, model]
