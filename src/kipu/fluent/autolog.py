"""Automatic logging: one switch for every ML library that has an integration."""

from __future__ import annotations

import logging
from typing import Any

_log = logging.getLogger(__name__)

INTEGRATIONS: dict[str, dict[str, Any]] = {}
"""The configuration of each library that has an integration, by name."""

_configuration: dict[str, Any] = {}


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
    """Log training runs of ML libraries without further code, for the libraries that are covered.

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
        extra_tags: Labels of every run that is logged.
        exclude_flavors: Libraries to leave alone.
    """
    options = {name: value for name, value in locals().items() if not name.startswith("_")}
    _configuration.clear()
    _configuration.update(options)
    excluded = set(exclude_flavors or ())
    for name, configuration in INTEGRATIONS.items():
        if name not in excluded:
            configuration.update(options)
    if not silent and not disable:
        covered = ", ".join(sorted(INTEGRATIONS.keys() - excluded)) or "none yet"
        _log.info("Automatic logging covers these libraries: %s.", covered)


def autolog_configuration() -> dict[str, Any]:
    """The arguments of the last ``autolog`` call; empty if there was none."""
    return dict(_configuration)


def is_disabled(library: str) -> bool:
    """Whether training with a library is not logged by itself: no integration, or switched off."""
    configuration = INTEGRATIONS.get(library)
    return configuration is None or bool(configuration.get("disable", True))
