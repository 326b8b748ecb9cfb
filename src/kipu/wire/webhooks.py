"""Requests and answers about webhooks."""

from __future__ import annotations

from typing import Literal, TypeVar

from kipu import entities
from kipu.entities.webhook import WebhookAction, WebhookEntity
from kipu.wire.message import Answer, Asked, Int32, Required

Entity = Literal[
    "REGISTERED_MODEL", "MODEL_VERSION", "MODEL_VERSION_TAG", "MODEL_VERSION_ALIAS", "PROMPT",
    "PROMPT_VERSION", "PROMPT_TAG", "PROMPT_VERSION_TAG", "PROMPT_ALIAS", "BUDGET_POLICY",
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
]  # fmt: skip
Action = Literal["CREATED", "UPDATED", "DELETED", "SET", "EXCEEDED", 1, 2, 3, 4, 5]
Status = Literal["ACTIVE", "DISABLED", 1, 2]


class WebhookEvent(Answer):
    """An event, such as REGISTERED_MODEL and CREATED; both by name or number."""

    entity: Entity
    action: Action

    @classmethod
    def of(cls, event: entities.WebhookEvent) -> WebhookEvent:
        """The wire's form of an event."""
        return cls(event.entity.name, event.action.name)  # type: ignore[arg-type]

    def as_entity(self) -> entities.WebhookEvent:
        """The event that was sent.

        Raises:
            InvalidParameter: There is none of this entity with this action.
        """
        return entities.WebhookEvent(
            _nth(WebhookEntity, self.entity), _nth(WebhookAction, self.action)
        )


K = TypeVar("K", WebhookEntity, WebhookAction)


def _nth(kind: type[K], given: str | int) -> K:
    return kind[given] if isinstance(given, str) else list(kind)[given - 1]


def _status(given: Status | None) -> entities.WebhookStatus | None:
    match given:
        case None:
            return None
        case str():
            return entities.WebhookStatus(given)
        case _:
            return list(entities.WebhookStatus)[given - 1]


class Webhook(Answer):
    """A webhook; its secret is never answered. Times are ms since the Unix epoch."""

    webhook_id: str
    name: str
    url: str
    events: list[WebhookEvent]
    status: str
    creation_timestamp: int
    last_updated_timestamp: int
    description: str | None = None

    @classmethod
    def of(cls, webhook: entities.Webhook) -> Webhook:
        """The wire's form of a webhook."""
        return cls(
            webhook_id=webhook.webhook_id,
            name=webhook.name,
            url=webhook.url,
            events=[WebhookEvent.of(event) for event in webhook.events],
            status=webhook.status.value,
            creation_timestamp=webhook.creation_timestamp,
            last_updated_timestamp=webhook.last_updated_timestamp,
            description=webhook.description,
        )

    def entity(self) -> entities.Webhook:
        """The webhook that was sent."""
        return entities.Webhook(
            webhook_id=self.webhook_id,
            name=self.name,
            url=self.url,
            events=[event.as_entity() for event in self.events],
            creation_timestamp=self.creation_timestamp,
            last_updated_timestamp=self.last_updated_timestamp,
            description=self.description,
            status=entities.WebhookStatus(self.status),
        )


class CreateWebhook(Asked, kw_only=True):
    """Make a webhook."""

    name: Required
    description: str | None = None
    url: Required
    events: list[WebhookEvent]
    secret: str | None = None
    status: Status | None = None

    def status_entity(self) -> entities.WebhookStatus | None:
        """The status, if one is given."""
        return _status(self.status)


class UpdateWebhook(Asked):
    """Change what is there; an empty name, address or list changes nothing."""

    name: str | None = None
    description: str | None = None
    url: str | None = None
    events: list[WebhookEvent] = []
    secret: str | None = None
    status: Status | None = None

    def status_entity(self) -> entities.WebhookStatus | None:
        """The status, if one is given."""
        return _status(self.status)


class WebhookMessage(Answer):
    """One webhook."""

    webhook: Webhook


class ListWebhooks(Asked):
    """List webhooks, newest first."""

    max_results: Int32 = 100
    page_token: str | None = None


class ListWebhooksAnswer(Answer):
    """A page of webhooks."""

    webhooks: list[Webhook] = []
    next_page_token: str | None = None


class TestWebhook(Asked):
    """Try a webhook out with an example of an event, by default of its first."""

    event: WebhookEvent | None = None


class WebhookTestResult(Answer):
    """What came of it."""

    success: bool
    response_status: int | None = None
    response_body: str | None = None
    error_message: str | None = None


class TestWebhookAnswer(Answer):
    """The result of a trial."""

    result: WebhookTestResult

    @classmethod
    def of(cls, result: entities.WebhookTestResult) -> TestWebhookAnswer:
        """The wire's form of a result."""
        return cls(
            WebhookTestResult(
                result.success, result.response_status, result.response_body, result.error_message
            )
        )

    def entity(self) -> entities.WebhookTestResult:
        """The result that was sent."""
        told = self.result
        return entities.WebhookTestResult(
            told.success,
            told.response_status,
            told.response_body or None,
            told.error_message or None,
        )
