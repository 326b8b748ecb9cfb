"""What webhooks are sent, for receivers written in Python."""

from kipu.entities.webhook_payloads import (
    ModelVersionAliasCreatedPayload,
    ModelVersionAliasDeletedPayload,
    ModelVersionCreatedPayload,
    ModelVersionTagDeletedPayload,
    ModelVersionTagSetPayload,
    RegisteredModelCreatedPayload,
    WebhookPayload,
)
from kipu.service.signatures import WEBHOOK_SIGNATURE_HEADER

__all__ = [
    "WEBHOOK_SIGNATURE_HEADER",
    "ModelVersionAliasCreatedPayload",
    "ModelVersionAliasDeletedPayload",
    "ModelVersionCreatedPayload",
    "ModelVersionTagDeletedPayload",
    "ModelVersionTagSetPayload",
    "RegisteredModelCreatedPayload",
    "WebhookPayload",
]
