"""The headers of a delivery: who it is, when it was sent, and that it comes from here."""

from __future__ import annotations

import hmac
from base64 import b64encode

WEBHOOK_SIGNATURE_HEADER = "X-MLflow-Signature"
WEBHOOK_TIMESTAMP_HEADER = "X-MLflow-Timestamp"
WEBHOOK_DELIVERY_ID_HEADER = "X-MLflow-Delivery-Id"


def delivery_headers(
    secret: str | None, delivery_id: str, sent_s: int, body: bytes
) -> dict[str, str]:
    """The headers of one delivery.

    Args:
        secret: Signs it, if there is one: ``v1,`` and the base64 of an HMAC-SHA256 over
            ``<id>.<time>.<body>``.
        delivery_id: The same for every attempt, so that a receiver can tell what it has seen.
        sent_s: Now, in seconds since the Unix epoch.
        body: What is sent.
    """
    headers = {
        "Content-Type": "application/json",
        WEBHOOK_DELIVERY_ID_HEADER: delivery_id,
        WEBHOOK_TIMESTAMP_HEADER: str(sent_s),
    }
    if secret:
        signed = b"%b.%d.%b" % (delivery_id.encode(), sent_s, body)
        digest = hmac.digest(secret.encode(), signed, "sha256")
        headers[WEBHOOK_SIGNATURE_HEADER] = f"v1,{b64encode(digest).decode()}"
    return headers
