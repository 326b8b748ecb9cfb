"""Deliveries to real receivers on this machine."""

from __future__ import annotations

import contextlib
import hmac
import json
import socket
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from kipu.entities import Webhook, WebhookEvent, WebhookStatus
from kipu.service.deliveries import Courier, _wait_s
from kipu.service.messages import message
from kipu.service.tracking import TrackingService
from kipu.store.sql.store import SqlStore
from kipu.testing.receiver import Receiver, Reply, receiver, wait_until

EVENT = WebhookEvent.from_str("model_version_alias.created")
DATA = {"name": "m", "alias": "best", "version": "1"}


@pytest.fixture(autouse=True)
def private_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_WEBHOOK_ALLOWED_SCHEMES", "https, http")
    monkeypatch.setenv("MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS", "true")
    monkeypatch.setenv("MLFLOW_WEBHOOK_REQUEST_TIMEOUT", "5")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = SqlStore(f"sqlite:///{tmp_path}/kipu.db", "/artifacts")
    yield store
    store.close()


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as made:
        yield made


@pytest.fixture
def courier(store: SqlStore) -> Iterator[Courier]:
    courier = Courier(store)
    yield courier
    courier.stop()


def hook(store: SqlStore, url: str, secret: str | None = None, name: str = "w") -> Webhook:
    return TrackingService(store).create_webhook(name, url, [EVENT], None, secret)


def waiting(store: SqlStore) -> int:
    with store._read() as db:
        return int(db.exec_driver_sql("SELECT count(*) FROM webhook_deliveries").scalar_one())


def drain(store: SqlStore, courier: Courier) -> None:
    """Deliver until nothing waits."""

    def empty() -> bool:
        courier.deliver_due()
        return waiting(store) == 0

    wait_until(empty)


