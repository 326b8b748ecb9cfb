"""Tells webhooks what waits for them, from a queue that survives its servers."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections import Counter
from email.utils import parsedate_to_datetime

from kipu.environment_variables import (
    MLFLOW_WEBHOOK_DELIVERY_MAX_WORKERS,
    MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES,
    MLFLOW_WEBHOOK_REQUEST_TIMEOUT,
)
from kipu.exceptions import MlflowException, Unavailable
from kipu.service.webhooks import send
from kipu.store.webhooks import Delivery, DeliveryQueue

_log = logging.getLogger("kipu.webhooks")

RETRIED = (429, 500, 502, 503, 504)
_LONGEST_WAIT_S = 60.0
_LONGEST_ASKED_WAIT_S = 6 * 3600.0
_STOPPING_S = 5.0


class Courier:
    """Delivers what is due, a few at once; many processes may have one on the same queue.

    A delivery is tried again after 429, 500, 502, 503, 504 and when nobody answers: at once, then
    after 2, 4, 8, ... seconds. A receiver may be told something twice, if a server dies between
    telling it and noting that; the delivery's id is the same then.

    Args:
        queue: What waits.
    """

    def __init__(self, queue: DeliveryQueue) -> None:
        self._queue = queue
        self._claiming = threading.Lock()
        self._changed = threading.Condition()
        self._busy: Counter[str] = Counter()
        self._stopping = False

    def deliver_due(self) -> None:
        """Begin all deliveries that are due and for which there is room; return at once."""
        with self._claiming:
            self._begin_due()

    def stop(self) -> None:
        """Begin nothing more, and give what was begun a few seconds."""
        with self._claiming:
            self._stopping = True
        with self._changed:
            self._changed.wait_for(lambda: not self._busy.total(), _STOPPING_S)

    def _begin_due(self) -> None:
        most = max(1, MLFLOW_WEBHOOK_DELIVERY_MAX_WORKERS.get())
        with self._changed:
            room = 0 if self._stopping else most - self._busy.total()
            # A receiver that does not answer leaves half of the room to the others.
            share = max(1, most // 2)
            crowded = [webhook for webhook, count in self._busy.items() if count >= share]
        if room <= 0:
            return
        # Longer than an attempt, so that only a dead server's deliveries are taken over.
        lease_ms = (2 * MLFLOW_WEBHOOK_REQUEST_TIMEOUT.get() + 5) * 1000
        now = time.time_ns() // 1_000_000
        for delivery in self._queue.claim_deliveries(now, lease_ms, min(room, share), crowded):
            with self._changed:
                self._busy[delivery.webhook.webhook_id] += 1
            # A daemon: a receiver that does not answer must not hold up the end of the process.
            threading.Thread(target=self._deliver, args=(delivery,), daemon=True).start()

    def _deliver(self, delivery: Delivery) -> None:
        try:
            wait_s = _attempt(delivery)
            if wait_s is None:
                self._queue.finish_delivery(delivery)
            else:
                due = time.time_ns() // 1_000_000 + int(wait_s * 1000)
                self._queue.postpone_delivery(delivery, due)
        except Exception:
            # It is due again when its lease runs out.
            _log.exception("The delivery %s to a webhook broke off", delivery.delivery_id)
        finally:
            with self._changed:
                self._busy[delivery.webhook.webhook_id] -= 1
                if not self._busy[delivery.webhook.webhook_id]:
                    del self._busy[delivery.webhook.webhook_id]
                self._changed.notify_all()
        self._go_on()

    def _go_on(self) -> None:
        """Begin what had no room until now."""
        try:
            self.deliver_due()
        except Exception:
            _log.exception("No further deliveries to webhooks could be begun")


def _attempt(delivery: Delivery) -> float | None:
    """Send once; in how many seconds to try again, None for never."""
    webhook, asked = delivery.webhook, None
    try:
        outcome = send(webhook, delivery.delivery_id, delivery.body)
    except Unavailable as error:
        why = error.message
    except MlflowException as error:
        _log.error("The webhook %s was not told: %s", webhook.name, error.message)
        return None
    else:
        if outcome.status not in RETRIED:
            if outcome.status >= 400:
                _log.warning("The webhook %s answered %d.", webhook.name, outcome.status)
            return None
        why, asked = f"It answered {outcome.status}.", outcome.retry_after
    if delivery.attempt > MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES.get():
        _log.error(
            "The webhook %s was not told, after %d attempts: %s",
            webhook.name,
            delivery.attempt,
            why,
        )
        return None
    return _wait_s(delivery.attempt, asked)


def _wait_s(attempt: int, asked: str | None) -> float:
    """How long to wait after an attempt that failed, if the receiver asked for nothing else."""
    if asked is not None:
        wanted = _seconds(asked)
        if wanted is not None:
            return min(max(0.0, wanted), _LONGEST_ASKED_WAIT_S)
    if attempt == 1:
        return 0.0
    return min(2.0 ** min(attempt - 1, 16) + random.random(), _LONGEST_WAIT_S)


def _seconds(retry_after: str) -> float | None:
    text = retry_after.strip()
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        return parsedate_to_datetime(text).timestamp() - time.time()
    except (ValueError, OverflowError):
        return None
