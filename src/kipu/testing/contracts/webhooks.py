"""What ``WebhookStore`` and ``DeliveryQueue`` promise."""
# ruff: noqa: D102 - the names are the sentences

from __future__ import annotations

from kipu.entities import Webhook, WebhookEvent, WebhookStatus
from kipu.search import PageKey, encode_token
from kipu.store.interface import BackingStore, TrackingStore
from kipu.testing.contracts.refusals import refused

# An address in numbers: nobody is asked for a name.
URL = "https://1.1.1.1/hook"
MODEL_CREATED = WebhookEvent.from_str("registered_model.created")
TAG_SET = WebhookEvent.from_str("model_version_tag.set")
ABSENT = "00000000-0000-0000-0000-000000000000"
LEASE_MS = 1000
LATER = 1 << 52


def _make(
    store: TrackingStore,
    name: str = "w",
    *events: WebhookEvent,
    status: WebhookStatus = WebhookStatus.ACTIVE,
) -> Webhook:
    return store.create_webhook(name, URL, events or (MODEL_CREATED,), None, None, status)


class WebhookStoreContract:
    """Inherit, and provide the fixture ``store``."""

    def test_a_webhook_is_read_as_it_was_made(self, store: TrackingStore) -> None:
        made = store.create_webhook(
            "w", URL, [TAG_SET, MODEL_CREATED], "for us", None, WebhookStatus.DISABLED
        )
        assert (made.name, made.url, made.description) == ("w", URL, "for us")
        assert made.status is WebhookStatus.DISABLED
        assert made.creation_timestamp == made.last_updated_timestamp > 0
        assert store.get_webhook(made.webhook_id) == made

    def test_events_come_in_the_order_of_their_texts(self, store: TrackingStore) -> None:
        texts = ["registered_model.created", "model_version_tag.set", "model_version_tag.deleted"]
        made = _make(store, "w", *map(WebhookEvent.from_str, texts))
        assert [str(event) for event in made.events] == sorted(texts)

    def test_two_webhooks_may_have_one_name(self, store: TrackingStore) -> None:
        assert _make(store).webhook_id != _make(store).webhook_id

    def test_only_what_is_given_changes(self, store: TrackingStore) -> None:
        made = store.create_webhook("w", URL, [TAG_SET], "d", None, WebhookStatus.ACTIVE)
        changed = store.update_webhook(
            made.webhook_id, "v", None, [MODEL_CREATED], None, None, WebhookStatus.DISABLED
        )
        assert (changed.name, changed.url, changed.description) == ("v", URL, "d")
        assert list(changed.events) == [MODEL_CREATED]
        assert changed.status is WebhookStatus.DISABLED
        assert changed.creation_timestamp == made.creation_timestamp
        assert changed.last_updated_timestamp >= made.last_updated_timestamp
        assert store.get_webhook(made.webhook_id) == changed

    def test_an_empty_description_takes_it_away(self, store: TrackingStore) -> None:
        made = store.create_webhook("w", URL, [TAG_SET], "d", None, WebhookStatus.ACTIVE)
        changed = store.update_webhook(made.webhook_id, None, None, None, "", None, None)
        assert changed.description is None

    def test_pages_are_all_webhooks_newest_first(self, store: TrackingStore) -> None:
        made = [_make(store, f"w{number}") for number in range(5)]
        found: list[Webhook] = []
        token: str | None = None
        sizes = []
        while True:
            page = store.list_webhooks(2, token)
            found += page
            sizes.append(len(page))
            token = page.token
            if token is None:
                break
        assert sizes == [2, 2, 1]
        assert sorted(found, key=_id) == sorted(made, key=_id)
        times = [webhook.creation_timestamp for webhook in found]
        assert times == sorted(times, reverse=True)

    def test_a_bad_page_token_is_refused(self, store: TrackingStore) -> None:
        others = (PageKey((), 0), PageKey(((0, None), (0, 5)), 0), PageKey(((0, "a"),), 0))
        for token in ("nonsense", *map(encode_token, others)):
            with refused("INVALID_PARAMETER_VALUE"):
                store.list_webhooks(2, token)

    def test_what_was_deleted_is_gone(self, store: TrackingStore) -> None:
        kept, made = _make(store), _make(store)
        store.delete_webhook(made.webhook_id)
        assert store.list_webhooks(10, None) == [kept]
        with refused("RESOURCE_DOES_NOT_EXIST", made.webhook_id):
            store.get_webhook(made.webhook_id)

    def test_what_is_not_there_is_not_found(self, store: TrackingStore) -> None:
        with refused("RESOURCE_DOES_NOT_EXIST", ABSENT):
            store.get_webhook(ABSENT)
        with refused("RESOURCE_DOES_NOT_EXIST", ABSENT):
            store.update_webhook(ABSENT, "v", None, None, None, None, None)
        with refused("RESOURCE_DOES_NOT_EXIST", ABSENT):
            store.delete_webhook(ABSENT)


def _id(webhook: Webhook) -> str:
    return webhook.webhook_id


