"""The rules of experiments."""

from __future__ import annotations

from collections.abc import Sequence

from kipu.entities import Experiment, ExperimentTag, PagedList
from kipu.service.locations import check_artifact_location
from kipu.service.names import check_experiment_id, check_experiment_name, check_experiment_tag_key
from kipu.service.pages import check_page_size
from kipu.service.values import check_experiment_tag
from kipu.store.interface import ServedStore


class ExperimentRules:
    """``ExperimentStore``, with everything checked before the store sees it."""

    _store: ServedStore

    def create_experiment(
        self, name: str, artifact_location: str | None, tags: Sequence[ExperimentTag]
    ) -> str:
        """See ``ExperimentStore``.

        Raises:
            InvalidParameter: The name, the location or a tag cannot be stored.
        """
        check_experiment_name(name)
        location = check_artifact_location(artifact_location) if artifact_location else None
        for tag in tags:
            check_experiment_tag(tag)
        return self._store.create_experiment(name, location, tags)

    def get_experiment(self, experiment_id: str) -> Experiment:
        """See ``ExperimentStore``."""
        check_experiment_id(experiment_id)
        return self._store.get_experiment(experiment_id)

    def get_experiment_by_name(self, experiment_name: str) -> Experiment | None:
        """See ``ExperimentStore``."""
        return self._store.get_experiment_by_name(experiment_name)

    def search_experiments(
        self,
        view_type: int,
        max_results: int,
        filter_string: str | None,
        order_by: Sequence[str] | None,
        page_token: str | None,
    ) -> PagedList[Experiment]:
        """See ``ExperimentStore``."""
        check_page_size(max_results)
        return self._store.search_experiments(
            view_type, max_results, filter_string, order_by, page_token
        )

    def delete_experiment(self, experiment_id: str) -> None:
        """See ``ExperimentStore``."""
        check_experiment_id(experiment_id)
        self._store.delete_experiment(experiment_id)

    def restore_experiment(self, experiment_id: str) -> None:
        """See ``ExperimentStore``."""
        check_experiment_id(experiment_id)
        self._store.restore_experiment(experiment_id)

    def rename_experiment(self, experiment_id: str, new_name: str) -> None:
        """See ``ExperimentStore``."""
        check_experiment_id(experiment_id)
        check_experiment_name(new_name)
        self._store.rename_experiment(experiment_id, new_name)

    def set_experiment_tag(self, experiment_id: str, tag: ExperimentTag) -> None:
        """See ``ExperimentStore``."""
        check_experiment_id(experiment_id)
        check_experiment_tag(tag)
        self._store.set_experiment_tag(experiment_id, tag)

    def delete_experiment_tag(self, experiment_id: str, key: str) -> None:
        """See ``ExperimentStore``."""
        check_experiment_id(experiment_id)
        check_experiment_tag_key(key)
        self._store.delete_experiment_tag(experiment_id, key)
