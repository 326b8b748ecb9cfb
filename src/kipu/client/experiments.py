"""Experiments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kipu.client.tracking import Tracking
from kipu.entities import Experiment, ExperimentTag, PagedList, ViewType
from kipu.service.limits import SEARCH_MAX_RESULTS_DEFAULT


class ExperimentsClient:
    """What can be done with experiments."""

    _tracking: Tracking

    def create_experiment(
        self,
        name: str,
        artifact_location: str | Path | None = None,
        tags: Mapping[str, Any] | None = None,
    ) -> str:
        """Make an experiment.

        Args:
            name: 1 to 500 characters; unique among active and deleted experiments.
            artifact_location: Folder or URI for the files of its runs; left out, the store's own.
            tags: Labels; values are made text.

        Returns:
            The experiment's id.

        Raises:
            ResourceExists: The name is taken.
            InvalidParameter: Name, location or tags cannot be stored.
        """
        if isinstance(artifact_location, Path):
            artifact_location = artifact_location.absolute().as_uri()
        labels = [ExperimentTag(key, str(value)) for key, value in (tags or {}).items()]
        return self._tracking.store.create_experiment(name, artifact_location, labels)

    def get_experiment(self, experiment_id: str) -> Experiment:
        """Read an experiment, active or deleted.

        Raises:
            ResourceNotFound: No experiment has this id.
        """
        return self._tracking.store.get_experiment(str(experiment_id))

    def get_experiment_by_name(self, name: str) -> Experiment | None:
        """Read an experiment, active or deleted; None if there is none of this name."""
        return self._tracking.store.get_experiment_by_name(name)

    def search_experiments(
        self,
        view_type: int = ViewType.ACTIVE_ONLY,
        max_results: int | None = SEARCH_MAX_RESULTS_DEFAULT,
        filter_string: str | None = None,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[Experiment]:
        """One page of the experiments that match.

        Args:
            view_type: Active ones, deleted ones, or all.
            max_results: At most so many, 1 to 50,000.
            filter_string: Such as ``name LIKE 'vision%' AND tags.team = 'a'``.
            order_by: Such as ``["last_update_time DESC"]``; left out, newest first.
            page_token: The ``token`` of the page before.

        Raises:
            InvalidParameter: Filter, order or token cannot be read.
        """
        if max_results is None:
            max_results = SEARCH_MAX_RESULTS_DEFAULT
        return self._tracking.store.search_experiments(
            view_type, max_results, filter_string, order_by, page_token
        )

    def delete_experiment(self, experiment_id: str) -> None:
        """Mark an experiment and its runs deleted; ``restore_experiment`` undoes it.

        Raises:
            ResourceNotFound: No active experiment has this id.
        """
        self._tracking.forget_runs()
        self._tracking.settled().delete_experiment(str(experiment_id))

    def restore_experiment(self, experiment_id: str) -> None:
        """Undo ``delete_experiment``.

        Raises:
            ResourceNotFound: No deleted experiment has this id.
        """
        self._tracking.store.restore_experiment(str(experiment_id))

    def rename_experiment(self, experiment_id: str, new_name: str) -> None:
        """Give an active experiment another name.

        Raises:
            ResourceNotFound: No experiment has this id.
            ResourceExists: The name is taken.
        """
        self._tracking.store.rename_experiment(str(experiment_id), new_name)

    def set_experiment_tag(self, experiment_id: str, key: str, value: Any) -> None:
        """Label an experiment; the value is made text, at most 20,000 characters."""
        tag = ExperimentTag(key, str(value))
        self._tracking.store.set_experiment_tag(str(experiment_id), tag)

    def delete_experiment_tag(self, experiment_id: str, key: str) -> None:
        """Remove a label.

        Raises:
            ResourceNotFound: The experiment has no such tag.
        """
        self._tracking.store.delete_experiment_tag(str(experiment_id), key)
