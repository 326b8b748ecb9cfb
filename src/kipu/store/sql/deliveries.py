"""The queue of what webhooks are to be told."""

from __future__ import annotations

import uuid
from collections.abc import Collection

import sqlalchemy as sa

from kipu.entities import WebhookEvent, WebhookStatus
from kipu.store.sql.access import SqlAccess, now_ms
from kipu.store.sql.tables import webhook_deliveries, webhook_events, webhooks
from kipu.store.sql.webhooks import webhooks_of
from kipu.store.webhooks import Delivery

_queue = webhook_deliveries.c
_wanting = (
    sa.select(webhooks.c.webhook_id)
    .join(webhook_events, webhook_events.c.webhook_id == webhooks.c.webhook_id)
    .where(
        webhook_events.c.entity == sa.bindparam("entity"),
        webhook_events.c.action == sa.bindparam("action"),
        webhooks.c.status == WebhookStatus.ACTIVE.value,
    )
)


class SqlDeliveries(SqlAccess):
    """Keeps ``DeliveryQueue``'s promises."""

    def enqueue_event(self, event: WebhookEvent, body: bytes) -> int:
        """See ``DeliveryQueue``."""
        wanted = {"entity": event.entity.value, "action": event.action.value}

        def wanting(db: sa.Connection) -> list[str]:
            return list(db.scalars(_wanting, wanted))

        def enqueue(db: sa.Connection) -> int:
            rows = [
                {
                    "delivery_id": str(uuid.uuid4()),
                    "webhook_id": webhook_id,
                    "body": body,
                    "attempts": 0,
                    "due": now_ms(),
                }
                for webhook_id in wanting(db)
            ]
            if rows:
                db.execute(webhook_deliveries.insert(), rows)
            return len(rows)

        with self._read() as db:
            nobody = not wanting(db)
        return 0 if nobody else self._write(enqueue)

    def claim_deliveries(
        self, now: int, lease_ms: int, limit: int, busy: Collection[str]
    ) -> list[Delivery]:
        """See ``DeliveryQueue``."""
        due = (
            sa.select(webhook_deliveries)
            .where(_queue.due <= now, _queue.webhook_id.not_in(busy))
            .order_by(_queue.due, _queue.delivery_id)
            .limit(limit)
        )

        def claim(db: sa.Connection) -> list[Delivery]:
            taken: list[Delivery] = []
            rows = db.execute(due).all()
            ids = {row.webhook_id for row in rows}
            found = db.execute(sa.select(webhooks).where(webhooks.c.webhook_id.in_(ids)))
            known = {one.webhook_id: one for one in webhooks_of(db, found.mappings())}
            for row in rows:
                # Only whoever finds it as it was read has it, whatever the others do meanwhile.
                as_read = sa.and_(_queue.delivery_id == row.delivery_id, _queue.due == row.due)
                webhook = known.get(row.webhook_id)
                if webhook is None or not webhook.status.is_active():
                    db.execute(webhook_deliveries.delete().where(as_read))
                    continue
                lease, attempt = now + lease_ms, row.attempts + 1
                take = webhook_deliveries.update().where(as_read)
                if db.execute(take.values(due=lease, attempts=attempt)).rowcount:
                    taken.append(Delivery(row.delivery_id, webhook, row.body, attempt, lease))
            return taken

        with self._read() as db:
            nothing = db.execute(due.limit(1)).first() is None
        return [] if nothing else self._write(claim)

    def finish_delivery(self, delivery: Delivery) -> None:
        """See ``DeliveryQueue``."""
        forget = webhook_deliveries.delete().where(_held(delivery))
        self._write(lambda db: db.execute(forget) and None)

    def postpone_delivery(self, delivery: Delivery, due: int) -> None:
        """See ``DeliveryQueue``."""
        postpone = webhook_deliveries.update().where(_held(delivery)).values(due=due)
        self._write(lambda db: db.execute(postpone) and None)


def _held(delivery: Delivery) -> sa.ColumnElement[bool]:
    return sa.and_(_queue.delivery_id == delivery.delivery_id, _queue.due == delivery.lease)
