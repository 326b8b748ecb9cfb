"""One switch for every ML library that has an integration."""

from __future__ import annotations

import importlib
import inspect
import logging
from collections.abc import Callable
from typing import Any

from kipu.autologging.import_hooks import when_imported
from kipu.autologging.integration import INTEGRATIONS, Integration
from kipu.autologging.quiet import muted

_log = logging.getLogger(__name__)

LIBRARIES = {
    "catboost": ("catboost", "catboost"),
    "keras": ("keras", "keras"),
    "lightgbm": ("lightgbm", "lightgbm"),
    "lightning": ("pytorch", "pytorch"),
    "pyspark": ("spark", "spark"),
    "pyspark.ml": ("pyspark.ml", "pyspark_ml"),
    "pytorch_lightning": ("pytorch", "pytorch"),
    "setfit": ("transformers", "transformers"),
    "sklearn": ("sklearn", "sklearn"),
    "statsmodels": ("statsmodels", "statsmodels"),
    "tensorflow": ("tensorflow", "tensorflow"),
    "transformers": ("transformers", "transformers"),
    "xgboost": ("xgboost", "xgboost"),
}
"""A library whose import turns logging on, the flavor, and the module here that does it."""


def autolog(
    log_input_examples: bool = False,
    log_model_signatures: bool = True,
    log_models: bool = True,
    log_datasets: bool = True,
    log_traces: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    extra_tags: dict[str, str] | None = None,
    exclude_flavors: list[str] | None = None,
) -> None:
    """Log training with ML libraries without further code, from each library's import on.

    A library whose own ``autolog`` was called keeps the options that it was given there.

    Args:
        log_input_examples: Whether to log samples of the training data with models.
        log_model_signatures: Whether to log what models take and give.
        log_models: Whether to log models.
        log_datasets: Whether to log the data sets that were trained on.
        log_traces: Accepted for MLflow's sake; Kipu keeps no traces.
        disable: Switch it off again.
        exclusive: Whether to leave runs alone that the caller started.
        disable_for_unsupported_versions: Whether to leave untested library versions alone.
        silent: Whether to say nothing.
        extra_tags: Labels of every run that is started.
        exclude_flavors: Libraries to leave alone, such as ``["xgboost"]``.

    Example:
        >>> kipu.autolog()
        >>> RandomForestClassifier().fit(X, y)
    """
    options = dict(locals())
    INTEGRATIONS["mlflow"] = options
    for library, (flavor, module) in LIBRARIES.items():
        if flavor not in (exclude_flavors or ()):
            when_imported(library, _turn(library, module, options))


def _turn(library: str, module: str, options: dict[str, Any]) -> Callable[[], None]:
    def turn() -> None:
        if INTEGRATIONS.get("mlflow") is not options:  # switched again since
            return
        try:
            with muted():
                switch = importlib.import_module(f"kipu.autologging.{module}").autolog
                _give(switch, options)
        except Exception as error:  # the import of the library must not fail
            if not options["silent"]:
                _log.warning("Training with %s will not be logged: %s", library, error)

    return turn


def _give(switch: Callable[..., None], options: dict[str, Any]) -> None:
    integration: Integration = switch.integration  # type: ignore[attr-defined]
    if integration.options and not integration.is_configured_globally:
        return
    known = inspect.signature(switch).parameters
    switch(**{name: value for name, value in options.items() if name in known})
    integration.is_configured_globally = True
    if not options["disable"]:
        integration.inform("Training with %s will be logged.", integration.library)
