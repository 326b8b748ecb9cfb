"""Models on their way to a store while training goes on.

What waits lies on disk (``staging``), so that it outlives the process. ``docs/design/weights.md``
tells when a model is sent in the background, and who waits for it.
"""

from __future__ import annotations

import logging
import queue
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from kipu.blobs.interface import BlobStore
from kipu.blobs.sending import may_pass
from kipu.client.progress import ProgressLine, size_text
from kipu.client.staging import Staged, orphans
from kipu.entities import LoggedModelStatus, LoggedModelTag
from kipu.environment_variables import MLFLOW_HTTP_REQUEST_MAX_RETRIES
from kipu.exceptions import MlflowException, ResourceNotFound
from kipu.store.interface import ClientStore

STATUS_TAG = "kipu.upload.error"
"""Tag of a logged model whose files could not be stored; says why."""

_THREADS = 4
_FIRST_WAIT_S, _LONGEST_WAIT_S, _HURRIED_WAIT_S = 0.25, 60.0, 2.0
_LOOK_EVERY_S = 0.1

_log = logging.getLogger("kipu")


class _Place(Protocol):
    """What is known of the store."""

    @property
    def store(self) -> ClientStore: ...

    def blobs(self, artifact_uri: str) -> BlobStore: ...


class _Left(Exception):  # noqa: N818 - it ends a thread's work, and tells of no error
    """The process ends: what is not sent stays on disk."""


class _Upload:
    """A model on its way."""

    def __init__(self, staged: Staged, is_own: bool) -> None:
        self.staged, self.is_own = staged, is_own
        self.files = staged.files()
        self.total = sum(size for _, _, size in self.files)
        self.sent, self.most, self.left = 0, 0, max(1, len(self.files))
        self.error: Exception | None = None
        self.began = time.monotonic()


