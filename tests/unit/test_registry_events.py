"""Webhooks are told what MLflow's are told of the model registry, in the same words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from kipu.entities import WebhookEvent, WebhookStatus
from kipu.entities.webhook_payloads import EXAMPLES
from kipu.exceptions import Unavailable
from kipu.server.app import create_app
from kipu.server.settings import ServerSettings
from kipu.server.state import State
from kipu.service.tracking import TrackingService
from kipu.store.sql.store import SqlStore

API = "/api/2.0/mlflow"
PROMPT = {"key": "mlflow.prompt.is_prompt", "value": "true"}
LABEL = {"key": "a", "value": "b"}


@pytest.fixture
def store(tmp_path: Path) -> SqlStore:
    return SqlStore(f"sqlite:///{tmp_path}/kipu.db", "mlflow-artifacts:/")


@pytest.fixture
def server(store: SqlStore, tmp_path: Path) -> Iterator[TestClient]:
    everything = [WebhookEvent.from_str(event) for event in EXAMPLES]
    store.create_webhook("w", "https://1.1.1.1/", everything, None, None, WebhookStatus.ACTIVE)
    app = create_app(State(TrackingService(store), None, ServerSettings(), (tmp_path,)))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


def send(server: TestClient, method: str, path: str, **asked: Any) -> Any:
    got = server.request(method, f"{API}/{path}", json=asked)
    assert got.status_code == 200, got.text
    return got.json()


def told(store: SqlStore) -> list[tuple[str, Any]]:
    """What waits for the webhook, in the order in which it happened."""
    waiting = store.claim_deliveries(1 << 52, 1000, 1000, ())
    bodies = sorted((json.loads(delivery.body) for delivery in waiting), key=_when)
    return [(f"{body['entity']}.{body['action']}", body["data"]) for body in bodies]


def _when(body: dict[str, Any]) -> str:
    moment: str = body["timestamp"]
    return moment


def test_what_happens_to_models_is_told(server: TestClient, store: SqlStore) -> None:
    run = send(server, "POST", "runs/create", experiment_id="0")["run"]["info"]
    source, run_id = f"{run['artifact_uri']}/model", run["run_id"]
    send(server, "POST", "registered-models/create", name="plain")
    send(server, "POST", "registered-models/create", name="m", description="d", tags=[LABEL])
    send(server, "POST", "model-versions/create", name="m", source=source, run_id=run_id)
    send(
        server, "POST", "model-versions/create",
        name="m", source=source, run_id=run_id, description="e", tags=[LABEL],
    )  # fmt: skip
    send(server, "POST", "model-versions/set-tag", name="m", version="1", key="t", value="1")
    send(server, "DELETE", "model-versions/delete-tag", name="m", version="1", key="t")
    send(server, "POST", "registered-models/alias", name="m", alias="best", version="1")
    send(server, "POST", "registered-models/alias", name="m", alias="best", version="2")
    send(server, "DELETE", "registered-models/alias", name="m", alias="best")
    # Of these, MLflow tells nothing.
    send(server, "POST", "registered-models/set-tag", name="m", key="t", value="1")
    send(server, "DELETE", "registered-models/delete-tag", name="m", key="t")
    send(server, "PATCH", "registered-models/update", name="m", description="n")
    send(server, "DELETE", "model-versions/delete", name="m", version="1")
    version = {"name": "m", "version": "1"}
    made = {"source": source, "run_id": run_id}
    assert told(store) == [
        ("registered_model.created", {"name": "plain", "tags": {}, "description": ""}),
        ("registered_model.created", {"name": "m", "tags": {"a": "b"}, "description": "d"}),
        ("model_version.created", {**version, **made, "tags": {}, "description": None}),
        (
            "model_version.created",
            {"name": "m", "version": "2", **made, "tags": {"a": "b"}, "description": "e"},
        ),
        ("model_version_tag.set", {**version, "key": "t", "value": "1"}),
        ("model_version_tag.deleted", {**version, "key": "t"}),
        ("model_version_alias.created", {"name": "m", "alias": "best", "version": "1"}),
        ("model_version_alias.created", {"name": "m", "alias": "best", "version": "2"}),
        ("model_version_alias.deleted", {"name": "m", "alias": "best"}),
    ]


def test_prompts_have_events_of_their_own(server: TestClient, store: SqlStore) -> None:
    text = {"key": "mlflow.prompt.text", "value": "Hi {{n}}"}
    send(server, "POST", "registered-models/create", name="p", tags=[PROMPT, LABEL])
    send(
        server, "POST", "model-versions/create",
        name="p", source="prompt-template", tags=[PROMPT, text, LABEL],
    )  # fmt: skip
    send(server, "POST", "model-versions/set-tag", name="p", version="1", key="t", value="1")
    send(server, "DELETE", "model-versions/delete-tag", name="p", version="1", key="t")
    send(server, "POST", "registered-models/alias", name="p", alias="best", version="1")
    send(server, "DELETE", "registered-models/alias", name="p", alias="best")
    send(server, "POST", "registered-models/set-tag", name="p", key="t", value="1")
    send(server, "DELETE", "registered-models/delete-tag", name="p", key="t")
    version = {"name": "p", "version": "1"}
    labels = {"tags": {"a": "b"}}
    assert told(store) == [
        ("prompt.created", {"name": "p", **labels, "description": ""}),
        ("prompt_version.created", {**version, "template": "Hi {{n}}", **labels,
                                    "description": None}),
        ("prompt_version_tag.set", {**version, "key": "t", "value": "1"}),
        ("prompt_version_tag.deleted", {**version, "key": "t"}),
        ("prompt_alias.created", {"name": "p", "alias": "best", "version": "1"}),
        ("prompt_alias.deleted", {"name": "p", "alias": "best"}),
        ("prompt_tag.set", {"name": "p", "key": "t", "value": "1"}),
        ("prompt_tag.deleted", {"name": "p", "key": "t"}),
    ]  # fmt: skip


def test_what_failed_is_not_told(server: TestClient, store: SqlStore) -> None:
    send(server, "POST", "registered-models/create", name="m")
    again = server.post(f"{API}/registered-models/create", json={"name": "m"})
    assert again.status_code == 400
    alias = {"name": "m", "alias": "best", "version": "7"}
    assert server.post(f"{API}/registered-models/alias", json=alias).status_code == 404
    assert [event for event, _ in told(store)] == ["registered_model.created"]


def test_what_cannot_be_told_was_done_all_the_same(
    server: TestClient,
    store: SqlStore,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def full(event: WebhookEvent, body: bytes) -> int:
        raise Unavailable("The disk is full.")

    monkeypatch.setattr(store, "enqueue_event", full)
    send(server, "POST", "registered-models/create", name="m")
    assert store.get_registered_model("m").name == "m"
    assert "No webhook was told of registered_model.created: The disk is full." in caplog.text


def test_the_examples_have_the_fields_of_the_real_ones(server: TestClient, store: SqlStore) -> None:
    send(server, "POST", "registered-models/create", name="m")
    ((event, data),) = told(store)
    assert list(data) == list(EXAMPLES[event])
