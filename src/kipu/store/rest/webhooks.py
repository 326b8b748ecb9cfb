"""Webhooks on a server."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from kipu.entities import PagedList, Webhook, WebhookEvent, WebhookStatus, WebhookTestResult
from kipu.store.rest.access import API, RestAccess, decoded
from kipu.wire import webhooks as wire
from kipu.wire.message import encode


class RestWebhooks(RestAccess):
    """``WebhookStore`` and ``WebhookTrial`` over HTTP."""

    def create_webhook(
        self,
        name: str,
        url: str,
        events: Sequence[WebhookEvent],
        description: str | None,
        secret: str | None,
        status: WebhookStatus | None,
    ) -> Webhook:
        """See ``WebhookStore``."""
        asked = wire.CreateWebhook(
            name=name,
            description=description,
            url=url,
            events=[wire.WebhookEvent.of(event) for event in events],
            secret=secret,
            status=_named(status),
        )
        made = self._post("/webhooks", asked, wire.WebhookMessage, retry=False)
        return made.webhook.entity()

    def get_webhook(self, webhook_id: str) -> Webhook:
        """See ``WebhookStore``."""
        return self._get(_path(webhook_id), wire.WebhookMessage).webhook.entity()

    def list_webhooks(self, max_results: int | None, page_token: str | None) -> PagedList[Webhook]:
        """See ``WebhookStore``."""
        page = self._get(
            "/webhooks",
            wire.ListWebhooksAnswer,
            max_results=max_results,
            page_token=page_token or None,
        )
        return PagedList([one.entity() for one in page.webhooks], page.next_page_token)

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
        asked = wire.UpdateWebhook(
            name,
            description,
            url,
            [wire.WebhookEvent.of(event) for event in events or ()],
            secret,
            _named(status),
        )
        got = self._call("PATCH", API + _path(webhook_id), json_body=encode(asked))
        return decoded(got, wire.WebhookMessage).webhook.entity()

    def delete_webhook(self, webhook_id: str) -> None:
        """See ``WebhookStore``."""
        # Not sent again: the second answer would be that there is none.
        self._call("DELETE", API + _path(webhook_id), json_body=b"{}", retry=False)

    def test_webhook(self, webhook_id: str, event: WebhookEvent | None) -> WebhookTestResult:
        """See ``WebhookTrial``."""
        asked = wire.TestWebhook(wire.WebhookEvent.of(event) if event else None)
        path = f"{_path(webhook_id)}/test"
        return self._post(path, asked, wire.TestWebhookAnswer, retry=False).entity()


def _path(webhook_id: str) -> str:
    return f"/webhooks/{quote(webhook_id, safe='')}"


def _named(status: WebhookStatus | None) -> wire.Status | None:
    return status.value if status else None
