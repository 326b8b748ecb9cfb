"""Webhooks by Python and over HTTP: what is accepted, what is refused, what is answered."""

from __future__ import annotations

import socket
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import kipu
from kipu.entities import Webhook, WebhookEvent, WebhookStatus
from kipu.exceptions import InvalidParameter, InvalidState, Unavailable
from kipu.service.sealing import seal, unseal
from kipu.testing.contracts.refusals import refused
from kipu.testing.receiver import receiver
from kipu.testing.served import application
from kipu.transport.outbound import Limits, check_address, post

WEBHOOKS = "/api/2.0/mlflow/webhooks"
URL = "https://1.1.1.1/hook"
EVENT = {"entity": "REGISTERED_MODEL", "action": "CREATED"}
GOOD: dict[str, Any] = {"name": "w", "url": URL, "events": [EVENT]}
KEY = "MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY"


@pytest.fixture
def server(tmp_path: Path) -> Any:
    with TestClient(application(tmp_path), base_url="http://127.0.0.1") as client:
        yield client


def create(server: TestClient, **fields: Any) -> dict[str, Any]:
    got = server.post(WEBHOOKS, json=GOOD | fields)
    assert got.status_code == 200, got.text
    made: dict[str, Any] = got.json()["webhook"]
    return made


def test_a_webhook_is_answered_without_its_secret(server: TestClient) -> None:
    made = create(server, description="d", secret="hush")
    webhook_id = made["webhook_id"]
    assert made == {
        "webhook_id": webhook_id,
        "name": "w",
        "description": "d",
        "url": URL,
        "events": [EVENT],
        "status": "ACTIVE",
        "creation_timestamp": made["creation_timestamp"],
        "last_updated_timestamp": made["creation_timestamp"],
    }
    for got in (server.get(f"{WEBHOOKS}/{webhook_id}"), server.get(WEBHOOKS)):
        assert "hush" not in got.text
        assert "secret" not in got.text
    assert server.get(WEBHOOKS).json() == {"webhooks": [made]}


