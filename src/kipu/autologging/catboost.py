"""Automatic logging of CatBoost, which MLflow does not have: ``fit`` of its models."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from kipu.autologging.arguments import call_arguments
from kipu.autologging.boosting.datasets import (
    Describe,
    describe,
    log_datasets,
)
from kipu.autologging.boosting.importance import log_importance
from kipu.autologging.boosting.learning_curves import log_learning_curves
from kipu.autologging.boosting.models import Sample, described, first_rows, new_model
from kipu.autologging.boosting.rounds import Rounds
from kipu.autologging.guards import guarded
from kipu.autologging.head_dataset import HeadDataset, rows_read
from kipu.autologging.integration import Integration
from kipu.autologging.patching import Call, patch
from kipu.autologging.samples import ROWS
from kipu.flavors import catboost as flavor
from kipu.fluent.logging import log_params

CATBOOST = Integration("catboost", library="catboost", versions=("1.2.8", "1.2.10"))
_MODELS = ("CatBoost", "CatBoostClassifier", "CatBoostRanker", "CatBoostRegressor")
# Of fit's arguments, those that are neither data nor functions.
_LOGGED = (
    "cat_features", "text_features", "embedding_features", "use_best_model", "verbose",
    "logging_level", "plot", "metric_period", "early_stopping_rounds",
)  # fmt: skip
_IMPORTANCE = "PredictionValuesChange"
_REFUSED = re.compile(r"[^\w\-./ :@]")


@CATBOOST.switch
def autolog(
    log_input_examples: bool = False,
    log_model_signatures: bool = True,
    log_models: bool = True,
    log_datasets: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    registered_model_name: str | None = None,
    extra_tags: dict[str, str] | None = None,
) -> None:
    """Log what CatBoost's models are fitted to, from here on.

    Params, those that CatBoost chose among them; metrics of each round, once training is over;
    those of the best round where there is an ``eval_set``; importances of features, data sets,
    and the model.

    Args:
        log_input_examples: Whether to log a sample of the training data with the model.
        log_model_signatures: Whether to log what the model takes and gives.
        log_models: Whether to log the model.
        log_datasets: Whether to log the data sets that were trained and evaluated on.
        disable: Switch it off again.
        exclusive: Whether to leave runs alone that the caller started.
        disable_for_unsupported_versions: Whether to leave versions of CatBoost alone that this
            was not tested with.
        silent: Whether to say nothing.
        registered_model_name: Register each model as a version of this one.
        extra_tags: Labels of every run that is started.

    Example:
        >>> kipu.catboost.autolog()
        >>> CatBoostClassifier(iterations=50).fit(X, y, eval_set=(X_test, y_test))
    """
    import catboost

    for name in _MODELS:
        patch(CATBOOST, getattr(catboost, name), "fit", _fit, manages_run=True)


def _fit(call: Call, model: Any, *args: Any, **kwargs: Any) -> None:
    given = call_arguments(call.function, args, kwargs)
    told = guarded(CATBOOST)(_log_params)(model, given) or {}
    sample = Sample(given.get("X"), _first_rows)
    if call.option("log_datasets", True):
        guarded(CATBOOST)(log_datasets)(call, _uses(call, given))
    wanted = call.option("log_models", True)
    with new_model(call, wanted) as model_id:
        call.original(model, *args, **kwargs)
        guarded(CATBOOST)(_log_chosen)(model, told)
        rounds = Rounds(call, model_id)
        guarded(CATBOOST)(_log_rounds)(rounds, model, given)
        guarded(CATBOOST)(_log_importance)(call, model)
        guarded(CATBOOST)(log_learning_curves)(call, rounds.history)
        if wanted:
            guarded(CATBOOST)(_log_model)(call, model, sample, model_id)


def _log_params(model: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    told = {
        **{name: one for name, one in given.items() if name in _LOGGED and one is not None},
        **model.get_params(),
    }
    log_params(told)
    return told


def _log_chosen(model: Any, told: Mapping[str, Any]) -> None:
    """Log the params that CatBoost set itself, such as the learning rate."""
    log_params({name: one for name, one in model.get_all_params().items() if name not in told})


def _log_rounds(rounds: Rounds, model: Any, given: Mapping[str, Any]) -> None:
    # A callback gets the history of all rounds in each: 3,000 of them take 51 s instead of 3.
    curves = {
        _REFUSED.sub("_", f"{data}-{metric}"): values
        for data, by_metric in model.get_evals_result().items()
        for metric, values in by_metric.items()
    }
    # Measured are every so many rounds, and the last.
    period = given.get("metric_period") or model.get_params().get("metric_period") or 1
    last = model.get_all_params()["iterations"] - 1
    count = max(map(len, curves.values()), default=0)
    steps = [min(place * period, last) for place in range(count)]
    rounds.record_all(curves, steps)
    best = model.get_best_iteration()
    if best is not None and steps:
        rounds.summarize(best=best, best_iteration=best, stopped_iteration=steps[-1])


def _log_importance(call: Call, model: Any) -> None:
    values = model.get_feature_importance(type=_IMPORTANCE)
    log_importance(call, model.feature_names_, values.tolist(), _IMPORTANCE)


def _log_model(call: Call, model: Any, sample: Sample, model_id: str | None) -> None:
    flavor.log_model(
        model,
        name="model",
        **described(call, sample.rows, model.predict),
        registered_model_name=call.option("registered_model_name"),
        model_id=model_id,
    )


def _uses(call: Call, given: Mapping[str, Any]) -> Iterator[tuple[str, Describe]]:
    yield "train", partial(_described, call, given.get("X"), given.get("y"))
    sets = given.get("eval_set")
    for one in sets if isinstance(sets, list) else [] if sets is None else [sets]:
        data, targets = one if isinstance(one, tuple) else (one, None)
        yield "eval", partial(_described, call, data, targets)


def _described(call: Call, data: Any, targets: Any, source: Any) -> Any:
    import catboost

    if not isinstance(data, catboost.Pool):
        return describe(call, data, targets, None, source)
    # Numbers only: a pool keeps hashes of categories, not the categories.
    head = _head(data, rows_read(data.num_col()))
    return HeadDataset(head, data.shape, source, np.asarray(data.get_label()))


def _first_rows(data: Any) -> Any:
    import catboost

    if isinstance(data, catboost.Pool):
        return _head(data, ROWS)
    return first_rows(data)


def _head(pool: Any, count: int) -> Any:
    return pool.slice(list(range(min(count, pool.num_row())))).get_features()