def hurried(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Have every retry at once; the waits that were meant."""
    meant: list[float] = []

    def wait(attempt: int, asked: str | None) -> float:
        meant.append(_wait_s(attempt, asked))
        return 0.0

    monkeypatch.setattr("kipu.service.deliveries._wait_s", wait)
    return meant


def test_a_webhook_is_told_with_a_signature(
    store: SqlStore, courier: Courier, there: Receiver
) -> None:
    hook(store, there.url, secret="s3cret")
    body = message(EVENT, DATA)
    assert store.enqueue_event(EVENT, body) == 1
    drain(store, courier)
    (told,) = there.requests
    assert (told.method, told.path, told.body) == ("POST", "/hook", body)
    assert told.headers["content-type"] == "application/json"
    assert told.json["entity"] == "model_version_alias"
    assert told.json["action"] == "created"
    assert told.json["data"] == DATA
    sent, delivery_id = told.headers["x-mlflow-timestamp"], told.headers["x-mlflow-delivery-id"]
    assert abs(int(sent) - time.time()) < 60
    signed = f"{delivery_id}.{sent}.".encode() + body
    expected = b64encode(hmac.digest(b"s3cret", signed, "sha256")).decode()
    assert told.headers["x-mlflow-signature"] == f"v1,{expected}"


def test_without_a_secret_there_is_no_signature(
    store: SqlStore, courier: Courier, there: Receiver
) -> None:
    hook(store, there.url)
    store.enqueue_event(EVENT, b"{}")
    drain(store, courier)
    assert "x-mlflow-signature" not in there.requests[0].headers


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_failed_for_now_is_tried_again_under_the_same_id(
    store: SqlStore,
    courier: Courier,
    there: Receiver,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    meant = hurried(monkeypatch)
    there.replies = [Reply(status), Reply(status)]
    hook(store, there.url)
    store.enqueue_event(EVENT, b"{}")
    drain(store, courier)
    assert len(there.requests) == 3
    assert len({told.headers["x-mlflow-delivery-id"] for told in there.requests}) == 1
    assert meant[0] == 0.0
    assert 2.0 <= meant[1] <= 3.0


def test_after_the_last_retry_it_is_given_up(
    store: SqlStore,
    courier: Courier,
    there: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    meant = hurried(monkeypatch)
    there.replies = [Reply(503)] * 9
    hook(store, there.url)
    store.enqueue_event(EVENT, b"{}")
    drain(store, courier)
    assert len(there.requests) == 4
    assert [round(wait - 0.5) for wait in meant[1:]] == [2, 4]
    assert "was not told, after 4 attempts" in caplog.text


@pytest.mark.parametrize("status", [400, 404, 410, 501])
def test_a_refusal_is_not_tried_again(
    store: SqlStore, courier: Courier, there: Receiver, status: int
) -> None:
    there.replies = [Reply(status)]
    hook(store, there.url)
    store.enqueue_event(EVENT, b"{}")
    drain(store, courier)
    assert len(there.requests) == 1


def test_a_dead_receiver_is_tried_again_and_then_given_up(
    store: SqlStore,
    courier: Courier,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    meant = hurried(monkeypatch)
    with receiver() as gone:
        url = gone.url
    hook(store, url)
    store.enqueue_event(EVENT, b"{}")
    drain(store, courier)
    assert len(meant) == 3
    assert "cannot be reached" in caplog.text


def test_a_receiver_that_does_not_answer_holds_up_nobody_else(
    store: SqlStore, courier: Courier, there: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_WEBHOOK_DELIVERY_MAX_WORKERS", "4")
    with receiver() as silent:
        silent.replies = [Reply(hold=True)] * 8
        hook(store, silent.url, name="silent")
        for _ in range(8):
            store.enqueue_event(EVENT, b"{}")
        courier.deliver_due()
        silent.wait_for(2)
        courier.deliver_due()
        hook(store, there.url, name="fine")
        store.enqueue_event(EVENT, b"{}")

        def told() -> bool:
            courier.deliver_due()
            return bool(there.requests)

        wait_until(told, 4)
        assert len(silent.requests) == 2


def drip(listener: socket.socket, ended: threading.Event) -> None:
    """Answer one request with a byte now and then."""
    connection, _ = listener.accept()
    with connection, contextlib.suppress(OSError):
        while not ended.wait(0.1):
            connection.send(b"H")


def test_a_receiver_that_drips_is_cut_off_in_time(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_WEBHOOK_REQUEST_TIMEOUT", "1")
    ended = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    dripping = threading.Thread(target=drip, args=(listener, ended))
    dripping.start()
    made = hook(store, f"http://127.0.0.1:{listener.getsockname()[1]}/")
    began = time.monotonic()
    result = TrackingService(store).test_webhook(made.webhook_id, None)
    ended.set()
    dripping.join()
    listener.close()
    assert not result.success
    assert "did not answer within 1 s" in (result.error_message or "")
    assert time.monotonic() - began < 4


def test_what_a_dead_server_had_taken_is_delivered_by_the_next(
    tmp_path: Path, there: Receiver
) -> None:
    first = SqlStore(f"sqlite:///{tmp_path}/kipu.db", "/artifacts")
    hook(first, there.url)
    first.enqueue_event(EVENT, b"{}")
    now = time.time_ns() // 1_000_000
    # It takes the delivery, and never comes back.
    (taken,) = first.claim_deliveries(now, 1, 1, ())
    first.close()
    second = SqlStore(f"sqlite:///{tmp_path}/kipu.db", "/artifacts")
    courier = Courier(second)
    drain(second, courier)
    courier.stop()
    second.close()
    (told,) = there.requests
    assert told.headers["x-mlflow-delivery-id"] == taken.delivery_id


def test_a_full_queue_is_emptied_without_another_call(
    store: SqlStore, courier: Courier, there: Receiver
) -> None:
    hook(store, there.url)
    for _ in range(25):
        store.enqueue_event(EVENT, b"{}")
    courier.deliver_due()
    there.wait_for(25)
    wait_until(lambda: waiting(store) == 0)


def test_many_couriers_on_one_queue_tell_everything_once(tmp_path: Path, there: Receiver) -> None:
    uri = f"sqlite:///{tmp_path}/kipu.db"
    stores = [SqlStore(uri, "/artifacts") for _ in range(4)]
    couriers = [Courier(store) for store in stores]
    hook(stores[0], there.url)
    for number in range(40):
        stores[0].enqueue_event(EVENT, json.dumps(number).encode())

    def empty() -> bool:
        for courier in couriers:
            courier.deliver_due()
        return waiting(stores[0]) == 0

    wait_until(empty)
    for courier, store in zip(couriers, stores, strict=True):
        courier.stop()
        store.close()
    assert sorted(told.json for told in there.requests) == list(range(40))


def test_a_redirect_is_followed_with_what_was_sent(
    store: SqlStore, courier: Courier, there: Receiver
) -> None:
    there.replies = [Reply(307, {"Location": "/after"})]
    hook(store, there.url)
    store.enqueue_event(EVENT, b'{"a":1}')
    drain(store, courier)
    assert [(told.method, told.path, told.body) for told in there.requests] == [
        ("POST", "/hook", b'{"a":1}'), ("POST", "/after", b'{"a":1}'),
    ]  # fmt: skip


def test_a_redirect_by_303_becomes_a_get(
    store: SqlStore, courier: Courier, there: Receiver
) -> None:
    there.replies = [Reply(303, {"Location": "/after"})]
    hook(store, there.url)
    store.enqueue_event(EVENT, b'{"a":1}')
    drain(store, courier)
    told = there.requests[1]
    assert (told.method, told.path, told.body) == ("GET", "/after", b"")


def test_a_redirect_leads_nowhere_that_is_not_allowed(
    store: SqlStore, courier: Courier, there: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    there.replies = [Reply(307, {"Location": "ftp://127.0.0.1/x"})]
    hook(store, there.url)
    store.enqueue_event(EVENT, b"{}")
    drain(store, courier)
    assert len(there.requests) == 1
    assert "its scheme is 'ftp'" in caplog.text


def test_a_private_place_is_never_told(
    store: SqlStore,
    courier: Courier,
    there: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    hook(store, there.url)
    monkeypatch.setenv("MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS", "false")
    store.enqueue_event(EVENT, b"{}")
    drain(store, courier)
    assert there.requests == []
    assert "127.0.0.1, which is not a public one" in caplog.text


@pytest.mark.parametrize(
    ("asked", "wait"),
    [("7", 7.0), ("0", 0.0), ("99999999", 6 * 3600.0), ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0)],
)
def test_a_receiver_may_say_when_to_come_again(asked: str, wait: float) -> None:
    assert _wait_s(3, asked) == wait


@pytest.mark.parametrize("asked", ["soon", "", "-", "Mon, 01 Jan 99999999999 00:00:00 GMT"])
def test_a_wait_that_cannot_be_read_is_ones_own(asked: str) -> None:
    assert 4.0 <= _wait_s(3, asked) <= 5.0


def test_waits_grow_up_to_a_minute() -> None:
    assert _wait_s(40, None) == 60.0


def test_a_secret_of_another_key_is_told_of_and_not_sent(
    store: SqlStore,
    courier: Courier,
    there: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY", "a" * 43 + "=")
    made = hook(store, there.url, secret="s")
    monkeypatch.setenv("MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY", "b" * 43 + "=")
    store.enqueue_event(EVENT, b"{}")
    drain(store, courier)
    assert there.requests == []
    assert "sealed with another key" in caplog.text
    assert made.secret is None


def test_a_disabled_webhook_is_told_nothing(
    store: SqlStore, courier: Courier, there: Receiver
) -> None:
    made = hook(store, there.url)
    store.enqueue_event(EVENT, b"{}")
    TrackingService(store).update_webhook(made.webhook_id, status=WebhookStatus.DISABLED)
    drain(store, courier)
    assert there.requests == []


def test_the_example_of_any_event_can_be_tried(store: SqlStore, there: Receiver) -> None:
    made = hook(store, there.url)
    service = TrackingService(store)
    there.replies = [Reply(200, body="fine €".encode()), Reply(404)]
    event = WebhookEvent.from_str("registered_model.created")
    result = service.test_webhook(made.webhook_id, event)
    assert (result.success, result.response_status, result.response_body) == (True, 200, "fine €")
    assert there.requests[0].json["data"] == {
        "name": "example_model",
        "tags": {"example_key": "example_value"},
        "description": "An example registered model",
    }
    failed = service.test_webhook(made.webhook_id, None)
    assert (failed.success, failed.response_status) == (False, 404)
    assert there.requests[1].json["entity"] == "model_version_alias"
