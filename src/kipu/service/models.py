"""The rules of logged models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kipu.entities import (
    LoggedModel,
    LoggedModelParameter,
    LoggedModelStatus,
    LoggedModelTag,
    PagedList,
)
from kipu.exceptions import InvalidParameter
from kipu.service.limits import (
    MAX_MODEL_LABEL_KEY_LENGTH,
    MAX_MODEL_NAME_LENGTH,
    SEARCH_MODELS_MAX_RESULTS_DEFAULT,
)
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
            InvalidParameter: The name is empty, too long, or has a character that no model's name
                may have, or a param comes twice.
        """
        check_experiment_id(experiment_id)
        if name is None:
            name = random_name()
        _check_name(name)
        _check_keys("tag", tags)
        _check_params(params)
        return self._store.create_logged_model(
            experiment_id, name, source_run_id, tags, params, model_type
        )

    def get_logged_model(self, model_id: str, allow_deleted: bool = False) -> LoggedModel:
        """See ``LoggedModelStore``."""
        _check_id(model_id)
        return self._store.get_logged_model(model_id, allow_deleted)

    def finalize_logged_model(self, model_id: str, status: LoggedModelStatus) -> LoggedModel:
        """See ``LoggedModelStore``."""
        _check_id(model_id)
        return self._store.finalize_logged_model(model_id, status)

    def delete_logged_model(self, model_id: str) -> None:
        """See ``LoggedModelStore``."""
        _check_id(model_id)
        self._store.delete_logged_model(model_id)

    def log_logged_model_params(
        self, model_id: str, params: Sequence[LoggedModelParameter]
    ) -> None:
        """See ``LoggedModelStore``.

        Raises:
            InvalidParameter: A param comes twice, or has an impossible key.
        """
        _check_id(model_id)
        _check_params(params)
        self._store.log_logged_model_params(model_id, params)

    def set_logged_model_tags(self, model_id: str, tags: Sequence[LoggedModelTag]) -> None:
        """See ``LoggedModelStore``.

        Raises:
            InvalidParameter: A tag has an impossible key.
        """
        _check_id(model_id)
        _check_keys("tag", tags)
        self._store.set_logged_model_tags(model_id, tags)

    def delete_logged_model_tag(self, model_id: str, key: str) -> None:
        """See ``LoggedModelStore``."""
        _check_id(model_id)
        self._store.delete_logged_model_tag(model_id, key)

    def search_logged_models(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None,
        datasets: Sequence[Mapping[str, Any]] | None,
        max_results: int,
        order_by: Sequence[Mapping[str, Any]] | None,
        page_token: str | None,
    ) -> PagedList[LoggedModel]:
        """See ``LoggedModelStore``; 0 results asked for means 100, as in MLflow.

        Raises:
            InvalidParameter: A negative number is asked for.
        """
        for experiment_id in experiment_ids:
            check_experiment_id(experiment_id)
        if max_results < 0:
            raise InvalidParameter(f"max_results must not be negative; it is {max_results}.")
        size = max_results or SEARCH_MODELS_MAX_RESULTS_DEFAULT
        return self._store.search_logged_models(
            experiment_ids, filter_string, datasets, size, order_by, page_token
        )


def _check_id(model_id: object) -> None:
    if not isinstance(model_id, str) or not model_id:
        raise InvalidParameter(f"model_id must be a text that is not empty; it is {model_id!r}.")


def _check_name(name: object) -> None:
    if not isinstance(name, str):
        raise InvalidParameter(f"A model's name is text; {name!r} is {type(name).__name__}.")
    if not name or any(char in name for char in _REFUSED):
        raise InvalidParameter(
            f"Invalid model name {name!r}: a name has at least one character and none of "
            f"{' '.join(_REFUSED)}"
        )
    if len(name) > MAX_MODEL_NAME_LENGTH:
        raise InvalidParameter(
            f"The model name {name[:60]!r}... has {len(name)} characters; at most "
            f"{MAX_MODEL_NAME_LENGTH} are allowed."
        )


def _check_params(params: Sequence[LoggedModelParameter]) -> None:
    _check_keys("param", params)
    keys = [param.key for param in params]
    repeated = sorted({key for key in keys if keys.count(key) > 1})
    if repeated:
        raise InvalidParameter(
            f"Each param of a model is given once; {', '.join(map(repr, repeated))} comes twice."
        )


def _check_keys(kind: str, labels: Sequence[LoggedModelTag | LoggedModelParameter]) -> None:
    for label in labels:
        if not label.key or len(label.key) > MAX_MODEL_LABEL_KEY_LENGTH:
            raise InvalidParameter(
                f"The key of a model's {kind} has 1 to {MAX_MODEL_LABEL_KEY_LENGTH} characters; "
                f"{label.key[:60]!r} has {len(label.key)}."
            )
