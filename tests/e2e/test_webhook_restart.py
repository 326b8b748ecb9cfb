"""A server that dies in the middle of telling a webhook; the next one goes on."""

from __future__ import annotations

from pathlib import Path

from kipu.entities import WebhookEvent, WebhookStatus
from kipu.store.sql.store import SqlStore
from kipu.testing.receiver import Reply, receiver, wait_until
from kipu.testing.server import kipu_server

EVENT = WebhookEvent.from_str("registered_model.created")
ENV = {
    "MLFLOW_WEBHOOK_ALLOWED_SCHEMES": "http",
    "MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS": "true",
    "MLFLOW_WEBHOOK_REQUEST_TIMEOUT": "1",
}


def waiting(store: SqlStore) -> int:
    with store._read() as db:
        return int(db.exec_driver_sql("SELECT count(*) FROM webhook_deliveries").scalar_one())


def test_a_delivery_survives_its_server(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path}/kipu.db", "/artifacts")
    with receiver() as there, kipu_server(tmp_path, env=ENV) as server:
        there.replies = [Reply(hold=True)]
        store.create_webhook("w", there.url, [EVENT], None, None, WebhookStatus.ACTIVE)
        store.enqueue_event(EVENT, b'{"number": 1}')
        (taken,) = there.wait_for(1)
        server.kill()
        store.enqueue_event(EVENT, b'{"number": 2}')
        server.start()
        told = there.wait_for(3, 60)[1:]
        assert sorted(one.json["number"] for one in told) == [1, 2]
        again = next(one for one in told if one.json["number"] == 1)
        assert again.headers["x-mlflow-delivery-id"] == taken.headers["x-mlflow-delivery-id"]
        wait_until(lambda: not waiting(store))
        assert len(there.requests) == 3
    store.close()