class Background:
    """Sends staged models with a few threads, which start with the first.

    Args:
        place: The store.
        folder: Where models are staged.
    """

    def __init__(self, place: _Place, folder: Path) -> None:
        self._place, self.folder = place, folder
        self._moved = threading.Condition()
        self._uploads: list[_Upload] = []
        self._tasks: queue.SimpleQueue[tuple[_Upload, int] | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._waiting = 0
        self._is_closing = False
        self._steps = 0
        self._has_failed = False  # since the last bytes were taken

    @property
    def waiting_bytes(self) -> int:
        """How much is on disk and not yet at its place."""
        with self._moved:
            return sum(one.total for one in self._uploads)

    @property
    def count(self) -> int:
        """How many models are on their way."""
        return len(self._uploads)

    def send(self, staged: Staged) -> None:
        """Take over a folder with all its files, and return at once."""
        self._take(_Upload(staged, is_own=True))

    def _take(self, upload: _Upload) -> None:
        with self._moved:
            self._is_closing = False
            self._start_threads()
            self._uploads.append(upload)
        # Large files first: they are what takes long.
        for number in sorted(range(len(upload.files)), key=lambda n: -upload.files[n][2]):
            self._tasks.put((upload, number))
        if not upload.files:
            self._tasks.put((upload, 0))

    def _start_threads(self) -> None:
        while len(self._threads) < _THREADS:
            thread = threading.Thread(target=self._work, name="kipu-upload", daemon=True)
            try:
                thread.start()
            except RuntimeError:
                if self._threads:
                    return  # the system gives no more, and these will do
                raise
            self._threads.append(thread)

    def adopt(self, folder: Path | None = None) -> int:
        """Go on with what dead processes left, here or in another folder; how many models."""
        count = 0
        for staged in orphans(folder or self.folder):
            upload = _Upload(staged, is_own=False)
            if not staged.job.is_complete:
                upload.error = MlflowException("The process ended before all files were saved.")
            self._take(upload)
            count += 1
        return count

    def wait(
        self,
        patience_s: float | None,
        model_id: str | None = None,
        run_id: str | None = None,
        own: bool = False,
    ) -> bool:
        """Wait until models are stored, or refused for good.

        Args:
            patience_s: How long to wait while requests fail; without end if None.
            model_id: Only for this model.
            run_id: Only for models of this run.
            own: Only for models of this process.

        Returns:
            False when patience is over.
        """

        def chosen() -> list[_Upload]:
            return [
                one
                for one in self._uploads
                if model_id in (None, one.staged.job.model_id)
                and run_id in (None, one.staged.job.run_id)
                and (one.is_own or not own)
            ]

        with self._moved:
            if not chosen():
                return True
            self._waiting += 1
            self._moved.notify_all()
        line = ProgressLine(sum(one.sent for one in chosen()))
        try:
            return self._watch(chosen, line, patience_s)
        finally:
            line.end()
            with self._moved:
                self._waiting -= 1

    def _watch(
        self, chosen: Callable[[], list[_Upload]], line: ProgressLine, patience_s: float | None
    ) -> bool:
        seen, last = -1, time.monotonic()
        while True:
            with self._moved:
                some = chosen()
                if not some:
                    return True
                # A request that is under way has its own time limit: a server that brings many
                # gigabytes to its disk, or reads them again, is not away.
                if self._steps != seen or not self._has_failed:
                    seen, last = self._steps, time.monotonic()
                self._moved.wait(_LOOK_EVERY_S)
            if patience_s is not None and time.monotonic() - last > patience_s:
                return False
            line.show(len(some), sum(one.sent for one in some), sum(one.total for one in some))

    def close(self, patience_s: float) -> list[Staged]:
        """Wait for this process's models, and let go of all; what is left stays on disk.

        Returns:
            What is left of this process's.
        """
        self.wait(patience_s, own=True)
        with self._moved:
            self._is_closing = True
            self._moved.notify_all()
            left, self._uploads = self._uploads, []
            threads, self._threads = self._threads, []
        for _ in threads:
            self._tasks.put(None)
        for thread in threads:
            thread.join(_HURRIED_WAIT_S)
        for upload in left:
            upload.staged.release()
        return [upload.staged for upload in left if upload.is_own]

    def abandon(self) -> None:
        """In a forked child: leave everything to the parent."""
        for upload in self._uploads:
            upload.staged.release()

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            upload, number = task
            if self._is_closing:
                continue
            with suppress(_Left):
                self._advance(upload, number)

    def _advance(self, upload: _Upload, number: int) -> None:
        try:
            if upload.error is None and upload.files:
                self._send_file(upload, number)
        except _Left:
            raise
        except Exception as error:
            upload.error = error
        with self._moved:
            upload.left -= 1
            is_last = upload.left == 0
        if is_last:
            self._end(upload)

    def _send_file(self, upload: _Upload, number: int) -> None:
        path, source, size = upload.files[number]
        blobs = self._place.blobs(upload.staged.job.location)
        send = getattr(blobs, "send_file", None)
        if send is not None:
            send(path, source, lambda more: self._note(upload, more), self._again)
            return
        failures = 0
        while True:
            try:
                blobs.put_file(path, source)
                break
            except Exception:  # of a plug-in, which has errors of its own
                failures += 1
                if failures > MLFLOW_HTTP_REQUEST_MAX_RETRIES.get():
                    raise
                self._pause(failures)
        self._note(upload, size)

    def _note(self, upload: _Upload, more: int) -> None:
        with self._moved:
            upload.sent += more
            if upload.sent > upload.most:
                upload.most = upload.sent
                self._steps += 1
                self._has_failed = False

    def _again(self, failures: int, error: MlflowException) -> bool:
        if failures == 1:
            _log.info("An upload is interrupted, and goes on when it can: %s", error)
        self._pause(failures)
        return True

    def _pause(self, failures: int) -> None:
        wait_s = min(_FIRST_WAIT_S * 2 ** min(failures - 1, 10), _LONGEST_WAIT_S)
        until = time.monotonic() + wait_s * random.uniform(0.5, 1)
        with self._moved:
            self._has_failed = True
            while not self._is_closing:
                if self._waiting:
                    until = min(until, time.monotonic() + _HURRIED_WAIT_S)
                left = until - time.monotonic()
                if left <= 0:
                    return
                self._moved.wait(left)
        raise _Left

    def _end(self, upload: _Upload) -> None:
        """Tell the store how it went, and forget it."""
        try:
            self._conclude(upload)
        except _Left:
            raise
        except Exception as error:  # whoever waits would wait for ever
            _log.warning("The upload of %s ended: %s", upload.staged.job.model_id, error)
            upload.staged.release()
        with self._moved:
            if upload in self._uploads:
                self._uploads.remove(upload)
            self._steps += 1
            self._has_failed = False
            self._moved.notify_all()

    def _conclude(self, upload: _Upload) -> None:
        job = upload.staged.job
        if upload.error is not None:
            self._give_up(upload.staged, str(upload.error))
            return
        try:
            self._tell(job.model_id, LoggedModelStatus.READY)
        except _Left:
            raise
        except Exception as error:
            self._give_up(upload.staged, str(error))
            return
        upload.staged.remove()
        size, seconds = size_text(upload.total), time.monotonic() - upload.began
        _log.info("Stored the model %s: %s in %.1f s.", job.model_id, size, seconds)

    def _tell(self, model_id: str, status: LoggedModelStatus) -> None:
        failures = 0
        while True:
            try:
                self._place.store.finalize_logged_model(model_id, status)
                return
            except MlflowException as error:
                if not may_pass(error):
                    raise
                failures += 1
                self._pause(failures)

    def _give_up(self, staged: Staged, reason: str) -> None:
        """Mark a model FAILED, warn once, and keep the files that were complete."""
        model_id = staged.job.model_id
        # Before the files go: a process that ends while the store is away leaves this to the next.
        try:
            self._tell(model_id, LoggedModelStatus.FAILED)
            tag = LoggedModelTag(STATUS_TAG, reason[:1000])
            self._place.store.set_logged_model_tags(model_id, [tag])
        except _Left:
            raise
        except ResourceNotFound:
            reason = "It was deleted meanwhile."
        except Exception as error:
            reason += f" (And it could not be marked FAILED: {error})"
        kept = ""
        if staged.job.is_complete:
            kept = _kept(staged)
        else:
            staged.remove()
        _log.warning("The files of the model %s were not stored: %s%s", model_id, reason, kept)


def _kept(staged: Staged) -> str:
    try:
        return f" Its files are kept in {staged.set_aside()}."
    except OSError as error:
        staged.release()
        return f" Its files could not be kept: {error}"
