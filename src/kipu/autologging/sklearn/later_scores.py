"""What is measured after a fit: ``model.score``, and functions of ``sklearn.metrics``."""

from __future__ import annotations

import functools
import inspect
import json
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from kipu.autologging.caller_names import name_of
from kipu.autologging.guards import guarded
from kipu.autologging.import_hooks import when_imported
from kipu.autologging.integration import Integration
from kipu.autologging.patching import Call, is_wanted
from kipu.autologging.sklearn.data import as_input, dataset_of, first_argument
from kipu.autologging.sklearn.integration import SKLEARN
from kipu.autologging.sklearn.known import KNOWN, KnownRun, Prediction

_FILE = "metric_info.json"
_NAMELESS = "unknown_dataset"
_NO_METRICS = ("check_scoring", "get_scorer", "get_scorer_names", "make_scorer")
_LONGEST_TEXT = 32


def patch_metrics(integration: Integration = SKLEARN) -> None:
    """Patch the functions of ``sklearn.metrics``, once it is imported.

    Args:
        integration: Whose models are measured: scikit-learn's, or those of a library with
            estimators like them.
    """
    when_imported("sklearn.metrics", lambda: _patch(integration))


def logged_prediction(call: Call, estimator: Any, *args: Any, **kwargs: Any) -> None:
    """Stands for ``predict`` and its like, and for ``transform``."""
    answer = call.original(estimator, *args, **kwargs)
    run = KNOWN.run_of(estimator)
    if run is not None:
        _note_prediction(call, run, answer, first_argument(call.function, args, kwargs))


def logged_score(call: Call, estimator: Any, *args: Any, **kwargs: Any) -> None:
    """Stands for ``score``."""
    value = call.original(estimator, *args, **kwargs)
    run = KNOWN.run_of(estimator)
    if run is not None and _is_number(value):
        _note_score(run, value, estimator, args, kwargs)


_measurers: dict[str, Callable[..., Any]] = {}
_wanting: list[Integration] = []


def _patch(integration: Integration) -> None:
    """Put measuring functions into ``sklearn.metrics``, for as long as an integration wants them.

    Only there: scikit-learn's own modules, and scorers, have the functions as they are, by which
    pickles of searches find them. For pickles of ours, they belong to ``sklearn.metrics``, and each
    is always the same one, whichever libraries are switched on after it was imported.
    """
    if integration.is_disabled or not integration.option("log_post_training_metrics", True):
        return
    integration.on_revert(lambda: _leave(integration))
    _wanting.append(integration)
    if len(_wanting) > 1:
        return
    metrics = sys.modules["sklearn.metrics"]
    for name in metrics.__all__:
        function = getattr(metrics, name)
        if inspect.isfunction(function) and name not in _NO_METRICS:
            measurer = _measurers.get(name)
            if measurer is None or measurer.__wrapped__ is not function:  # type: ignore[attr-defined]
                measurer = _measurers[name] = _measuring(function)
            setattr(metrics, name, measurer)


def _leave(integration: Integration) -> None:
    _wanting.remove(integration)
    if _wanting:
        return
    metrics = sys.modules["sklearn.metrics"]
    for name, measurer in _measurers.items():
        if getattr(metrics, name, None) is measurer:
            setattr(metrics, name, measurer.__wrapped__)


def _measuring(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def measuring(*args: Any, **kwargs: Any) -> Any:
        value = function(*args, **kwargs)
        if KNOWN.has_predictions and _is_number(value) and any(map(is_wanted, _wanting)):
            _note_metric(value, function, args, kwargs)
        return value

    measuring.__module__ = "sklearn.metrics"
    return measuring


@guarded(SKLEARN)
def _note_prediction(call: Call, run: KnownRun, answer: Any, data: Any) -> None:
    dataset = run.name_dataset(name_of(data, _NAMELESS), data)
    KNOWN.remember_prediction(answer, Prediction(run, dataset))
    if call.option("log_datasets") and run.is_new(data):
        found = dataset_of(data)
        if found is not None:
            run.log.inputs([as_input(found, "eval")])


@guarded(SKLEARN)
def _note_score(
    run: KnownRun, value: Any, estimator: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    kind = type(estimator).__name__
    command = _command(f"{kind}.score", estimator.score, args, kwargs)
    data = first_argument(estimator.score, args, kwargs)
    dataset = run.name_dataset(name_of(data, _NAMELESS), data)
    _log(run, run.note_call(f"{kind}_score", dataset, command), value)


@guarded(SKLEARN)
def _note_metric(
    value: Any,
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> None:
    prediction = KNOWN.prediction_among((*args, *kwargs.values()))
    if prediction is None:
        return
    run, dataset = prediction
    name = function.__name__
    key = run.note_call(name, dataset, _command(name, function, args, kwargs))
    _log(run, key, value)


def _log(run: KnownRun, key: str, value: Any) -> None:
    run.log.client.log_metric(run.log.run_id, key, float(value), model_id=run.model_id)
    run.log.text(json.dumps(run.commands(), indent=2), _FILE)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, np.number)) and not isinstance(value, bool)


def _command(
    name: str, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> str:
    """A call as code, with the caller's names for its data."""
    names = list(inspect.signature(function).parameters)
    given = [*zip(names, args, strict=False), *kwargs.items()]
    return f"{name}({', '.join(f'{key}={_told(value)}' for key, value in given)})"


def _told(value: Any) -> str:
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        return repr(f"{value[:_LONGEST_TEXT]}...")
    if value is None or np.isscalar(value):
        return repr(value)
    return name_of(value, f"<{type(value).__name__}>")
