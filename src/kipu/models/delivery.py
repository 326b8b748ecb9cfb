"""From the folder that a flavor saved to the files of a logged model: moved, sent, or on the way.

``docs/design/weights.md`` tells which of these, and why.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from kipu.blobs.local import LocalBlobs
from kipu.blobs.transfer import upload_folder
from kipu.client.staging import Job, Staged
from kipu.client.tracking import Tracking
from kipu.entities import LoggedModel
from kipu.environment_variables import (
    KIPU_BACKGROUND_UPLOAD_BYTES,
    KIPU_BACKGROUND_UPLOAD_LIMIT_BYTES,
)


class Delivery(NamedTuple):
    """Where to save a model, and what brings it to its place.

    Attributes:
        folder: Not there yet.
        deliver: Answers False where the files are sent while the caller goes on.
    """

    folder: Path
    deliver: Callable[[], bool]


@contextmanager
def delivery(
    tracking: Tracking, logged: LoggedModel, run_id: str | None, may_wait: bool
) -> Iterator[Delivery]:
    """A place for a model's folder; what was not delivered when the block ends is removed.

    Args:
        tracking: The store.
        logged: The model.
        run_id: The run that makes it.
        may_wait: Whether the files may be stored later.
    """
    blobs = tracking.blobs(logged.artifact_location)
    if isinstance(blobs, LocalBlobs):
        with _beside(blobs) as found:
            yield found
        return
    staged = _staged(tracking, logged, run_id) if may_wait else None
    if staged is not None:
        with _on_the_way(tracking, staged) as found:
            yield found
        return
    with tempfile.TemporaryDirectory(prefix="kipu-") as parent:
        folder = Path(parent, "model")

        def send() -> bool:
            upload_folder(blobs, folder)
            return True

        yield Delivery(folder, send)


@contextmanager
def _beside(blobs: LocalBlobs) -> Iterator[Delivery]:
    """On this disk: below the artifacts, so that the files need only be renamed."""
    try:
        with blobs.staging() as parent:
            folder = parent / "model"

            def move() -> bool:
                blobs.move_folder(folder)
                return True

            yield Delivery(folder, move)
    finally:
        blobs.remove_if_empty("")


@contextmanager
def _on_the_way(tracking: Tracking, staged: Staged) -> Iterator[Delivery]:
    """Beside the journal, from where a large model is sent while training goes on."""
    is_handed_over = False

    def send() -> bool:
        nonlocal is_handed_over
        size = sum(size for _, _, size in staged.files())
        room = KIPU_BACKGROUND_UPLOAD_LIMIT_BYTES.get() - tracking.uploads.waiting_bytes
        if size < KIPU_BACKGROUND_UPLOAD_BYTES.get() or size > room:
            upload_folder(tracking.blobs(staged.job.location), staged.folder)
            return True
        staged.complete()
        is_handed_over = True
        tracking.uploads.send(staged)
        return False

    try:
        yield Delivery(staged.folder, send)
    finally:
        if not is_handed_over:
            staged.remove()


def _staged(tracking: Tracking, logged: LoggedModel, run_id: str | None) -> Staged | None:
    if KIPU_BACKGROUND_UPLOAD_BYTES.get() < 0:
        return None
    target = tracking.server or tracking.uri
    job = Job(logged.model_id, logged.artifact_location, target, run_id)
    try:
        return Staged.create(tracking.uploads.folder, job)
    except (OSError, ImportError):
        return None  # no room, no rights or no locks there: then the model is sent at once
