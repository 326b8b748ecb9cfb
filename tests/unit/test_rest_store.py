"""The store behind HTTP, where the contract tests do not reach: other servers, and none."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from kipu.entities import Metric
from kipu.exceptions import (
    InvalidParameter,
    MlflowException,
    ResourceNotFound,
    RestException,
    Unavailable,
)
from kipu.series.points import Points
from kipu.store.rest import RestStore
from kipu.testing.served import application, on_port


class Seen:
    """Notes the paths of requests, and answers those that begin with ``hidden`` by some page."""

    def __init__(self, app: ASGIApp, hidden: str, status: int) -> None:
        self.app, self.hidden, self.status = app, hidden, status
        self.paths: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self.paths.append(scope["path"])
            if scope["path"].startswith(self.hidden):
                page = PlainTextResponse("<html>A page</html>", self.status)
                await page(scope, receive, send)
                return
        await self.app(scope, receive, send)


def seen(app: Starlette, hidden: str = "/hidden", status: int = 404) -> Seen:
    """Wrap an application's routes, so that it remains one."""
    inner = app.router
    watcher = Seen(inner, hidden, status)
    app.router = watcher  # type: ignore[assignment]
    watcher.lifespan_context = inner.lifespan_context  # type: ignore[attr-defined]
    return watcher


@pytest.fixture(params=["own", "official"])
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[RestStore, list[str]]]:
    app = application(tmp_path)
    watcher = seen(app, "/api/kipu/") if request.param == "official" else seen(app)
    with on_port(app) as uri:
        store = RestStore(uri)
        yield store, watcher.paths
        store.close()


def curve(count: int) -> list[Metric]:
    return [Metric("loss", 1 / (step + 1), 1000 + step, step) for step in range(count)]


def new_run(store: RestStore) -> str:
    return store.create_run("0", None, 1000, [], "run").info.run_id


def test_points_go_in_one_append_or_in_batches(served: tuple[RestStore, list[str]]) -> None:
    store, paths = served
    run_id = new_run(store)
    points = Points.from_metrics(curve(2500))
    for _ in range(2):
        store.append_points(run_id, 7, 1, points)
    own = paths.count("/api/kipu/1/points") == 2
    assert own or paths.count("/api/2.0/mlflow/runs/log-batch") == 6
    assert paths.count("/api/kipu/1/info") == 1
    history = store.get_metric_history(run_id, "loss", None, None)
    assert [(m.step, m.value) for m in history] == [(m.step, m.value) for m in curve(2500)]
    assert {m.run_id for m in history} == {run_id}


@pytest.mark.parametrize(("axis", "last"), [("step", 99.0), ("time", 1099.0), ("relative", 0.099)])
def test_buckets_are_the_same_from_both_kinds_of_server(
    served: tuple[RestStore, list[str]], axis: str, last: float
) -> None:
    store, _ = served
    run_id = new_run(store)
    store.log_batch(run_id, curve(100), [], [])
    found = store.read_buckets(run_id, "loss", 7, axis)
    assert int(found.count.sum()) == 100
    assert found.x[-1] == pytest.approx(last)
    assert (found.first[0], found.last[-1]) == (1.0, 0.01)
    assert np.all(found.min <= found.mean)
    assert np.all(found.mean <= found.max)
    empty = store.read_buckets(run_id, "none", 7, axis)
    assert [len(column) for column in empty] == [0] * 7


def test_no_history_of_no_run_is_an_error(served: tuple[RestStore, list[str]]) -> None:
    store, _ = served
    assert store.get_metric_history(new_run(store), "none", None, None) == []
    with pytest.raises(ResourceNotFound):
        store.get_metric_history("f" * 32, "loss", None, None)


def test_errors_are_of_both_families(served: tuple[RestStore, list[str]]) -> None:
    store, _ = served
    with pytest.raises(ResourceNotFound) as caught:
        store.get_run("f" * 32)
    assert isinstance(caught.value, RestException)
    assert str(caught.value).startswith("RESOURCE_DOES_NOT_EXIST: ")
    with pytest.raises(InvalidParameter):
        store.search_runs(["0"], "metrics.loss <", 1, 10, None, None)


def test_threads_share_a_store(served: tuple[RestStore, list[str]]) -> None:
    store, _ = served
    made: list[str] = []

    def work() -> None:
        made.extend(new_run(store) for _ in range(5))
        store.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 20
    assert len(store.search_runs(["0"], None, 1, 100, None, None)) == 20


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_has_a_connection_of_its_own(served: tuple[RestStore, list[str]]) -> None:
    store, _ = served
    run_id = new_run(store)
    child = os.fork()
    if not child:
        try:
            os._exit(0 if store.get_run(run_id).info.run_id == run_id else 1)
        finally:
            os._exit(2)
    assert store.get_run(run_id).info.run_id == run_id
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_server_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        uri = f"http://user:secret@127.0.0.1:{taken.getsockname()[1]}"
    with pytest.raises(Unavailable) as caught:
        RestStore(uri).get_run("f" * 32)
    assert uri.replace("user:secret@", "") in caught.value.message
    assert "secret" not in caught.value.message


def test_another_service_at_the_address_is_told(tmp_path: Path) -> None:
    app = application(tmp_path)
    seen(app, "/api/", 200)
    with on_port(app) as uri:
        store = RestStore(uri)
        with pytest.raises(MlflowException, match="names a tracking server"):
            store.get_run("f" * 32)
        store.close()
