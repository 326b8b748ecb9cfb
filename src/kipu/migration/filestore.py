"""A folder in MLflow's own file layout, copied into a store."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from kipu.entities import Experiment, LifecycleStage
from kipu.exceptions import (
    InvalidParameter,
    InvalidState,
    MlflowException,
    ResourceExists,
    Unavailable,
)
from kipu.migration.file_metrics import PointName, point_name
from kipu.migration.file_models import read_logged_model, read_registered_model
from kipu.migration.file_runs import FileRun, read_run
from kipu.migration.files import META, Damaged, Meta, Report, folders, labels
from kipu.service.names import check_experiment_name
from kipu.store.adoption import AdoptionStore, Held
from kipu.store.open import DATABASE

TRASH = ".trash"
REGISTRY = "models"
_NO_RUNS = ("datasets", "models", "tags", "traces")
_NO_EXPERIMENTS = (TRASH, REGISTRY)
_ABSOLUTE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|[/\\]")

T = TypeVar("T")


class Copied(NamedTuple):
    """What came of an experiment, or (without an id) of the model registry.

    ``present`` counts what the store had already.
    """

    name: str
    id: str | None
    runs: int
    models: int
    present: int


class FileStore:
    """A file store of MLflow's; it is only read.

    Args:
        folder: Its ``mlruns``, or the folder in which that lies.
        report: Is told of each file or folder that cannot be copied, and why.

    Raises:
        InvalidParameter: There is no file store.
    """

    def __init__(self, folder: Path, report: Report) -> None:
        folder = folder.absolute()
        inner = folder / "mlruns"
        self.root = inner if _is_store(inner) and not _is_store(folder) else folder
        self._report = report
        if (self.root / DATABASE).exists():
            raise InvalidParameter(f"{self.root} is a store of Kipu's already.")
        if not _is_store(self.root):
            raise InvalidParameter(
                f"{folder} holds no experiments in MLflow's file layout: folders named after their "
                f"ids, each with a {META}."
            )

    def copy(self, store: AdoptionStore) -> Iterator[Copied]:
        """Copy all of it, and tell of each experiment once it is done.

        Each run, model and experiment comes with all that it has, or not at all; what is there
        already is passed over, so that a broken copy can be completed.

        Raises:
            InvalidState: The store holds something else; nothing was written.
        """
        held = store.held()
        self._check_others(held)
        seen: set[str] = set()
        for folder in _experiments(self.root):
            if folder.name in seen:
                self._report(folder, "An experiment that is not deleted has this id, too.")
                continue
            seen.add(folder.name)
            copied = self._taken(folder, partial(self._experiment, store, folder, held.runs))
            if copied is not None:
                yield copied
        if (self.root / REGISTRY).is_dir():
            yield self._registry(store)

    def _check_others(self, held: Held) -> None:
        mine = _experiments(self.root)
        runs = (run.name for folder in mine for run in _runs(folder)) if held.runs else ()
        for kind, others in (
            ("experiment", held.experiments - {folder.name for folder in mine} - {"0"}),
            ("run", held.runs.difference(runs)),
        ):
            if others:
                raise InvalidState(
                    f"The target holds the {kind} {min(others)}, which {self.root} does not; name "
                    "a target that is new or empty."
                )

    def _taken(self, folder: Path, work: Callable[[], T]) -> T | None:
        """What ``work`` gives, or None where it found damage, which is reported."""
        try:
            return work()
        except Damaged as damage:
            self._report(damage.path, damage.reason)
        except Unavailable:
            raise
        except MlflowException as error:
            self._report(folder, error.message)
        except OSError as error:
            self._report(Path(error.filename or folder), f"{error.strerror or error}.")
        return None

    def _experiment(self, store: AdoptionStore, folder: Path, known: set[str]) -> Copied:
        experiment = self._read_experiment(folder)
        store.adopt_experiment(experiment)
        present = 0
        models: dict[str, dict[PointName, str]] = {}
        found = [self._model(store, one, experiment, models) for one in folders(folder / "models")]
        present += found.count(False)
        runs = 0
        for one in _runs(folder):
            if one.name in known:
                present += 1
                continue
            read = partial(
                read_run, one, experiment.experiment_id, self._absolute, models.get(one.name, {}),
                self._report,
            )  # fmt: skip
            runs += bool(self._taken(one, partial(self._adopt_run, store, experiment, read)))
        return Copied(experiment.name, experiment.experiment_id, runs, found.count(True), present)

    def _read_experiment(self, folder: Path) -> Experiment:
        if not (folder.name.isascii() and folder.name.isdigit() and int(folder.name) < 1 << 63):
            raise Damaged(folder, "It has no number for a name, which experiments need.")
        meta = Meta(folder)
        name = meta.text("name")
        if meta.text("experiment_id") != folder.name:
            raise Damaged(
                meta.path, f"It describes another experiment, {meta.get('experiment_id')}."
            )
        try:
            check_experiment_name(name)
        except MlflowException as error:
            raise Damaged(meta.path, error.message) from None
        gone = folder.parent.name == TRASH
        created = meta.number("creation_time", 0)
        return Experiment(
            folder.name,
            name,
            self._absolute(meta.optional_text("artifact_location") or str(self.root / folder.name)),
            LifecycleStage.DELETED if gone else LifecycleStage.ACTIVE,
            labels(folder / "tags", "experiment tag", self._report),
            created,
            meta.number("last_update_time", created),
        )

    def _adopt_run(
        self, store: AdoptionStore, experiment: Experiment, read: Callable[[], FileRun]
    ) -> bool:
        run, points, deleted = read()
        if run.info.lifecycle_stage == LifecycleStage.DELETED and deleted is None:
            gone = experiment.lifecycle_stage == LifecycleStage.DELETED
            # As if it went with its experiment; else from now on, so that it is spared longest.
            deleted = experiment.last_update_time if gone else time.time_ns() // 1_000_000
        if not store.adopt_run(run, points, deleted):
            raise ResourceExists("A run of another experiment has this id, too.")
        return True

    def _model(
        self,
        store: AdoptionStore,
        folder: Path,
        experiment: Experiment,
        models: dict[str, dict[PointName, str]],
    ) -> bool | None:
        """Copy a logged model, and note under its runs which points are its."""

        def copy() -> bool:
            model, is_deleted = read_logged_model(
                folder, experiment.experiment_id, self._absolute, self._report
            )
            new = store.adopt_logged_model(model, is_deleted)
            for point in model.metrics or ():
                models.setdefault(point.run_id or "", {})[point_name(point)] = model.model_id
            return new

        return self._taken(folder, copy)

    def _registry(self, store: AdoptionStore) -> Copied:
        found = []
        for folder in folders(self.root / REGISTRY):

            def copy(folder: Path = folder) -> bool:
                return store.adopt_registered_model(
                    *read_registered_model(folder, self._absolute, self._report)
                )

            found.append(self._taken(folder, copy))
        return Copied("registered models", None, 0, found.count(True), found.count(False))

    def _absolute(self, location: str) -> str:
        """A location; one that is relative begins where ``mlruns`` lies. Empty stays empty."""
        if not location or _ABSOLUTE.match(location):
            return location
        return os.path.normpath(self.root.parent / location)


def _is_store(root: Path) -> bool:
    """Whether there is anything in MLflow's layout, be it a registry alone."""
    places = (root, root / TRASH, root / REGISTRY)
    return any(next(place.glob(f"*/{META}"), None) for place in places)


def _experiments(root: Path) -> list[Path]:
    """The folders of experiments, deleted ones last."""
    active = [one for one in folders(root) if one.name not in _NO_EXPERIMENTS]
    return [one for one in (*active, *folders(root / TRASH)) if not one.name.startswith(".")]


def _runs(experiment: Path) -> list[Path]:
    return [
        one
        for one in folders(experiment)
        if one.name not in _NO_RUNS and not one.name.startswith(".")
    ]
