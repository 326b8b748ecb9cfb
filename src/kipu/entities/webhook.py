"""Webhooks: addresses that are told of what happens in the model registry."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Self, TypeVar

import msgspec

from kipu.entities.record import Record
from kipu.exceptions import InvalidParameter


class WebhookStatus(StrEnum):
    """Whether a webhook is told of anything."""

    ACTIVE = "ACTIVE"
    DISABLED = "DISABLED"

    def is_active(self) -> bool:
        """Whether it is."""
        return self is WebhookStatus.ACTIVE


class WebhookEntity(StrEnum):
    """What something happens to."""

    REGISTERED_MODEL = "registered_model"
    MODEL_VERSION = "model_version"
    MODEL_VERSION_TAG = "model_version_tag"
    MODEL_VERSION_ALIAS = "model_version_alias"
    PROMPT = "prompt"
    PROMPT_VERSION = "prompt_version"
    PROMPT_TAG = "prompt_tag"
    PROMPT_VERSION_TAG = "prompt_version_tag"
    PROMPT_ALIAS = "prompt_alias"
    BUDGET_POLICY = "budget_policy"


class WebhookAction(StrEnum):
    """What happens to it."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    SET = "set"
    EXCEEDED = "exceeded"


_CREATED = (WebhookAction.CREATED,)
_SET_OR_DELETED = (WebhookAction.DELETED, WebhookAction.SET)
_CREATED_OR_DELETED = (WebhookAction.CREATED, WebhookAction.DELETED)
_ACTIONS: dict[WebhookEntity, tuple[WebhookAction, ...]] = {
    WebhookEntity.REGISTERED_MODEL: _CREATED,
    WebhookEntity.MODEL_VERSION: _CREATED,
    WebhookEntity.MODEL_VERSION_TAG: _SET_OR_DELETED,
    WebhookEntity.MODEL_VERSION_ALIAS: _CREATED_OR_DELETED,
    WebhookEntity.PROMPT: _CREATED,
    WebhookEntity.PROMPT_VERSION: _CREATED,
    WebhookEntity.PROMPT_TAG: _SET_OR_DELETED,
    WebhookEntity.PROMPT_VERSION_TAG: _SET_OR_DELETED,
    WebhookEntity.PROMPT_ALIAS: _CREATED_OR_DELETED,
    WebhookEntity.BUDGET_POLICY: (WebhookAction.EXCEEDED,),
}


class WebhookEvent(Record, frozen=True):
    """Something that happens to something: ``registered_model.created``.

    Raises:
        InvalidParameter: There is no such event.
    """

    # Either may be given as its text.
    entity: WebhookEntity
    action: WebhookAction

    def __post_init__(self) -> None:
        entity, action = _member(WebhookEntity, self.entity), _member(WebhookAction, self.action)
        if action not in _ACTIONS[entity]:
            raise InvalidParameter(
                f"There is no event {entity}.{action}: the actions of {entity} are "
                f"{', '.join(_ACTIONS[entity])}."
            )
        msgspec.structs.force_setattr(self, "entity", entity)
        msgspec.structs.force_setattr(self, "action", action)

    @classmethod
    def from_str(cls, event_str: str) -> Self:
        """The event of a text such as ``model_version_tag.set``.

        Raises:
            InvalidParameter: There is no such event.
        """
        entity, dot, action = event_str.partition(".")
        if not dot or "." in action:
            raise InvalidParameter(
                f"Invalid event {event_str!r}: write entity.action, such as"
                " 'registered_model.created'."
            )
        return cls(entity, action)  # type: ignore[arg-type]

    def __str__(self) -> str:
        return f"{self.entity}.{self.action}"


E = TypeVar("E", WebhookEntity, WebhookAction)


def _member(kind: type[E], given: str) -> E:
    try:
        return kind(given)
    except ValueError:
        what = "entity" if kind is WebhookEntity else "action"
        raise InvalidParameter(
            f"No {what} {str(given)!r} of events; one of {', '.join(kind)}."
        ) from None


class Webhook(Record, frozen=True):
    """An address that is told of events; times are ms since the Unix epoch.

    ``secret`` signs what is sent; no answer of a server ever has it.

    Raises:
        InvalidParameter: It has no events.
    """

    webhook_id: str
    name: str
    url: str
    events: Sequence[WebhookEvent]
    creation_timestamp: int
    last_updated_timestamp: int
    description: str | None = None
    # May be given as its text.
    status: WebhookStatus = WebhookStatus.ACTIVE
    secret: str | None = None
    workspace: str | None = None

    def __post_init__(self) -> None:
        if not self.events:
            raise InvalidParameter("A webhook needs at least one event.")
        msgspec.structs.force_setattr(self, "status", webhook_status(self.status))
        msgspec.structs.force_setattr(self, "workspace", self.workspace or "default")

    def __repr__(self) -> str:
        fields = self.to_dictionary()
        del fields["secret"]
        told = ", ".join(f"{name}={value!r}" for name, value in fields.items())
        return f"Webhook({told})"


def webhook_status(given: str) -> WebhookStatus:
    """The status of a text.

    Raises:
        InvalidParameter: There is none.
    """
    try:
        return WebhookStatus(given)
    except ValueError:
        known = ", ".join(WebhookStatus)
        raise InvalidParameter(f"No status {given!r} of webhooks; one of {known}.") from None


class WebhookTestResult(Record, frozen=True):
    """What came of a trial delivery."""

    success: bool
    response_status: int | None = None
    response_body: str | None = None
    error_message: str | None = None
