"""What every store promises about webhooks, and what a queue of deliveries promises."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple, Protocol

from kipu.entities import PagedList, Webhook, WebhookEvent, WebhookStatus, WebhookTestResult


class WebhookStore(Protocol):
    """Keeps webhooks."""

    def create_webhook(
        self,
        name: str,
        url: str,
        events: Sequence[WebhookEvent],
        description: str | None,
        secret: str | None,
        status: WebhookStatus,
    ) -> Webhook:
        """Make a webhook; several may have one name."""
        ...

    def get_webhook(self, webhook_id: str) -> Webhook:
        """Read a webhook; its events in the order of their texts.

        Raises:
            ResourceNotFound: No webhook has this id.
        """
        ...

    def list_webhooks(self, max_results: int, page_token: str | None) -> PagedList[Webhook]:
        """One page of all webhooks, newest first.

        Raises:
            InvalidParameter: The token cannot be read.
        """
        ...

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
        """Change what is not None; the empty text takes a description or secret away.

        Raises:
            ResourceNotFound: No webhook has this id.
        """
        ...

    def delete_webhook(self, webhook_id: str) -> None:
        """Remove a webhook, and what waits to be delivered to it.

        Raises:
            ResourceNotFound: No webhook has this id.
        """
        ...


class WebhookTrial(Protocol):
    """Tries webhooks out."""

    def test_webhook(self, webhook_id: str, event: WebhookEvent | None) -> WebhookTestResult:
        """Send an example of an event, by default of the webhook's first, once, and wait.

        Raises:
            ResourceNotFound: No webhook has this id.
        """
        ...


class Delivery(NamedTuple):
    """Something to tell a webhook.

    Attributes:
        delivery_id: The same for all attempts.
        webhook: Whom to tell.
        body: What to send.
        attempt: Which one this is, from 1.
        lease: Until when it belongs to the taker, in ms since the Unix epoch; names the claim.
    """

    delivery_id: str
    webhook: Webhook
    body: bytes
    attempt: int
    lease: int


class DeliveryQueue(Protocol):
    """Deliveries that wait in the store, shared by all servers that stand on it."""

    def enqueue_event(self, event: WebhookEvent, body: bytes) -> int:
        """Let every active webhook be told that wants this event; how many there are."""
        ...

    def claim_deliveries(
        self, now: int, lease_ms: int, limit: int, busy: Collection[str]
    ) -> list[Delivery]:
        """Take deliveries that are due, those that waited longest first, for ``lease_ms``.

        Nobody else gets them meanwhile; what is neither finished nor postponed by then is due
        again. What was meant for a webhook that is disabled now is dropped.

        Args:
            now: In ms since the Unix epoch.
            lease_ms: How long they are taken for.
            limit: At most so many.
            busy: Webhooks of which nothing is wanted now.
        """
        ...

    def finish_delivery(self, delivery: Delivery) -> None:
        """Forget a delivery, unless its lease ran out and somebody else has it."""
        ...

    def postpone_delivery(self, delivery: Delivery, due: int) -> None:
        """Let a delivery be due at another time, unless somebody else has it."""
        ...
