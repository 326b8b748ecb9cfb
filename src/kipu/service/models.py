"""The rules of logged models."""

from __future__ import annotations

from collections.abc import Sequence

from kipu.entities import LoggedModel, LoggedModelParameter, LoggedModelTag, PagedList
from kipu.exceptions import InvalidParameter
from kipu.service.names import check_experiment_id
from kipu.service.run_names import random_name
from kipu.store.interface import ServedStore

_REFUSED = "/:.%\"'"


class LoggedModelRules:
    """``LoggedModelStore``, with everything checked and completed before the store sees it."""

    _store: ServedStore

    def create_logged_model(
        self,
        experiment_id: str,
        name: str | None,
        source_run_id: str | None,
        tags: Sequence[LoggedModelTag],
        params: Sequence[LoggedModelParameter],
        model_type: str | None,
    ) -> LoggedModel:
        """See ``LoggedModelStore``; a model without a name gets a random one.

        Raises:
            InvalidParameter: The name is empty or has a character that no model's name may have.
        """
        check_experiment_id(experiment_id)
        if name is None:
            name = random_name()
        if not name or any(char in name for char in _REFUSED):
            raise InvalidParameter(
                f"Invalid model name {name!r}: a name has at least one character and none of "
                f"{' '.join(_REFUSED)}"
            )
        return self._store.create_logged_model(
            experiment_id, name, source_run_id, tags, params, model_type
        )

    def get_logged_model(self, model_id: str) -> LoggedModel:
        """See ``LoggedModelStore``."""
        return self._store.get_logged_model(model_id)

    def search_logged_models(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None,
        max_results: int,
        page_token: str | None,
    ) -> PagedList[LoggedModel]:
        """See ``LoggedModelStore``; 0 results asked for means 100, as in MLflow.

        Raises:
            InvalidParameter: No experiment is named, or a negative number is asked for.
        """
        if not experiment_ids:
            raise InvalidParameter("Name the experiments to search: experiment_ids is empty.")
        if max_results < 0:
            raise InvalidParameter(f"max_results must not be negative; it is {max_results}.")
        return self._store.search_logged_models(
            experiment_ids, filter_string, max_results or 100, page_token
        )
