"""A store with its journal, and what this process knows about its runs."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from kipu import journal as journals
from kipu.blobs.interface import BlobStore
from kipu.blobs.open import open_blobs
from kipu.client.known_models import KnownModels
from kipu.client.operations import RunOperations
from kipu.client.stores import absolute, open_bare, without_credentials
from kipu.client.values import as_float, as_step, as_timestamp
from kipu.entities import LifecycleStage, Metric, Run, RunStatus, RunTag
from kipu.environment_variables import (
    KIPU_EXIT_TIMEOUT,
    MLFLOW_ENABLE_ASYNC_LOGGING,
)
from kipu.exceptions import InvalidParameter, Unavailable
from kipu.service.limits import MAX_METRICS_PER_BATCH
from kipu.service.names import check_key, check_run_id
from kipu.store.interface import ClientStore
from kipu.store.open import Place

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

    from kipu.client.background import Background

_log = logging.getLogger(__name__)
_READ_WAIT_S = 60.0
# What processes that died left should be there for the first read, but must not hold it up.
_RECOVERY_WAIT_S = 5.0
UPLOADS = "uploads"
"""Folder, beside the journals, of models on their way."""

_REMEMBERED_RUNS = 10_000
_INT64 = 2**63


class _Flush:
    """The pending write of journaled points."""

    def __init__(self, tracking: Tracking, run_id: str) -> None:
        self._tracking, self._run_id = tracking, run_id

    def result(self) -> None:
        self._tracking.journal.flush()
        self._tracking.journal.raise_rejected(self._run_id)


class Tracking:
    """A store, the journal before it, and what this process knows about its runs.

    Args:
        place: Where it is.
    """

    def __init__(self, place: Place) -> None:
        self.uri = uri = absolute(place)
        self._place = place
        # Without credentials, which belong neither on the screen nor into a journal.
        self.server = without_credentials(uri) if place.kind == "http" else None
        self.keys: set[str] = set()
        self.runs: set[str] = set()
        self.models = KnownModels(lambda: self.store)
        self._artifact_uris: dict[str, str] = {}
        self._tagged: set[tuple[str, str]] = set()
        self._ended: set[str] = set()
        self._reset()
        self.journal = journals.Journal(place.journal, lambda: self.store, self.server or uri)

    def _reset(self) -> None:
        self._lock = threading.Lock()
        self._store: ClientStore | None = None
        self._background: ThreadPoolExecutor | None = None
        self._pending: list[Future[object]] = []
        self._recovery: threading.Thread | None = None
        self._uploads: Background | None = None

    @property
    def store(self) -> ClientStore:
        """The store; opened with the first use, anew in a forked child."""
        store = self._store
        if store is None:
            with self._lock:
                store = self._store
                if store is None:
                    store = self._store = self._open()
        return store

    def _open(self) -> ClientStore:
        store = open_bare(self.uri)
        if self.server is None:
            self._recover(store)
        else:
            # In the background: the server may be slow, or away. A read waits for it for a while.
            self._recovery = threading.Thread(target=self._recover, args=(store,), daemon=True)
            self._recovery.start()
        return store

    @property
    def uploads(self) -> Background:
        """Models on their way in the background."""
        if self._uploads is None:
            from kipu.client.background import Background  # noqa: PLC0415 - seldom used

            with self._lock:
                if self._uploads is None:
                    self._uploads = Background(self, self._place.journal / UPLOADS)
        return self._uploads

    def stored(self, model_id: str | None = None, run_id: str | None = None) -> None:
        """Wait until models that are sent in the background are stored.

        Args:
            model_id: Only this one.
            run_id: Only those of this run.

        Raises:
            Unavailable: The store takes nothing.
        """
        if self._uploads is not None and not self._uploads.wait(_READ_WAIT_S, model_id, run_id):
            raise Unavailable(
                f"{self.uri} does not take the files of the model {model_id or ''} which this "
                f"process sends there. They are safe in {self._uploads.folder}."
            )

    def _recover(self, store: ClientStore) -> None:
        """Send what processes that died left: in their journals, and models on their way."""
        folder = self._place.journal
        if (folder / UPLOADS).is_dir():
            self.uploads.adopt()
        if not folder.is_dir() or not any(folder.iterdir()):
            return
        try:
            journals.recover(folder, store, self.server)
        except Exception as error:
            _log.warning("Journals in %s could not be sent: %s", folder, error)

    def settled(self, run_id: str | None = None) -> ClientStore:
        """The store, once it has all that this process wrote.

        Raises:
            Unavailable: The store does not take the points that wait.
        """
        self.settle()
        if not self.journal.flush(_READ_WAIT_S, run_id):
            raise Unavailable(
                f"{self.journal.pending} metric points of this process wait for {self.uri}, which "
                "does not take them; a read now would miss them."
            )
        store = self.store
        if self._recovery is not None:
            self._recovery.join(_RECOVERY_WAIT_S)
            self._recovery = None
        return store

    def finish(self, run_id: str) -> bool:
        """Wait, not without end, until the store has what was logged into a run; whether it has."""
        self.settle()
        patience_s = KIPU_EXIT_TIMEOUT.get()
        if not self.journal.flush(patience_s, run_id):
            return False
        if self._uploads is not None:
            self._uploads.wait(patience_s, run_id=run_id, own=True)
        return True

    def know_run(self, run: Run) -> None:
        """Remember a run that was just made or read."""
        if len(self.runs) >= _REMEMBERED_RUNS:
            self.runs.clear()
            self._artifact_uris.clear()
        self.runs.add(run.info.run_id)
        self.models.note_run(run)
        if run.info.artifact_uri:
            self._artifact_uris[run.info.run_id] = run.info.artifact_uri

    def forget_runs(self) -> None:
        """Check each run anew before its next point, since one was deleted."""
        self.runs.clear()

    def note_status(self, run_id: str, status: str) -> None:
        """Remember whether this process has ended a run."""
        if RunStatus.is_terminated(RunStatus.from_string(status)):
            self._ended.add(run_id)
        else:
            self._ended.discard(run_id)

    def has_ended(self, run_id: str) -> bool:
        """Whether this process has ended the run, and not resumed it since."""
        return run_id in self._ended

    def admit_run(self, run_id: str) -> None:
        """Check once that points can be logged into a run.

        Raises:
            ResourceNotFound: No run has this id.
            InvalidParameter: It is deleted.
        """
        check_run_id(run_id)
        run = self.store.get_run(run_id)
        if run.info.lifecycle_stage != LifecycleStage.ACTIVE:
            raise InvalidParameter(
                f"The run {run_id} is deleted; bring it back with restore_run() to log into it."
            )
        self.know_run(run)

    def admit_key(self, key: str) -> None:
        """Check a metric's key, once for all of its points; raises like ``check_key``."""
        check_key(key, "metric")
        self.keys.add(key)

    def artifact_uri(self, run_id: str) -> str:
        """Where a run's artifacts lie, which never changes.

        Raises:
            ResourceNotFound: No run has this id.
        """
        known = self._artifact_uris.get(run_id)  # another thread may forget all of them now
        if known is None:
            check_run_id(run_id)
            known = self.store.get_run(run_id).info.artifact_uri
            if not known:
                raise InvalidParameter(f"The run {run_id} has no place for artifacts.")
            self._artifact_uris[run_id] = known
        return known

    def blobs(self, artifact_uri: str) -> BlobStore:
        """The files below a run's or a model's artifact location."""
        return open_blobs(artifact_uri, self.uri, stored_once=self._place.artifact_root)

    def tag_once(self, run_id: str, key: str, value: str) -> None:
        """Set a tag that this process has not set on this run before."""
        if (run_id, key) not in self._tagged:
            self.store.set_tag(run_id, RunTag(key, value))
            self._tagged.add((run_id, key))

    def log_points(
        self, run_id: str, metrics: Sequence[Metric], synchronous: bool | None
    ) -> RunOperations | None:
        """Log points, all or none; ``synchronous`` as in ``MlflowClient.log_metric``.

        Raises:
            InvalidParameter: One cannot be stored.
            ResourceNotFound: No run has this id.
        """
        points = [_checked(metric, self) for metric in metrics]
        if run_id not in self.runs:
            self.admit_run(run_id)
        self.models.admit(points)
        if synchronous:
            for at in range(0, len(points), MAX_METRICS_PER_BATCH):
                batch = points[at : at + MAX_METRICS_PER_BATCH]
                self.store.log_batch(run_id, batch, (), ())
            return None
        log_point = self.journal.log_point
        for point in points:
            log_point(
                run_id,
                point.key,
                point.value,
                point.step,
                point.timestamp,
                point.model_id,
                point.dataset_name,
                point.dataset_digest,
            )
        if synchronous is None and not MLFLOW_ENABLE_ASYNC_LOGGING.get():
            return None
        return self.operations(run_id)

    def operations(self, run_id: str) -> RunOperations:
        """A handle on the points of a run that are in the journal."""
        return RunOperations([_Flush(self, run_id)])

    def write(
        self, action: Callable[[ClientStore], object], synchronous: bool | None
    ) -> RunOperations | None:
        """Do something in the store: now, or in the background and in order."""
        if not _in_background(synchronous):
            self.settle()
            action(self.store)
            return None
        return self._submit(lambda: action(self.store))

    def later(self, action: Callable[[], object], synchronous: bool | None) -> RunOperations | None:
        """Do something now, or in the background."""
        if not _in_background(synchronous):
            action()
            return None
        return self._submit(action)

    def _submit(self, action: Callable[[], object]) -> RunOperations:
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - seldom used

        with self._lock:
            if self._background is None:
                self._background = ThreadPoolExecutor(1, "kipu-background")
            future = self._background.submit(action)
            self._pending = [one for one in self._pending if not one.done()] + [future]
        return RunOperations([future])

    def settle(self) -> None:
        """Wait for what was started in the background."""
        for future in self._pending:
            future.exception()  # waits; the handle that the caller has raises it

    def close(self, patience_s: float = 0) -> None:
        """Let go of files and connections, once the journal is empty or was given up.

        Args:
            patience_s: How long to wait for models on their way while nothing moves.
        """
        if self._uploads is not None:
            left = self._uploads.close(patience_s)
            if left:
                what = "1 model waits" if len(left) == 1 else f"{len(left)} models wait"
                sys.stderr.write(
                    f"kipu: {what} in {self._uploads.folder}, since {self.server or self.uri} did "
                    "not take all files. `kipu sync` sends them, and so does the next process that "
                    "opens this store.\n"
                )
                sys.stderr.flush()
        if self._background is not None:
            self._background.shutdown()
        self.journal.close(0)
        if self._store is not None:
            self._store.close()

    def after_fork(self) -> None:
        """In a child: leave connections and threads to the parent."""
        _abandoned.append(self._store)
        if self._uploads is not None:
            self._uploads.abandon()
        self._reset()


# A parent's connections, which must not be closed by the child's garbage collector.
_abandoned: list[object] = []


def _checked(metric: Metric, tracking: Tracking) -> Metric:
    """The point with numbers of the right kind."""
    key, value, step, timestamp = metric.key, metric.value, metric.step, metric.timestamp
    if key.__class__ is not str or key not in tracking.keys:
        tracking.admit_key(key)
    # Here, although stores refuse them too: an official server drops numbers that do not fit.
    plain = value.__class__ is float and step.__class__ is int and timestamp.__class__ is int
    if plain and 0 <= timestamp < _INT64 and -_INT64 <= step < _INT64:
        return metric
    return Metric(
        key,
        as_float(key, value),
        as_timestamp(key, timestamp),
        as_step(key, step),
        metric.model_id,
        metric.dataset_name,
        metric.dataset_digest,
        metric.run_id,
    )


def _in_background(synchronous: bool | None) -> bool:
    return MLFLOW_ENABLE_ASYNC_LOGGING.get() if synchronous is None else not synchronous
