"""Automatic logging of LightGBM: ``lightgbm.train``, and its estimators."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from functools import partial
from typing import Any

from kipu.autologging.arguments import call_arguments
from kipu.autologging.boosting.callbacks import with_callback
from kipu.autologging.boosting.datasets import Describe, describe, log_datasets
from kipu.autologging.boosting.estimators import Estimators
from kipu.autologging.boosting.importance import log_importance
from kipu.autologging.boosting.learning_curves import log_learning_curves
from kipu.autologging.boosting.models import described, keep_sample, new_model, rows_of
from kipu.autologging.boosting.rounds import Rounds
from kipu.autologging.guards import guarded
from kipu.autologging.integration import Integration
from kipu.autologging.patching import Call, patch
from kipu.client.operations import RunOperations
from kipu.flavors import lightgbm as flavor
from kipu.fluent.logging import log_params
from kipu.models.model_info import ModelInfo

LIGHTGBM = Integration("lightgbm", library="lightgbm", versions=("4.6.0", "4.7.0"))
# Not params, but data, and functions.
_NOT_LOGGED = (
    "params", "train_set", "valid_sets", "valid_names", "fobj", "feval", "init_model",
    "learning_rates", "callbacks",
)  # fmt: skip
_IMPORTANCES = ("split", "gain")


@LIGHTGBM.switch
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
    """Log what ``lightgbm.train`` and LightGBM's estimators train, from here on.

    Params, metrics of each round where there are ``valid_sets``, those of the best round with
    early stopping, importances of features, data sets, and the model.

    Args:
        log_input_examples: Whether to log a sample of the training data with the model.
        log_model_signatures: Whether to log what the model takes and gives.
        log_models: Whether to log the model.
        log_datasets: Whether to log the data sets that were trained and evaluated on.
        disable: Switch it off again.
        exclusive: Whether to leave runs alone that the caller started.
        disable_for_unsupported_versions: Whether to leave versions of LightGBM alone that this
            was not tested with.
        silent: Whether to say nothing.
        registered_model_name: Register each model as a version of this one.
        extra_tags: Labels of every run that is started.

    Example:
        >>> kipu.lightgbm.autolog()
        >>> lightgbm.train(params, train_set, num_boost_round=50, valid_sets=[test_set])
    """
    import lightgbm
    import lightgbm.sklearn

    patch(LIGHTGBM, lightgbm.Dataset, "__init__", _keep_sample)
    patch(LIGHTGBM, lightgbm, "train", _train, manages_run=True)
    patch(LIGHTGBM, lightgbm.sklearn, "train", _train_estimator, nested=True)
    _ESTIMATORS.patch(_estimators(lightgbm.sklearn))


def _log_estimator(call: Call, model: Any, told: dict[str, Any]) -> ModelInfo:
    return flavor.log_model(model, **told)


_ESTIMATORS = Estimators(LIGHTGBM, _log_estimator)


def _estimators(module: Any) -> list[type]:
    found = (one for _, one in inspect.getmembers(module, inspect.isclass))
    return [one for one in found if issubclass(one, module.LGBMModel)]


def _keep_sample(call: Call, data_set: Any, *args: Any, **kwargs: Any) -> None:
    data = args[0] if args else kwargs.get("data")
    if isinstance(data, list) and data and getattr(data[0], "ndim", 0) == 2:
        data = data[0]  # of matrices, one below the other; a slice of the list would be all of it
    keep_sample(data_set, data)
    call.original(data_set, *args, **kwargs)


def _train(call: Call, *args: Any, **kwargs: Any) -> None:
    _Training(call, args, kwargs).run(log_model=call.option("log_models", True))


def _train_estimator(call: Call, *args: Any, **kwargs: Any) -> None:
    def log() -> None:
        # The estimator is logged as the model, not its booster.
        _Training(call, args, kwargs).run(log_model=False)

    _ESTIMATORS.train(call, log, *args, **kwargs)


class _Training:
    """One call of ``lightgbm.train``."""

    def __init__(self, call: Call, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._call, self._args, self._kwargs = call, args, kwargs
        self._given = call_arguments(call.function, args, kwargs)
        self._told = {name: one for name, one in self._given.items() if name not in _NOT_LOGGED}

    def run(self, *, log_model: bool) -> None:
        """Train, and log what there is to it."""
        call = self._call
        params = guarded(LIGHTGBM)(self._log_params)()
        guarded(LIGHTGBM)(self._log_datasets)()
        with new_model(call, log_model) as model_id:
            rounds = Rounds(call, model_id)
            args, kwargs = with_callback(call.function, self._args, self._kwargs, _callback(rounds))
            booster = call.original(*args, **kwargs)
            if booster.best_iteration > 0:
                guarded(LIGHTGBM)(_summarize)(rounds, booster)
            for kind in _IMPORTANCES:
                guarded(LIGHTGBM)(_log_importance)(call, booster, kind)
            guarded(LIGHTGBM)(log_learning_curves)(call, rounds.history)
            if log_model:
                guarded(LIGHTGBM)(self._log_model)(booster, model_id)
        if params is not None:
            params.wait()

    def _log_params(self) -> RunOperations | None:
        booster = dict(self._given.get("params") or {})
        return log_params(booster | self._told, synchronous=False)

    def _log_datasets(self) -> None:
        if self._call.option("log_datasets", True) and self._given.get("train_set") is not None:
            log_datasets(self._call, self._uses())

    def _uses(self) -> Iterator[tuple[str, Describe]]:
        given = self._given
        yield "train", partial(_described, self._call, given["train_set"], None)
        sets, names = given.get("valid_sets"), given.get("valid_names")
        # LightGBM takes one without a list, too.
        names = names if isinstance(names, (list, tuple)) else [names]
        sets = sets if isinstance(sets, (list, tuple)) else [sets]
        for place, data_set in enumerate(sets):
            if data_set is None:
                continue
            name = names[place] if place < len(names) else None
            yield "eval", partial(_described, self._call, data_set, name)

    def _log_model(self, booster: Any, model_id: str | None) -> None:
        flavor.log_model(
            booster,
            name="model",
            **described(self._call, lambda: rows_of(self._given["train_set"]), booster.predict),
            registered_model_name=self._call.option("registered_model_name"),
            model_id=model_id,
        )


def _callback(rounds: Rounds) -> Any:
    @guarded(LIGHTGBM)
    def record(env: Any) -> None:
        # Each is data set, metric, value, whether higher is better, and with cv a deviation.
        measured = {f"{one[0]}-{one[1]}": one[2] for one in env.evaluation_result_list or ()}
        rounds.record(measured, env.iteration)

    # After functions of the caller's own, which come below 0, and before those that stop (30).
    record.order = 0  # type: ignore[attr-defined]
    return record


def _summarize(rounds: Rounds, booster: Any) -> None:
    # LightGBM counts iterations from 1, and tells callbacks of them from 0.
    best = int(booster.best_iteration)
    rounds.summarize(best=best - 1, best_iteration=best, stopped_iteration=len(rounds.history))


def _log_importance(call: Call, booster: Any, kind: str) -> None:
    values = booster.feature_importance(importance_type=kind)
    log_importance(call, booster.feature_name(), values.tolist(), kind)


def _described(call: Call, data_set: Any, name: str | None, source: Any) -> Any:
    return describe(call, data_set.data, data_set.label, name, source)
