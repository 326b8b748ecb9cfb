"""Removing for good what was deleted: artifacts, then rows, then the space that is free."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from kipu import journal
from kipu.blobs.content import ContentIndex
from kipu.blobs.interface import BlobStore
from kipu.blobs.local import LocalBlobs
from kipu.blobs.open import file_path, open_blobs
from kipu.exceptions import InvalidParameter, MlflowException, ResourceNotFound
from kipu.service.purge import PurgePlan
from kipu.service.tracking import TrackingService
from kipu.store.open import locate, open_store
from kipu.store.purge import Purgeable

_AT_ONCE = 100
"""Runs whose rows go in one transaction."""


class Removed(NamedTuple):
    """Something that is gone, by its kind: run, logged model or experiment."""

    kind: str
    id: str


class Kept(NamedTuple):
    """Something that had to stay, and why."""

    sentence: str


class Purge:
    """A store on this machine, from which deleted things are removed.

    The artifacts of a thing go before its rows, so that whatever breaks in between leaves a deleted
    thing behind, which the next purge removes. A server may run on the store meanwhile.

    Args:
        uri: The store: a folder or ``sqlite:///file.db``.
        artifacts_destination: Where a server keeps the artifacts that it hands out as
            ``mlflow-artifacts:/...``.
        server: The address of that server, to remove them through it instead.

    Raises:
        InvalidParameter: ``uri`` is a server.
    """

    def __init__(
        self, uri: str, artifacts_destination: str | None = None, server: str | None = None
    ) -> None:
        place = locate(uri)
        if place.kind == "http":
            raise InvalidParameter(
                f"{uri} is a server, which removes nothing for good. Run this on its machine and "
                "name its store with --backend-store-uri."
            )
        self._destination, self._server = artifacts_destination, server
        self._journals, self._artifact_root = place.journal, place.artifact_root
        self.store = TrackingService(open_store(uri))
        self.artifact_bytes = 0
        self.database_bytes = 0

    def run(self, plan: PurgePlan) -> Iterator[Removed | Kept]:
        """Remove what is planned, and tell of each thing when it is gone."""
        # Else the points that ended processes left for these runs would wait for ever.
        if self._journals.is_dir():
            journal.recover(self._journals, self.store)
        for at in range(0, len(plan.runs), _AT_ONCE):
            yield from self._remove("run", plan.runs[at : at + _AT_ONCE], self._purge_runs)
        for at in range(0, len(plan.models), _AT_ONCE):
            some = plan.models[at : at + _AT_ONCE]
            yield from self._remove("logged model", some, self.store.purge_models)
        for experiment in plan.experiments:
            yield self._remove_experiment(experiment)
        self.database_bytes += self.store.reclaim()
        for root in (self._artifact_root, self._destination):
            if root and urlsplit(root).scheme in ("", "file"):
                ContentIndex(file_path(root)).sweep()

    def _purge_runs(self, run_ids: Sequence[str]) -> None:
        self.store.purge_runs(run_ids)
        for run_id in run_ids:
            journal.discard(self._journals, run_id)

    def _remove(
        self, kind: str, some: Sequence[Purgeable], purge: Callable[[Sequence[str]], None]
    ) -> Iterator[Removed | Kept]:
        gone = []
        for one in some:
            try:
                # Somebody may have restored it since it was planned, which may be hours ago.
                if not self._is_deleted(kind, one):
                    yield Kept(f"The {kind} {one.id} stays: it was restored.")
                    continue
                self._remove_artifacts(one)
            except (MlflowException, OSError) as error:
                yield Kept(f"The {kind} {one.id} stays: its artifacts cannot be removed: {error}")
            else:
                gone.append(one.id)
        purge(gone)
        yield from (Removed(kind, id_) for id_ in gone)

    def _is_deleted(self, kind: str, one: Purgeable) -> bool:
        try:
            if kind == "run":
                return self.store.get_run(one.id).info.lifecycle_stage == "deleted"
            self.store.get_logged_model(one.id)
        except ResourceNotFound:
            return True  # as deleted models are, and what another gc removed meanwhile
        return self.store.get_experiment(one.experiment_id).lifecycle_stage == "deleted"

    def _remove_experiment(self, experiment: Purgeable) -> Removed | Kept:
        try:
            self.store.purge_experiment(experiment.id)
        except MlflowException as error:
            return Kept(error.message)
        root, _, name = experiment.artifact_uri.rpartition("/")
        if name == experiment.id:  # a place of its own, not one that somebody chose
            with suppress(MlflowException):
                blobs = self._open(root)
                if isinstance(blobs, LocalBlobs):
                    blobs.remove_if_empty(f"{name}/models")
                    blobs.remove_if_empty(name)
        return Removed("experiment", experiment.id)

    def _remove_artifacts(self, one: Purgeable) -> None:
        location = one.artifact_uri.removesuffix(f"/{one.id}/artifacts")
        blobs = self._open(location)
        if location == one.artifact_uri:
            size = _size(blobs, "")
            blobs.delete("")
        elif isinstance(blobs, LocalBlobs):
            # The folder named after the id goes, too, unless it holds more: the files of MLflow
            # from which a run was copied are not Kipu's.
            size = _size(blobs, f"{one.id}/artifacts")
            blobs.delete(f"{one.id}/artifacts")
            blobs.remove_if_empty(one.id)
        else:
            size = _size(blobs, one.id)
            blobs.delete(one.id)
        self.artifact_bytes += size

    def _open(self, uri: str) -> BlobStore:
        parts = urlsplit(uri)
        if parts.scheme != "mlflow-artifacts" or parts.netloc:
            return open_blobs(uri, self._server)
        if self._destination:
            below = unquote(parts.path).strip("/")
            return open_blobs(f"{self._destination.rstrip('/')}/{below}")
        if self._server:
            return open_blobs(uri, self._server)
        raise InvalidParameter(
            f"{uri} lies behind a server. Name the place where it keeps its artifacts with "
            "--artifacts-destination, or the server with --tracking-uri."
        )


def _size(blobs: BlobStore, path: str) -> int:
    """Bytes of all files below a path that nothing else holds."""
    if isinstance(blobs, LocalBlobs):
        return blobs.own_bytes(path)
    return sum(
        _size(blobs, file.path) if file.is_dir else file.file_size or 0 for file in blobs.list(path)
    )
