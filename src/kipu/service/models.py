"""The rules of logged models."""

from __future__ import annotations

from collections.abc import Sequence

from kipu.entities import LoggedModel, LoggedModelParameter, LoggedModelTag
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
