"""What is logged of a ``fit``."""

from __future__ import annotations

from typing import Any

from kipu.autologging.arguments import argument
from kipu.autologging.guards import guarded
from kipu.autologging.patching import Call
from kipu.autologging.pyspark_ml.evaluation import dataset_input, note_model
from kipu.autologging.pyspark_ml.integration import SPARK_ML
from kipu.autologging.pyspark_ml.models import log_fitted
from kipu.autologging.pyspark_ml.search import log_search
from kipu.autologging.pyspark_ml.stages import (
    Names,
    as_params,
    class_of,
    description_of,
    is_search,
    names_of,
    params_of,
    tags_of,
)
from kipu.client import MlflowClient
from kipu.entities import RunTag
from kipu.service.limits import MAX_PARAMS_TAGS_PER_BATCH


class Fitting:
    """Stands for ``Estimator.fit``.

    Args:
        allowed: The classes of models that are logged.
    """

    def __init__(self, allowed: frozenset[str]) -> None:
        self._allowed = allowed

    def __call__(self, call: Call, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Fit, and log it unless it is a featurizer or gives several models."""
        params = argument(call.function, "params", args, kwargs)
        if is_featurizer(estimator) or isinstance(params, (list, tuple)):
            call.original(estimator, *args, **kwargs)
            return
        frame = argument(call.function, "dataset", args, kwargs)
        told = estimator.copy(params) if params else estimator
        names = names_of(told)
        _log_before(call, told, names)
        if call.option("log_datasets"):
            _log_data(call, frame)
        model = call.original(estimator, *args, **kwargs)
        if is_search(told):
            _log_found(call, told, model, names)
        if call.option("log_models"):
            _log_model(call, model, frame, self._allowed)
        if call.option("log_post_training_metrics"):
            note_model(model, call.run_id)


def is_featurizer(estimator: Any) -> bool:
    """Whether it makes features, which is no training by itself."""
    return class_of(estimator).startswith("pyspark.ml.feature.")


@guarded(SPARK_ML)
def _log_before(call: Call, estimator: Any, names: Names) -> None:
    client = MlflowClient()
    tags = [RunTag(key, value) for key, value in tags_of(estimator).items()]
    params = as_params(params_of(estimator, names))
    for start in range(0, max(len(params), 1), MAX_PARAMS_TAGS_PER_BATCH - len(tags)):
        some = params[start : start + MAX_PARAMS_TAGS_PER_BATCH - len(tags)]
        client.log_batch(call.run_id, params=some, tags=tags)
    description = description_of(estimator, names)
    if description:
        client.log_dict(call.run_id, description, "estimator_info.json")


@guarded(SPARK_ML)
def _log_data(call: Call, frame: Any) -> None:
    MlflowClient().log_inputs(call.run_id, [dataset_input(frame, "train")])


@guarded(SPARK_ML)
def _log_found(call: Call, search: Any, model: Any, names: Names) -> None:
    log_search(call.run_id, search, model, names)


@guarded(SPARK_ML)
def _log_model(call: Call, model: Any, frame: Any, allowed: frozenset[str]) -> None:
    log_fitted(call, model, frame, allowed)
