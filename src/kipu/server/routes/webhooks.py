"""Webhooks."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kipu.server.http import answer, body, in_thread, query_or_body
from kipu.server.state import tracking
from kipu.wire.experiments import Empty
from kipu.wire.webhooks import (
    CreateWebhook,
    ListWebhooks,
    ListWebhooksAnswer,
    TestWebhook,
    TestWebhookAnswer,
    UpdateWebhook,
    Webhook,
    WebhookMessage,
)


async def create(request: Request) -> Response:
    """Make a webhook."""
    asked = await body(request, CreateWebhook)
    made = await in_thread(
        tracking(request).create_webhook,
        asked.name,
        asked.url,
        [event.as_entity() for event in asked.events],
        asked.description,
        asked.secret,
        asked.status_entity(),
    )
    return answer(WebhookMessage(Webhook.of(made)))


async def list_all(request: Request) -> Response:
    """List webhooks."""
    asked = await query_or_body(request, ListWebhooks)
    page = await in_thread(
        tracking(request).list_webhooks, asked.max_results, asked.page_token or None
    )
    return answer(ListWebhooksAnswer([Webhook.of(one) for one in page], page.token))


async def get(request: Request) -> Response:
    """Read a webhook."""
    found = await in_thread(tracking(request).get_webhook, _id(request))
    return answer(WebhookMessage(Webhook.of(found)))


async def update(request: Request) -> Response:
    """Change a webhook."""
    asked = await body(request, UpdateWebhook)
    changed = await in_thread(
        tracking(request).update_webhook,
        _id(request),
        asked.name or None,
        asked.url or None,
        [event.as_entity() for event in asked.events] or None,
        asked.description,
        asked.secret,
        asked.status_entity(),
    )
    return answer(WebhookMessage(Webhook.of(changed)))


async def delete(request: Request) -> Response:
    """Remove a webhook."""
    await in_thread(tracking(request).delete_webhook, _id(request))
    return answer(Empty())


async def test(request: Request) -> Response:
    """Try a webhook out."""
    asked = await body(request, TestWebhook)
    event = asked.event.as_entity() if asked.event else None
    result = await in_thread(tracking(request).test_webhook, _id(request), event)
    return answer(TestWebhookAnswer.of(result))


def _id(request: Request) -> str:
    webhook_id: str = request.path_params["webhook_id"]
    return webhook_id


routes = [
    Route("/webhooks", create, methods=["POST"]),
    Route("/webhooks", list_all, methods=["GET"]),
    Route("/webhooks/{webhook_id}", get, methods=["GET"]),
    Route("/webhooks/{webhook_id}", update, methods=["PATCH"]),
    Route("/webhooks/{webhook_id}", delete, methods=["DELETE"]),
    Route("/webhooks/{webhook_id}/test", test, methods=["POST"]),
]
