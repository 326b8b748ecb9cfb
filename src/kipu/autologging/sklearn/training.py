"""What one fit logs: before it, params and data; after it, model, scores, plots and the rest."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kipu.autologging.guards import guarded
from kipu.autologging.patching import Call
from kipu.autologging.plots import log_plot
from kipu.autologging.random_numbers import same_random_numbers
from kipu.autologging.samples import example_and_signature
from kipu.autologging.sklearn.data import (
    TrainingData,
    as_input,
    dataset_of,
    first_rows,
    training_data,
)
from kipu.autologging.sklearn.integration import SKLEARN
from kipu.autologging.sklearn.known import KNOWN
from kipu.autologging.sklearn.page import estimator_page
from kipu.autologging.sklearn.params import (
    as_params,
    as_tags,
    best_params_of,
    is_search,
    params_of,
    tags_of,
)
from kipu.autologging.sklearn.scores import scores_of
from kipu.autologging.sklearn.search import Search, log_search
from kipu.autologging.sklearn.storing import RunLog
from kipu.entities import DatasetInput
from kipu.flavors.sklearn import log_model
from kipu.models.model_signature import ModelSignature
from kipu.models.signature import infer_signature


def logged_fit(call: Call, estimator: Any, *args: Any, **kwargs: Any) -> None:
    """Stands for ``fit``, ``fit_transform`` and ``fit_predict``."""
    fit = _begin(call, estimator, args, kwargs)
    call.original(estimator, *args, **kwargs)
    if fit is None:
        return
    with same_random_numbers():  # some estimators draw some to predict
        fit.log_model()
        fit.log_scores()
    fit.log_page()
    if is_search(estimator):
        fit.log_search()
    fit.remember()


@guarded(SKLEARN)
def _begin(call: Call, estimator: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> _Fit:
    params = params_of(estimator)
    data = training_data(estimator, args, kwargs, params)
    fit = _Fit(call, estimator, data, RunLog.of_active(call.run_id))
    fit.log_settings(params)
    fit.log_data()
    fit.keep_rows()
    return fit


@dataclass
class _Fit:
    """One fit and what is logged of it; each step by itself, so that the others are not lost."""

    call: Call
    estimator: Any
    data: TrainingData
    log: RunLog
    use: DatasetInput | None = None
    rows: Any = None
    no_rows: Exception | None = None
    example: Any = None
    signature: ModelSignature | None = None
    model_id: str | None = None

    @guarded(SKLEARN)
    def log_settings(self, params: Mapping[str, Any]) -> None:
        self.log.batch(params=as_params(params), tags=as_tags(tags_of(self.estimator)))

    @guarded(SKLEARN)
    def log_data(self) -> None:
        dataset = dataset_of(self.data.features, self.data.labels)
        if dataset is None:
            return
        # Measured scores name it even where it is not to be logged as an input.
        self.use = as_input(dataset, "train")
        if self.call.option("log_datasets"):
            self.log.inputs([self.use])

    def keep_rows(self) -> None:
        """Keep the first rows as they are now; a fit may change its data."""
        wanted = self.call.option("log_input_examples") or self.call.option("log_model_signatures")
        if not self.call.option("log_models") or not wanted:
            return
        try:
            self.rows = first_rows(self.data.features)
        except Exception as error:
            self.no_rows = error

    @guarded(SKLEARN)
    def log_model(self) -> None:
        if not self.call.option("log_models"):
            return
        self.example, self.signature = example_and_signature(SKLEARN, self._rows, self._infer)
        self.model_id = self._store(
            self.estimator,
            "model",
            params_of(self.estimator) | best_params_of(self.estimator),
            self.call.option("registered_model_name"),
        )

    @guarded(SKLEARN)
    def log_scores(self) -> None:
        scores = scores_of(self.estimator, self.data, self.call.option("pos_label"))
        self.log.metrics(scores.metrics, self.model_id, self.use)
        for name, plot in scores.plots.items():
            log_plot(self.log.client, self.log.run_id, name, plot)
        if scores.failures:
            told = "; ".join(f"{name} ({error})" for name, error in scores.failures.items())
            SKLEARN.warn("Not measured on the training data: %s", told)
        elif self.data.labels is None and not scores.metrics:
            SKLEARN.inform("There are no labels, so nothing is measured on the training data.")

    @guarded(SKLEARN)
    def log_page(self) -> None:
        self.log.text(estimator_page(self.estimator), "estimator.html")

    @guarded(SKLEARN)
    def log_search(self) -> None:
        best_id = None
        if self.call.option("log_models") and hasattr(self.estimator, "best_estimator_"):
            best_id = self._store_best()
        search = Search(self.estimator, self.log, self.use, self.model_id, best_id)
        log_search(search, self.call.option("max_tuning_runs"))

    @guarded(SKLEARN)
    def remember(self) -> None:
        """Let what is measured later find the run."""
        if self.call.option("log_post_training_metrics"):
            KNOWN.remember_model(self.estimator, self.log, self.model_id)

    @guarded(SKLEARN)
    def _store_best(self) -> str | None:
        best = self.estimator.best_estimator_
        return self._store(best, "best_estimator", best.get_params(deep=True), None)

    def _store(
        self, model: Any, name: str, params: dict[str, Any], registered_name: str | None
    ) -> str | None:
        info = log_model(
            model,
            name=name,
            signature=self.signature,
            input_example=self.example,
            serialization_format=self.call.option("serialization_format"),
            registered_model_name=registered_name,
            params={one.key: one.value for one in as_params(params)},
        )
        return info.model_id

    def _rows(self) -> Any:
        if self.no_rows is not None:
            raise self.no_rows
        return self.rows

    def _infer(self, example: Any) -> ModelSignature:
        for name in ("predict", "transform"):
            if hasattr(self.estimator, name):
                # A model may change its input in place.
                return infer_signature(
                    example, getattr(self.estimator, name)(copy.deepcopy(example))
                )
        raise TypeError(f"A {type(self.estimator).__name__} neither predicts nor transforms.")
