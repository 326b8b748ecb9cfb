"""Logs fits of statsmodels: arguments, measures of the fit, its summary and the model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kipu.autologging.arguments import call_arguments
from kipu.autologging.guards import guarded
from kipu.autologging.integration import Integration
from kipu.autologging.patching import Call, patch
from kipu.flavors.statsmodels import log_model
from kipu.fluent.artifacts import log_text
from kipu.fluent.logging import log_metrics, log_params

STATSMODELS = Integration("statsmodels", library="statsmodels", versions=("0.14.5", "0.15.0"))

MEASURES = (
    "aic", "bic", "centered_tss", "condition_number", "df_model", "df_resid", "ess", "f_pvalue",
    "fvalue", "llf", "mse_model", "mse_resid", "mse_total", "rsquared", "rsquared_adj", "scale",
    "ssr", "uncentered_tss",
)  # fmt: skip
"""Attributes of results that become metrics."""


@STATSMODELS.switch
def autolog(
    log_models: bool = True,
    log_datasets: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    registered_model_name: str | None = None,
    extra_tags: dict[str, str] | None = None,
) -> None:
    """Log each ``fit`` of a statsmodels model.

    Args:
        log_models: Whether to log the results as a model.
        log_datasets: Accepted for MLflow's sake, which logs no data sets of statsmodels either.
        disable: Switch it off again.
        exclusive: Whether to leave runs alone that the caller started.
        disable_for_unsupported_versions: Whether to leave untested versions alone.
        silent: Whether to say nothing.
        registered_model_name: Register each model under this name.
        extra_tags: Labels of every run that is started.
    """
    import statsmodels.api  # noqa: F401, so that all models are there to be patched
    from statsmodels.base.model import Model

    for kind in _and_subclasses(Model):
        if "fit" in vars(kind):
            patch(STATSMODELS, kind, "fit", _fit, manages_run=True)


def _and_subclasses(kind: type) -> Iterator[type]:
    yield kind
    one: type
    for one in kind.__subclasses__():
        yield from _and_subclasses(one)


def _fit(call: Call, model: Any, *args: Any, **kwargs: Any) -> None:
    from statsmodels.base.wrapper import ResultsWrapper

    guard = guarded(STATSMODELS)
    guard(log_params)(call_arguments(call.function, args, kwargs))
    results = call.original(model, *args, **kwargs)
    model_id = guard(_log_model)(call, results) if call.option("log_models") else None
    if isinstance(results, ResultsWrapper):
        guard(log_metrics)(_measures(results), model_id=model_id)
        guard(_log_summary)(results)


def _log_model(call: Call, results: Any) -> str | None:
    registered = call.option("registered_model_name")
    info = log_model(results, name="model", registered_model_name=registered)
    return info.model_id


def _log_summary(results: Any) -> None:
    log_text(results.summary().as_text(), "model_summary.txt")


def _measures(results: Any) -> dict[str, float]:
    import numpy as np

    measures = {}
    for name in MEASURES:
        value = _measure(results, name)
        if isinstance(value, (int, float, np.number)) and not isinstance(value, bool):
            measures[name] = float(value)
    return measures


@guarded(STATSMODELS)
def _measure(results: Any, name: str) -> Any:
    """One measure; it is computed now, and not each can be for each model."""
    return getattr(results, name, None)
