"""The configuration of a model from code, and of any model at loading."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import yaml

from kipu.environment_variables import MLFLOW_PYFUNC_INFERENCE_CONFIG
from kipu.exceptions import InvalidParameter

_log = logging.getLogger(__name__)

# None: code runs by itself. Else it is run to make a model, which has this configuration, or {}.
_given: ContextVar[str | dict[str, Any] | None] = ContextVar("model_config", default=None)


class ModelConfig:
    """The configuration that model code reads.

    Args:
        development_config: A dictionary or the path of a YAML file, for when the code is run by
            itself; what was given with ``log_model`` wins.

    Raises:
        FileNotFoundError: There is no configuration, or no such file.

    Example:
        >>> config = ModelConfig(development_config={"temperature": 0.1})
        >>> config.get("temperature")
        0.1
    """

    def __init__(self, *, development_config: str | dict[str, Any] | None = None) -> None:
        given = _given.get()
        self.config = development_config if given is None else given
        if not self.config:
            raise FileNotFoundError(
                "The model's code reads a configuration, but none was given; pass model_config."
            )
        if not isinstance(self.config, dict) and not os.path.isfile(self.config):
            raise FileNotFoundError(f"There is no configuration file {self.config!r}.")

    def to_dict(self) -> dict[str, Any]:
        """All of it."""
        if isinstance(self.config, dict):
            return self.config
        assert self.config is not None
        return read_config_file(self.config)

    def get(self, key: str) -> Any:
        """One value.

        Raises:
            KeyError: It is not there.
        """
        config = self.to_dict() or {}
        if key not in config:
            raise KeyError(f"The configuration has no {key!r}; it has {sorted(config)}.")
        return config[key]


@contextmanager
def running_with(config: str | dict[str, Any] | None) -> Iterator[None]:
    """Run model code that reads this configuration."""
    token = _given.set({} if config is None else config)
    try:
        yield
    finally:
        _given.reset(token)


def read_config_file(path: str | Path) -> dict[str, Any]:
    """The configuration in a YAML or JSON file.

    Raises:
        InvalidParameter: There is no such file, or it is no YAML.
    """
    place = Path(path).absolute()
    if not place.exists():
        raise InvalidParameter(f"There is no model_config file {str(place)!r}.")
    try:
        found: dict[str, Any] = yaml.safe_load(place.read_text("utf-8"))
    except yaml.YAMLError as error:
        raise InvalidParameter(
            f"The model_config file {str(place)!r} is no YAML: {error}"
        ) from error
    return found


def as_config(given: str | Path | dict[str, Any] | None) -> dict[str, Any] | None:
    """A configuration or its file as dictionary, checked.

    Raises:
        InvalidParameter: It is something else, or has values that JSON has no form for.
    """
    if not given:
        return None
    if isinstance(given, (str, Path)):
        return read_config_file(given)
    if not isinstance(given, dict) or not all(isinstance(key, str) for key in given):
        raise InvalidParameter(
            "model_config is the path of a YAML file, or a dictionary with text as keys."
        )
    try:
        json.dumps(given)
    except (TypeError, OverflowError) as error:
        raise InvalidParameter(
            f"The values of model_config must have a form in JSON: {error}"
        ) from error
    return given


def overridden(
    saved: dict[str, Any] | None, given: str | Path | dict[str, Any] | None
) -> dict[str, Any] | None:
    """A model's saved configuration with values given at loading; only what it has is replaced."""
    from_environment = MLFLOW_PYFUNC_INFERENCE_CONFIG.get()
    overrides: dict[str, Any] = json.loads(from_environment) if from_environment else {}
    overrides |= read_config_file(given) if isinstance(given, (str, Path)) else given or {}
    if not overrides:
        return saved
    if not saved:
        _log.warning("The model was saved without model_config, so %s is ignored.", overrides)
        return None
    if unknown := sorted(overrides.keys() - saved.keys()):
        _log.warning("The model's model_config has no %s; that is ignored.", unknown)
    return saved | {key: value for key, value in overrides.items() if key in saved}