def test_the_twin_routes_answer_alike(server: TestClient) -> None:
    made = create(server)
    got = server.get(f"/ajax-api/2.0/mlflow/webhooks/{made['webhook_id']}")
    assert got.json() == {"webhook": made}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", None),
        ("name", ""),
        ("name", "-a"),
        ("name", "a" * 64),
        ("name", "a b"),
        ("name", "Ünder"),
        ("name", 5),
        ("url", None),
        ("url", ""),
        ("url", "  "),
        ("url", "http://1.1.1.1/"),
        ("url", "ftp://1.1.1.1/"),
        ("url", "https:///x"),
        ("url", "https://[::1"),
        ("url", "https://1.1.1.1:99999/"),
        ("url", "https://127.0.0.1/"),
        ("url", "https://10.0.0.1/"),
        ("url", "https://169.254.169.254/latest"),
        ("url", "https://[::1]/"),
        ("url", "https://[::ffff:127.0.0.1]/"),
        ("url", "https://[64:ff9b::7f00:1]/"),
        ("url", "https://0x7f.1/"),
        ("events", None),
        ("events", []),
        ("events", "x"),
        ("events", [{}]),
        ("events", [{"entity": "MODEL_VERSION"}]),
        ("events", [{"entity": "NOPE", "action": "CREATED"}]),
        ("events", [{"entity": "ENTITY_UNSPECIFIED", "action": "CREATED"}]),
        ("events", [{"entity": "REGISTERED_MODEL", "action": "DELETED"}]),
        ("events", [EVENT, EVENT]),
        ("status", "WEIRD"),
    ],
)
def test_what_cannot_be_used_is_refused(server: TestClient, field: str, value: Any) -> None:
    got = server.post(WEBHOOKS, json=GOOD | {field: value})
    assert (got.status_code, got.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert server.get(WEBHOOKS).json() == {}


@pytest.mark.parametrize("status", ["DISABLED", 2, "2"])
def test_states_and_events_go_by_name_or_number(server: TestClient, status: Any) -> None:
    made = create(server, status=status, events=[{"entity": 3, "action": "4"}])
    assert made["status"] == "DISABLED"
    assert made["events"] == [{"entity": "MODEL_VERSION_TAG", "action": "SET"}]


def test_what_is_empty_changes_nothing_but_a_description(server: TestClient) -> None:
    made = create(server, description="d")
    path = f"{WEBHOOKS}/{made['webhook_id']}"
    changed = server.patch(path, json={"name": "", "url": "", "events": []}).json()["webhook"]
    assert changed | {"last_updated_timestamp": 0} == made | {"last_updated_timestamp": 0}
    assert "description" not in server.patch(path, json={"description": ""}).json()["webhook"]


@pytest.mark.parametrize("field", [{"name": "-"}, {"url": "ftp://x"}, {"events": [{}]}])
def test_a_change_that_cannot_be_used_changes_nothing(
    server: TestClient, field: dict[str, Any]
) -> None:
    made = create(server)
    path = f"{WEBHOOKS}/{made['webhook_id']}"
    got = server.patch(path, json={"description": "new", **field})
    assert (got.status_code, got.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert server.get(path).json() == {"webhook": made}


def test_what_is_not_there_is_not_found(server: TestClient) -> None:
    path = f"{WEBHOOKS}/nope"
    answers = [
        server.get(path),
        server.patch(path, json={"name": "-"}),
        server.delete(path),
        server.post(f"{path}/test", json={}),
    ]
    for got in answers:
        assert (got.status_code, got.json()["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")


@pytest.mark.parametrize("asked", ["-1", "1001", "x"])
def test_page_sizes_have_a_limit(server: TestClient, asked: str) -> None:
    got = server.get(WEBHOOKS, params={"max_results": asked})
    assert (got.status_code, got.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")


def test_a_page_of_size_0_is_one_of_the_usual_size(server: TestClient) -> None:
    create(server)
    assert len(server.get(WEBHOOKS, params={"max_results": "0"}).json()["webhooks"]) == 1


def test_a_delivery_to_nobody_is_told_by_its_trial(
    server: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_WEBHOOK_ALLOWED_SCHEMES", "http")
    monkeypatch.setenv("MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS", "true")
    with receiver() as gone:
        made = create(server, url=gone.url)
    got = server.post(f"{WEBHOOKS}/{made['webhook_id']}/test", json={})
    result = got.json()["result"]
    assert got.status_code == 200
    assert result["success"] is False
    assert "cannot be reached" in result["error_message"]
    assert set(result) == {"success", "error_message"}


@pytest.mark.parametrize("server_side", [False, True])
def test_the_client_does_all_of_it(
    fresh: Path, server_side: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kipu.testing.served import on_port

    monkeypatch.setenv("MLFLOW_WEBHOOK_ALLOWED_SCHEMES", "http,https")
    monkeypatch.setenv("MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS", "true")
    with on_port(application(fresh)) as address, receiver() as there:
        client = kipu.MlflowClient(address if server_side else None)
        made = client.create_webhook(
            "w", there.url, ["model_version.created", "model_version_tag.set"], secret="hush"
        )
        assert made.secret is None
        assert made.status is WebhookStatus.ACTIVE
        assert client.get_webhook(made.webhook_id) == made
        changed = client.update_webhook(
            made.webhook_id, events=["registered_model.created"], status="DISABLED"
        )
        assert (changed.events, changed.status) == (
            [WebhookEvent("registered_model", "created")],  # type: ignore[arg-type]
            "DISABLED",
        )
        assert client.list_webhooks() == [changed]
        result = client.test_webhook(made.webhook_id, "model_version_tag.deleted")
        assert (result.success, result.response_status, result.response_body) == (
            True, 200, "thanks",
        )  # fmt: skip
        assert there.requests[0].headers["x-mlflow-signature"].startswith("v1,")
        client.delete_webhook(made.webhook_id)
        with refused("RESOURCE_DOES_NOT_EXIST"):
            client.get_webhook(made.webhook_id)


@pytest.mark.parametrize("text", ["created", "a.b.c", "nope.created", "model_version.set", ""])
def test_there_are_no_other_events(text: str) -> None:
    with pytest.raises(InvalidParameter):
        WebhookEvent.from_str(text)


def test_a_webhook_does_not_show_its_secret() -> None:
    event = WebhookEvent.from_str("prompt.created")
    webhook = Webhook("id", "w", URL, [event], 1, 1, secret="hush")
    assert webhook.secret == "hush"
    assert "hush" not in repr(webhook)


def test_secrets_are_sealed_in_the_database(
    server: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY, "k" * 43 + "=")
    create(server, secret="hush")
    with sqlite3.connect(tmp_path / "kipu.db") as db:
        (stored,) = db.execute("SELECT secret FROM webhooks").fetchone()
    db.close()
    assert "hush" not in stored
    assert unseal(stored) == "hush"


def test_the_same_secret_is_sealed_differently_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, "k" * 43 + "=")
    assert seal("hush") != seal("hush")
    long = "s" * 1000 + "€"
    assert unseal(seal(long)) == long


def test_a_seal_that_was_tampered_with_does_not_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, "k" * 43 + "=")
    sealed = seal("hush")
    turned = sealed[:10] + ("A" if sealed[10] != "A" else "B") + sealed[11:]
    with pytest.raises(InvalidState, match="another key"):
        unseal(turned)


def test_what_is_no_key_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, "short")
    with pytest.raises(InvalidParameter, match="no Fernet key"):
        seal("hush")


def test_a_host_without_an_address_is_refused() -> None:
    with pytest.raises(InvalidParameter, match="cannot be resolved"):
        check_address("https://no-such-host.invalid/", Limits({"https"}, False, 1))


@pytest.mark.parametrize(
    "host", ["8.8.8.8", "[2606:4700:4700::1111]", "[::ffff:8.8.8.8]", "[64:ff9b::808:808]"]
)
def test_public_addresses_are_accepted(host: str) -> None:
    check_address(f"https://{host}/x", Limits({"https"}, False, 1))


@pytest.mark.parametrize(
    "host",
    [
        "[::127.0.0.1]", "[fec0::1]", "[fe80::1]", "[fd00::1]", "[::ffff:10.0.0.1]",
        "[64:ff9b::a00:1]", "[2002:a00:1::]", "0.0.0.0", "100.64.0.1", "169.254.169.254",
    ],
)  # fmt: skip
def test_private_addresses_are_refused_in_any_form(host: str) -> None:
    with pytest.raises(InvalidParameter, match="not a public one"):
        check_address(f"https://{host}/x", Limits({"https"}, False, 1))


def test_an_address_of_ipv6_needs_no_port_and_its_password_is_not_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[str, int]] = []

    def connect(place: tuple[str, int], *_: object) -> None:
        asked.append(place)
        raise ConnectionRefusedError("refused")

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(Unavailable, match=r"^http://\[::1\] cannot be reached: refused"):
        post("http://ada:hush@[::1]/x", b"{}", {}, Limits({"http"}, True, 1))
    assert asked == [("::1", 80)]
