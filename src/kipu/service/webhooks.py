"""The rules of webhooks, and their trial."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kipu.entities import PagedList, Webhook, WebhookEvent, WebhookStatus, WebhookTestResult
from kipu.entities.webhook_payloads import EXAMPLES
from kipu.environment_variables import (
    MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS,
    MLFLOW_WEBHOOK_ALLOWED_SCHEMES,
    MLFLOW_WEBHOOK_REQUEST_TIMEOUT,
)
from kipu.exceptions import InvalidParameter, MlflowException
from kipu.service.limits import (
    WEBHOOK_MAX_RESULTS_DEFAULT,
    WEBHOOK_MAX_RESULTS_THRESHOLD,
)
from kipu.service.messages import message
from kipu.service.sealing import seal, unseal
from kipu.service.signatures import delivery_headers
from kipu.store.interface import ServedStore

if TYPE_CHECKING:
    from kipu.transport.outbound import Limits, Outcome

_NAME = re.compile(r"(?=.{1,63}$)[a-zA-Z0-9]([a-zA-Z0-9._-]*[a-zA-Z0-9])?")


class WebhookRules:
    """``WebhookStore`` and ``WebhookTrial``, with everything checked, and secrets kept."""

    _store: ServedStore

    def create_webhook(
        self,
        name: str,
        url: str,
        events: Sequence[WebhookEvent],
        description: str | None = None,
        secret: str | None = None,
        status: WebhookStatus | None = None,
    ) -> Webhook:
        """See ``WebhookStore``; active unless another status is given.

        Raises:
            InvalidParameter: Name, address or events cannot be used.
        """
        _check_name(name)
        _check_url(url)
        _check_events(events)
        return _told(
            self._store.create_webhook(
                name,
                url,
                events,
                description or None,
                seal(secret) if secret else None,
                status or WebhookStatus.ACTIVE,
            )
        )

    def get_webhook(self, webhook_id: str) -> Webhook:
        """See ``WebhookStore``; without the secret."""
        return _told(self._store.get_webhook(webhook_id))

    def list_webhooks(self, max_results: int | None, page_token: str | None) -> PagedList[Webhook]:
        """See ``WebhookStore``; 0 or None results asked for means 100, as in MLflow.

        Raises:
            InvalidParameter: More than 1,000 are asked for, or the token cannot be read.
        """
        wanted = max_results or WEBHOOK_MAX_RESULTS_DEFAULT
        if not 1 <= wanted <= WEBHOOK_MAX_RESULTS_THRESHOLD:
            raise InvalidParameter(
                f"max_results must be from 1 to {WEBHOOK_MAX_RESULTS_THRESHOLD}; it is {wanted}."
            )
        page = self._store.list_webhooks(wanted, page_token)
        return PagedList([_told(webhook) for webhook in page], page.token)

    def update_webhook(
        self,
        webhook_id: str,
        name: str | None = None,
        url: str | None = None,
        events: Sequence[WebhookEvent] | None = None,
        description: str | None = None,
        secret: str | None = None,
        status: WebhookStatus | None = None,
    ) -> Webhook:
        """See ``WebhookStore``.

        Raises:
            InvalidParameter: Name, address or events cannot be used.
        """
        self._store.get_webhook(webhook_id)
        if name is not None:
            _check_name(name)
        if url is not None:
            _check_url(url)
        if events is not None:
            _check_events(events)
        sealed = seal(secret) if secret else secret
        return _told(
            self._store.update_webhook(webhook_id, name, url, events, description, sealed, status)
        )

    def delete_webhook(self, webhook_id: str) -> None:
        """See ``WebhookStore``."""
        self._store.delete_webhook(webhook_id)

    def test_webhook(self, webhook_id: str, event: WebhookEvent | None) -> WebhookTestResult:
        """See ``WebhookTrial``."""
        webhook = self._store.get_webhook(webhook_id)
        event = event or webhook.events[0]
        try:
            outcome = send(webhook, str(uuid.uuid4()), message(event, EXAMPLES[str(event)]))
        except MlflowException as error:
            return WebhookTestResult(
                False, error_message=f"The webhook could not be told: {error.message}"
            )
        return WebhookTestResult(outcome.status < 400, outcome.status, outcome.text)


def send(webhook: Webhook, delivery_id: str, body: bytes) -> Outcome:
    """Tell a webhook, as the store has it, something, once.

    Raises:
        InvalidParameter: Its address is not allowed.
        InvalidState: Its secret was sealed with another key.
        Unavailable: Nobody answers in time.
    """
    from kipu.transport.outbound import post  # noqa: PLC0415 - loads an HTTP stack

    secret = unseal(webhook.secret) if webhook.secret else None
    headers = delivery_headers(secret, delivery_id, int(time.time()), body)
    return post(webhook.url, body, headers, limits())


def limits() -> Limits:
    """Where webhooks may be, and how long they may take."""
    from kipu.transport.outbound import Limits  # noqa: PLC0415 - loads an HTTP stack

    schemes = MLFLOW_WEBHOOK_ALLOWED_SCHEMES.get().split(",")
    return Limits(
        frozenset(scheme.strip() for scheme in schemes),
        MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS.get(),
        MLFLOW_WEBHOOK_REQUEST_TIMEOUT.get(),
    )


def _told(webhook: Webhook) -> Webhook:
    """A webhook as callers may see it."""
    return Webhook.from_dictionary(webhook.to_dictionary() | {"secret": None})


def _check_url(url: str) -> None:
    from kipu.transport.outbound import check_address  # noqa: PLC0415 - loads an HTTP stack

    check_address(url, limits())


def _check_name(name: object) -> None:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise InvalidParameter(
            f"Invalid webhook name {name!r}: a name is 1 to 63 letters, digits, periods, "
            "underscores and dashes, and begins and ends with a letter or digit."
        )


def _check_events(events: Sequence[WebhookEvent]) -> None:
    if not events:
        raise InvalidParameter("A webhook needs at least one event.")
    twice = sorted({str(event) for event in events if list(events).count(event) > 1})
    if twice:
        raise InvalidParameter(f"Events are named twice: {', '.join(twice)}.")
