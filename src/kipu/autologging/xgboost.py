"""Automatic logging of XGBoost: ``xgboost.train``, and its estimators."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from kipu.autologging.arguments import call_arguments
from kipu.autologging.boosting.callbacks import with_callback
from kipu.autologging.boosting.datasets import Describe, log_datasets
from kipu.autologging.boosting.estimators import Estimators
from kipu.autologging.boosting.importance import log_importance
from kipu.autologging.boosting.learning_curves import log_learning_curves
from kipu.autologging.boosting.models import described, keep_sample, new_model, rows_of
from kipu.autologging.boosting.rounds import Rounds
from kipu.autologging.guards import guarded
from kipu.autologging.head_dataset import HeadDataset, rows_read
from kipu.autologging.integration import Integration
from kipu.autologging.patching import Call, patch
from kipu.client.operations import RunOperations
from kipu.data.code_dataset_source import CodeDatasetSource
from kipu.data.dataset import Dataset
from kipu.flavors import xgboost as flavor
from kipu.fluent.logging import log_params
from kipu.models.model_info import ModelInfo

XGBOOST = Integration(
    "xgboost",
    library="xgboost",
    versions=("2.1.2", "3.4.1"),
    distributions=("xgboost", "xgboost-cpu"),
)
# Not params, but data, and functions.
_NOT_LOGGED = (
    "params", "dtrain", "evals", "obj", "feval", "evals_result", "xgb_model", "callbacks",
    "learning_rates",
)  # fmt: skip
# Reading back a matrix of quantiles copies all of it; this many values take about 100 MB.
_MOST_QUANTILES = 10_000_000


@XGBOOST.switch
def autolog(
    importance_types: list[str] | None = None,
    log_input_examples: bool = False,
    log_model_signatures: bool = True,
    log_models: bool = True,
    log_datasets: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    registered_model_name: str | None = None,
    model_format: str = "ubj",
    extra_tags: dict[str, str] | None = None,
) -> None:
    """Log what ``xgboost.train`` and XGBoost's estimators train, from here on.

    Params, metrics of each round where there are ``evals``, those of the best round with early
    stopping, importances of features, data sets, and the model.

    Args:
        importance_types: How importance is measured; left out, ``["weight"]``.
        log_input_examples: Whether to log a sample of the training data with the model.
        log_model_signatures: Whether to log what the model takes and gives.
        log_models: Whether to log the model.
        log_datasets: Whether to log the data sets that were trained and evaluated on.
        disable: Switch it off again.
        exclusive: Whether to leave runs alone that the caller started.
        disable_for_unsupported_versions: Whether to leave versions of XGBoost alone that this was
            not tested with.
        silent: Whether to say nothing.
        registered_model_name: Register each model as a version of this one.
        model_format: The ending of the model's file: ``ubj``, ``json``, or ``xgb``.
        extra_tags: Labels of every run that is started.

    Example:
        >>> kipu.xgboost.autolog()
        >>> xgboost.train(params, matrix, num_boost_round=50, evals=[(test, "test")])
    """
    import xgboost
    import xgboost.sklearn

    patch(XGBOOST, xgboost.DMatrix, "__init__", _keep_sample)
    patch(XGBOOST, xgboost.QuantileDMatrix, "__init__", _keep_sample)
    patch(XGBOOST, xgboost, "train", _train, manages_run=True)
    patch(XGBOOST, xgboost.sklearn, "train", _train_estimator, nested=True)
    _ESTIMATORS.patch(_estimators(xgboost.sklearn))


def _log_estimator(call: Call, model: Any, told: dict[str, Any]) -> ModelInfo:
    return flavor.log_model(model, **told, model_format=call.option("model_format", "ubj"))


_ESTIMATORS = Estimators(XGBOOST, _log_estimator)


def _estimators(module: Any) -> list[type]:
    base = module.XGBModel
    found = (one for _, one in inspect.getmembers(module, inspect.isclass))
    return [one for one in found if issubclass(one, base) and one is not base]


def _keep_sample(call: Call, matrix: Any, *args: Any, **kwargs: Any) -> None:
    keep_sample(matrix, args[0] if args else kwargs.get("data"))
    call.original(matrix, *args, **kwargs)


def _train(call: Call, *args: Any, **kwargs: Any) -> None:
    _Training(call, args, kwargs).run(log_model=call.option("log_models", True))


def _train_estimator(call: Call, *args: Any, **kwargs: Any) -> None:
    def log() -> None:
        # The estimator is logged as the model, not its booster.
        _Training(call, args, kwargs).run(log_model=False)

    _ESTIMATORS.train(call, log, *args, **kwargs)


class _Training:
    """One call of ``xgboost.train``."""

    def __init__(self, call: Call, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._call, self._args, self._kwargs = call, args, kwargs
        self._given = call_arguments(call.function, args, kwargs)
        self._told = {name: one for name, one in self._given.items() if name not in _NOT_LOGGED}

    def run(self, *, log_model: bool) -> None:
        """Train, and log what there is to it."""
        call = self._call
        params = guarded(XGBOOST)(self._log_params)()
        data = guarded(XGBOOST)(self._log_datasets)()
        with new_model(call, log_model) as model_id:
            rounds = Rounds(call, model_id, data)
            args, kwargs = with_callback(call.function, self._args, self._kwargs, _callback(rounds))
            booster = call.original(*args, **kwargs)
            if log_model:
                guarded(XGBOOST)(self._log_model)(booster, model_id)
        if self._given.get("early_stopping_rounds"):
            guarded(XGBOOST)(_summarize)(rounds, booster)
        kinds = call.option("importance_types")
        for kind in ["weight"] if kinds is None else kinds:
            guarded(XGBOOST)(_log_importance)(call, booster, kind)
        guarded(XGBOOST)(log_learning_curves)(call, rounds.history)
        if params is not None:
            params.wait()

    def _log_params(self) -> RunOperations | None:
        given = self._given.get("params")
        booster = dict(given) if isinstance(given, (Mapping, list, tuple)) else {}
        return log_params(booster | self._told, synchronous=False)

    def _log_datasets(self) -> Any:
        if not self._call.option("log_datasets", True) or self._given.get("dtrain") is None:
            return None
        return log_datasets(self._call, self._uses())

    def _uses(self) -> Iterator[tuple[str, Describe]]:
        yield "train", partial(_described, self._call, self._given["dtrain"], None)
        evals = self._given.get("evals")
        # What can be read but once is left for the training.
        for matrix, name in evals if isinstance(evals, (list, tuple)) else ():
            yield "eval", partial(_described, self._call, matrix, name)

    def _log_model(self, booster: Any, model_id: str | None) -> None:
        predicts = flavor._Wrapper(booster)
        flavor.log_model(
            booster,
            name="model",
            **described(self._call, lambda: rows_of(self._given["dtrain"]), predicts.predict),
            registered_model_name=self._call.option("registered_model_name"),
            model_format=self._call.option("model_format", "ubj"),
            params=self._told,
            model_id=model_id,
        )


def _callback(rounds: Rounds) -> Any:
    import xgboost

    class Recording(xgboost.callback.TrainingCallback):  # type: ignore[misc]
        @guarded(XGBOOST)
        def after_iteration(self, model: Any, epoch: int, evals_log: Mapping[str, Any]) -> bool:
            """Log what was measured; False lets training go on."""
            rounds.record(
                {
                    f"{data}-{metric}": values[-1]
                    for data, curves in evals_log.items()
                    for metric, values in curves.items()
                },
                epoch,
            )
            return False

    return Recording()


def _summarize(rounds: Rounds, booster: Any) -> None:
    best = int(booster.best_iteration)
    rounds.summarize(best=best, best_iteration=best, stopped_iteration=len(rounds.history) - 1)


def _log_importance(call: Call, booster: Any, kind: str) -> None:
    scores = booster.get_score(importance_type=kind)
    log_importance(call, list(scores), list(scores.values()), kind)


def _described(
    call: Call, matrix: Any, name: str | None, source: CodeDatasetSource
) -> Dataset | None:
    """The data set of XGBoost's matrix, whose missing values are zeros, as with MLflow."""
    import xgboost

    shape = (matrix.num_row(), matrix.num_col())
    count = min(shape[0], rows_read(shape[1]))
    if isinstance(matrix, xgboost.QuantileDMatrix):
        if matrix.num_nonmissing() > _MOST_QUANTILES:
            call.integration.inform("A data set of %s x %s values was not logged.", *shape)
            return None
        head = matrix.get_data()[:count]
    elif count < shape[0]:
        head = matrix.slice(list(range(count)), allow_groups=True).get_data()
    else:
        head = matrix.get_data()
    return HeadDataset(head.toarray(), shape, source, name=name)
