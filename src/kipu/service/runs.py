"""The rules of runs, their params and tags."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from kipu.entities import (
    DatasetInput,
    LoggedModelInput,
    LoggedModelOutput,
    Metric,
    PagedList,
    Param,
    Run,
    RunInfo,
    RunStatus,
    RunTag,
)
from kipu.exceptions import InvalidParameter
from kipu.service.inputs import check_inputs
from kipu.service.names import check_experiment_id, check_key, check_run_id
from kipu.service.pages import check_page_size
from kipu.service.run_names import random_name
from kipu.service.values import check_batch, check_metrics, storable_param, storable_tag
from kipu.store.interface import RunPage, ServedStore

RUN_NAME_TAG = "mlflow.runName"
LOGGED_MODELS_TAG = "mlflow.log-model.history"


class RunRules:
    """``RunStore``, with everything checked and completed before the store sees it."""

    _store: ServedStore

    def create_run(
        self,
        experiment_id: str,
        user_id: str | None,
        start_time: int,
        tags: Sequence[RunTag],
        run_name: str | None,
    ) -> Run:
        """See ``RunStore``; a run without a name, and without the tag, gets a random one.

        Raises:
            InvalidParameter: A tag cannot be stored, or name and tag ``mlflow.runName`` differ.
        """
        check_experiment_id(experiment_id)
        stored = [storable_tag(tag) for tag in tags]
        tagged = next((tag.value for tag in reversed(stored) if tag.key == RUN_NAME_TAG), None)
        if run_name and tagged and run_name != tagged:
            raise InvalidParameter(
                f"The run's name {run_name!r} and its tag {RUN_NAME_TAG} {tagged!r} differ; give "
                "one of them, or the same in both."
            )
        name = storable_tag(RunTag(RUN_NAME_TAG, run_name or tagged or random_name())).value
        others = [tag for tag in stored if tag.key != RUN_NAME_TAG]
        return self._store.create_run(experiment_id, user_id, start_time or 0, others, name)

    def get_run(self, run_id: str) -> Run:
        """See ``RunStore``."""
        check_run_id(run_id)
        return self._store.get_run(run_id)

    def get_run_document(self, run_id: str) -> bytes:
        """See ``RunStore``."""
        check_run_id(run_id)
        return self._store.get_run_document(run_id)

    def update_run_info(
        self, run_id: str, status: str | None, end_time: int | None, run_name: str | None
    ) -> RunInfo:
        """See ``RunStore``; an empty name leaves the name."""
        check_run_id(run_id)
        if status is not None:
            RunStatus.from_string(status)
        name = storable_tag(RunTag(RUN_NAME_TAG, run_name)).value if run_name else None
        return self._store.update_run_info(run_id, status, end_time, name)

    def delete_run(self, run_id: str) -> None:
        """See ``RunStore``."""
        check_run_id(run_id)
        self._store.delete_run(run_id)

    def restore_run(self, run_id: str) -> None:
        """See ``RunStore``."""
        check_run_id(run_id)
        self._store.restore_run(run_id)

    def search_runs(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None,
        run_view_type: int,
        max_results: int,
        order_by: Sequence[str] | None,
        page_token: str | None,
    ) -> PagedList[Run]:
        """See ``RunStore``."""
        _check_search(experiment_ids, max_results)
        return self._store.search_runs(
            experiment_ids, filter_string, run_view_type, max_results, order_by, page_token
        )

    def search_run_documents(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None,
        run_view_type: int,
        max_results: int,
        order_by: Sequence[str] | None,
        page_token: str | None,
    ) -> RunPage:
        """See ``RunStore``."""
        _check_search(experiment_ids, max_results)
        return self._store.search_run_documents(
            experiment_ids, filter_string, run_view_type, max_results, order_by, page_token
        )

    def log_param(self, run_id: str, param: Param) -> None:
        """Write one param; raises like ``log_batch``."""
        self.log_batch(run_id, (), (param,), ())

    def log_metric(self, run_id: str, metric: Metric) -> None:
        """Write one point; raises like ``log_batch``."""
        self.log_batch(run_id, (metric,), (), ())

    def set_tag(self, run_id: str, tag: RunTag) -> None:
        """See ``RunStore``; a value that is too long is cut."""
        check_run_id(run_id)
        self._store.set_tag(run_id, storable_tag(tag))

    def delete_tag(self, run_id: str, key: str) -> None:
        """See ``RunStore``."""
        check_run_id(run_id)
        check_key(key, "tag")
        self._store.delete_tag(run_id, key)

    def log_batch(
        self,
        run_id: str,
        metrics: Sequence[Metric],
        params: Sequence[Param],
        tags: Sequence[RunTag],
    ) -> None:
        """See ``RunStore``.

        Raises:
            InvalidParameter: The batch is too large, names a param twice, or holds what cannot be
                stored.
        """
        check_run_id(run_id)
        check_batch(metrics, params, tags)
        check_metrics(metrics)
        self._store.log_batch(
            run_id,
            metrics,
            [storable_param(param) for param in params],
            [storable_tag(tag) for tag in tags],
        )

    def log_inputs(
        self,
        run_id: str,
        datasets: Sequence[DatasetInput],
        models: Sequence[LoggedModelInput],
    ) -> None:
        """See ``RunStore``."""
        check_run_id(run_id)
        check_inputs(datasets)
        self._store.log_inputs(run_id, datasets, models)

    def log_outputs(self, run_id: str, models: Sequence[LoggedModelOutput]) -> None:
        """See ``RunStore``."""
        check_run_id(run_id)
        if not models:
            raise InvalidParameter("A run's outputs need at least one model.")
        self._store.log_outputs(run_id, models)

    def record_logged_model(self, run_id: str, model_json: str) -> None:
        """Append a model's description to the run's tag ``mlflow.log-model.history``.

        Raises:
            InvalidParameter: The description is no JSON object, or lacks the fields that readers
                of the tag rely on.
        """
        check_run_id(run_id)
        model = _model_description(model_json)
        history = self._store.get_run(run_id).data.tags.get(LOGGED_MODELS_TAG)
        models = [*(json.loads(history) if history else []), model]
        self.set_tag(run_id, RunTag(LOGGED_MODELS_TAG, json.dumps(models)))


def _check_search(experiment_ids: Sequence[str], max_results: int) -> None:
    check_page_size(max_results)
    for experiment_id in experiment_ids:
        check_experiment_id(experiment_id)


def _model_description(model_json: str) -> dict[str, Any]:
    try:
        model = json.loads(model_json)
    except json.JSONDecodeError as error:
        raise InvalidParameter(f"The model's description is not JSON: {error}.") from None
    if not isinstance(model, dict):
        raise InvalidParameter("The model's description must be a JSON object.")
    missing = sorted({"artifact_path", "flavors", "utc_time_created", "run_id"} - model.keys())
    if missing:
        raise InvalidParameter(f"The model's description lacks {', '.join(missing)}.")
    return model
