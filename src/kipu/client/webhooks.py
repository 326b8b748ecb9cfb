"""Webhooks."""

from __future__ import annotations

from collections.abc import Iterable

from kipu.client.tracking import Tracking
from kipu.entities import PagedList, Webhook, WebhookEvent, WebhookStatus, WebhookTestResult
from kipu.entities.webhook import webhook_status


class WebhooksClient:
    """What can be done with webhooks; a server tells them, so one must run on the store."""

    _tracking: Tracking

    def create_webhook(
        self,
        name: str,
        url: str,
        events: Iterable[str | WebhookEvent],
        description: str | None = None,
        secret: str | None = None,
        status: str | WebhookStatus | None = None,
    ) -> Webhook:
        """Have an address told of events in the model registry.

        Args:
            name: 1 to 63 letters, digits, periods, underscores and dashes.
            url: An ``https`` address on the public network, unless the server allows others.
            events: Such as ``["registered_model.created", "model_version_alias.created"]``.
            description: For people.
            secret: Signs what is sent; no answer has it.
            status: ``ACTIVE`` unless ``DISABLED`` is given.

        Raises:
            InvalidParameter: Name, address or events cannot be used.
        """
        return self._tracking.store.create_webhook(
            name, url, _events(events), description, secret, _status(status) or WebhookStatus.ACTIVE
        )

    def get_webhook(self, webhook_id: str) -> Webhook:
        """Read a webhook, without its secret.

        Raises:
            ResourceNotFound: No webhook has this id.
        """
        return self._tracking.store.get_webhook(webhook_id)

    def list_webhooks(
        self, max_results: int | None = None, page_token: str | None = None
    ) -> PagedList[Webhook]:
        """One page of all webhooks, newest first.

        Args:
            max_results: At most so many, 1 to 1,000; left out, 100.
            page_token: The ``token`` of the page before.

        Raises:
            InvalidParameter: Too many are asked for, or the token cannot be read.
        """
        return self._tracking.store.list_webhooks(max_results or 0, page_token)

    def update_webhook(
        self,
        webhook_id: str,
        name: str | None = None,
        description: str | None = None,
        url: str | None = None,
        events: Iterable[str | WebhookEvent] | None = None,
        secret: str | None = None,
        status: str | WebhookStatus | None = None,
    ) -> Webhook:
        """Change what is given; see ``create_webhook``.

        Raises:
            ResourceNotFound: No webhook has this id.
            InvalidParameter: Name, address or events cannot be used.
        """
        return self._tracking.store.update_webhook(
            webhook_id,
            name,
            url,
            None if events is None else _events(events),
            description,
            secret,
            _status(status),
        )

    def delete_webhook(self, webhook_id: str) -> None:
        """Remove a webhook; what it was not told yet, it will never be told.

        Raises:
            ResourceNotFound: No webhook has this id.
        """
        self._tracking.store.delete_webhook(webhook_id)

    def test_webhook(
        self, webhook_id: str, event: str | WebhookEvent | None = None
    ) -> WebhookTestResult:
        """Send an example to a webhook, once, and tell what came of it.

        Args:
            webhook_id: Which one.
            event: What the example tells of; left out, the first of the webhook's events.

        Raises:
            ResourceNotFound: No webhook has this id.
            InvalidParameter: There is no such event.
        """
        wanted = None if event is None else _event(event)
        return self._tracking.store.test_webhook(webhook_id, wanted)


def _events(given: Iterable[str | WebhookEvent]) -> list[WebhookEvent]:
    return [_event(event) for event in given]


def _event(given: str | WebhookEvent) -> WebhookEvent:
    return WebhookEvent.from_str(given) if isinstance(given, str) else given


def _status(given: str | None) -> WebhookStatus | None:
    return None if given is None else webhook_status(given)