class DeliveryQueueContract:
    """Inherit, and provide the fixture ``store``, a store that a server can stand on."""

    def test_each_active_webhook_that_wants_an_event_is_told(self, store: BackingStore) -> None:
        wanting = {_make(store, name).webhook_id for name in ("a", "b")}
        _make(store, "other", TAG_SET)
        _make(store, "off", status=WebhookStatus.DISABLED)
        assert store.enqueue_event(MODEL_CREATED, b"{}") == 2
        claimed = store.claim_deliveries(LATER, LEASE_MS, 10, ())
        assert {delivery.webhook.webhook_id for delivery in claimed} == wanting
        assert {(delivery.body, delivery.attempt) for delivery in claimed} == {(b"{}", 1)}
        assert len({delivery.delivery_id for delivery in claimed}) == 2

    def test_an_event_that_nobody_wants_leaves_nothing(self, store: BackingStore) -> None:
        assert store.enqueue_event(MODEL_CREATED, b"{}") == 0
        assert store.claim_deliveries(LATER, LEASE_MS, 10, ()) == []

    def test_nothing_is_taken_before_it_is_due(self, store: BackingStore) -> None:
        _waiting(store)
        assert store.claim_deliveries(0, LEASE_MS, 10, ()) == []

    def test_what_is_taken_is_nobody_elses_until_the_lease_ends(self, store: BackingStore) -> None:
        _waiting(store)
        (first,) = store.claim_deliveries(LATER, LEASE_MS, 10, ())
        assert store.claim_deliveries(LATER + LEASE_MS - 1, LEASE_MS, 10, ()) == []
        (second,) = store.claim_deliveries(LATER + LEASE_MS, LEASE_MS, 10, ())
        assert second.delivery_id == first.delivery_id
        assert (first.attempt, second.attempt) == (1, 2)

    def test_what_is_finished_is_forgotten(self, store: BackingStore) -> None:
        _waiting(store)
        (delivery,) = store.claim_deliveries(LATER, LEASE_MS, 10, ())
        store.finish_delivery(delivery)
        assert store.claim_deliveries(2 * LATER, LEASE_MS, 10, ()) == []

    def test_what_is_postponed_is_due_again_then(self, store: BackingStore) -> None:
        _waiting(store)
        (delivery,) = store.claim_deliveries(LATER, LEASE_MS, 10, ())
        store.postpone_delivery(delivery, LATER + 7)
        assert store.claim_deliveries(LATER + 6, LEASE_MS, 10, ()) == []
        assert len(store.claim_deliveries(LATER + 7, LEASE_MS, 10, ())) == 1

    def test_who_lost_a_lease_changes_nothing_more(self, store: BackingStore) -> None:
        _waiting(store)
        (lost,) = store.claim_deliveries(LATER, LEASE_MS, 10, ())
        (held,) = store.claim_deliveries(LATER + LEASE_MS, LEASE_MS, 10, ())
        store.finish_delivery(lost)
        store.postpone_delivery(lost, 1)
        assert store.claim_deliveries(held.lease - 1, LEASE_MS, 10, ()) == []
        assert len(store.claim_deliveries(held.lease, LEASE_MS, 10, ())) == 1

    def test_no_more_are_taken_than_wanted_and_none_of_the_busy(self, store: BackingStore) -> None:
        busy = _make(store, "busy", TAG_SET).webhook_id
        store.enqueue_event(TAG_SET, b"{}")
        _waiting(store, 3)
        claimed = store.claim_deliveries(LATER, LEASE_MS, 2, [busy])
        assert len(claimed) == 2
        assert busy not in {delivery.webhook.webhook_id for delivery in claimed}

    def test_a_webhook_that_was_disabled_or_deleted_is_told_nothing(
        self, store: BackingStore
    ) -> None:
        disabled, deleted = _make(store), _make(store)
        assert store.enqueue_event(MODEL_CREATED, b"{}") == 2
        store.update_webhook(
            disabled.webhook_id, None, None, None, None, None, WebhookStatus.DISABLED
        )
        store.delete_webhook(deleted.webhook_id)
        assert store.claim_deliveries(LATER, LEASE_MS, 10, ()) == []
        store.update_webhook(
            disabled.webhook_id, None, None, None, None, None, WebhookStatus.ACTIVE
        )
        assert store.claim_deliveries(LATER, LEASE_MS, 10, ()) == []

    def test_the_taker_gets_the_secret_as_it_is_stored(self, store: BackingStore) -> None:
        made = store.create_webhook("w", URL, [TAG_SET], None, "sealed", WebhookStatus.ACTIVE)
        store.enqueue_event(TAG_SET, b"{}")
        (delivery,) = store.claim_deliveries(LATER, LEASE_MS, 1, ())
        assert delivery.webhook.secret == "sealed"
        store.update_webhook(made.webhook_id, None, None, None, None, "", None)
        assert store.get_webhook(made.webhook_id).secret is None


def _waiting(store: BackingStore, count: int = 1) -> None:
    _make(store)
    for _ in range(count):
        assert store.enqueue_event(MODEL_CREATED, b"{}") == 1
