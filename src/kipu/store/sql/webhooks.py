"""Webhooks."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from kipu.entities import PagedList, Webhook, WebhookEvent, WebhookStatus
from kipu.exceptions import InvalidParameter, ResourceNotFound
from kipu.search import PageKey, decode_token, encode_token
from kipu.store.sql.access import SqlAccess, now_ms
from kipu.store.sql.tables import webhook_deliveries, webhook_events, webhooks


class SqlWebhooks(SqlAccess):
    """Keeps ``WebhookStore``'s promises."""

    def create_webhook(
        self,
        name: str,
        url: str,
        events: Sequence[WebhookEvent],
        description: str | None,
        secret: str | None,
        status: WebhookStatus,
    ) -> Webhook:
        """See ``WebhookStore``."""
        webhook_id, now = str(uuid.uuid4()), now_ms()
        row = {
            "webhook_id": webhook_id,
            "name": name,
            "url": url,
            "description": description or None,
            "secret": secret or None,
            "status": status.value,
            "creation_timestamp": now,
            "last_updated_timestamp": now,
        }

        def create(db: sa.Connection) -> Webhook:
            db.execute(webhooks.insert(), row)
            _subscribe(db, webhook_id, events)
            return _read(db, webhook_id)

        return self._write(create)

    def get_webhook(self, webhook_id: str) -> Webhook:
        """See ``WebhookStore``."""
        with self._read() as db:
            return _read(db, webhook_id)

    def list_webhooks(self, max_results: int, page_token: str | None) -> PagedList[Webhook]:
        """See ``WebhookStore``."""
        table, after = webhooks.c, decode_token(page_token)
        query = (
            sa.select(webhooks)
            .order_by(table.creation_timestamp.desc(), table.webhook_id)
            .limit(max_results + 1)
        )
        if after is not None:
            created, webhook_id = _place(after)
            query = query.where(
                sa.or_(
                    table.creation_timestamp < created,
                    sa.and_(table.creation_timestamp == created, table.webhook_id > webhook_id),
                )
            )
        with self._read() as db:
            rows = list(db.execute(query).mappings())
            page = webhooks_of(db, rows[:max_results])
        token = encode_token(_key(page[-1])) if len(rows) > max_results else None
        return PagedList(page, token)

    def update_webhook(
        self,
        webhook_id: str,
        name: str | None,
        url: str | None,
        events: Sequence[WebhookEvent] | None,
        description: str | None,
        secret: str | None,
        status: WebhookStatus | None,
    ) -> Webhook:
        """See ``WebhookStore``."""
        given = {
            "name": name,
            "url": url,
            "description": description,
            "secret": secret,
            "status": status.value if status else None,
        }
        changed: dict[str, Any] = {
            field: value or None for field, value in given.items() if value is not None
        }

        def update(db: sa.Connection) -> Webhook:
            one = webhooks.c.webhook_id == webhook_id
            new = changed | {"last_updated_timestamp": now_ms()}
            if db.execute(webhooks.update().where(one).values(new)).rowcount == 0:
                raise _none(webhook_id)
            if events is not None:
                of_it = webhook_events.c.webhook_id == webhook_id
                db.execute(webhook_events.delete().where(of_it))
                _subscribe(db, webhook_id, events)
            return _read(db, webhook_id)

        return self._write(update)

    def delete_webhook(self, webhook_id: str) -> None:
        """See ``WebhookStore``."""

        def delete(db: sa.Connection) -> None:
            one = webhooks.c.webhook_id == webhook_id
            if db.execute(webhooks.delete().where(one)).rowcount == 0:
                raise _none(webhook_id)
            for table in (webhook_events, webhook_deliveries):
                db.execute(table.delete().where(table.c.webhook_id == webhook_id))

        self._write(delete)


def webhooks_of(db: sa.Connection, rows: Iterable[sa.RowMapping]) -> list[Webhook]:
    """The webhooks of rows, in their order."""
    rows = list(rows)
    wanted = webhook_events.c.webhook_id.in_([row["webhook_id"] for row in rows])
    events: dict[str, list[WebhookEvent]] = {}
    found = sa.select(webhook_events).where(wanted)
    # Sorted here: a database may sort by a language's rules.
    for webhook_id, entity, action in sorted(tuple(row) for row in db.execute(found)):
        events.setdefault(webhook_id, []).append(WebhookEvent(entity, action))
    return [Webhook.from_dictionary({**row, "events": events[row["webhook_id"]]}) for row in rows]


def _read(db: sa.Connection, webhook_id: str) -> Webhook:
    one = sa.select(webhooks).where(webhooks.c.webhook_id == webhook_id)
    rows = db.execute(one).mappings().all()
    if not rows:
        raise _none(webhook_id)
    return webhooks_of(db, rows)[0]


def _subscribe(db: sa.Connection, webhook_id: str, events: Sequence[WebhookEvent]) -> None:
    rows = [
        {"webhook_id": webhook_id, "entity": event.entity.value, "action": event.action.value}
        for event in events
    ]
    db.execute(webhook_events.insert(), rows)


def _key(webhook: Webhook) -> PageKey:
    return PageKey(((0, webhook.creation_timestamp), (0, webhook.webhook_id)), 0)


def _place(after: PageKey) -> tuple[int, str]:
    match after.sort:
        case ((0, int(created)), (0, str(webhook_id))):
            return created, webhook_id
    raise InvalidParameter("The page token is one of another list; ask for the first page again.")


def _none(webhook_id: str) -> ResourceNotFound:
    return ResourceNotFound(f"Webhook with ID {webhook_id} not found.")
