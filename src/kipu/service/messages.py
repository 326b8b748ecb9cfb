"""What a webhook is sent, as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from kipu.entities import WebhookEvent


def message(event: WebhookEvent, data: Mapping[str, Any]) -> bytes:
    """The body that tells of an event that happens now; ``data`` is its payload."""
    told = {
        "entity": event.entity.value,
        "action": event.action.value,
        "timestamp": datetime.now(UTC).isoformat(),
        "data": data,
    }
    return json.dumps(told).encode()
