"""An estimator as text: its params and what it is."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from kipu.entities import Param, RunTag
from kipu.service.limits import MAX_ENTITY_KEY_LENGTH, MAX_PARAM_VAL_LENGTH


def is_search(estimator: Any) -> bool:
    """Whether it fits another estimator with many settings, to find the best."""
    module = sys.modules.get("sklearn.model_selection._search")
    return module is not None and isinstance(estimator, module.BaseSearchCV)


def params_of(estimator: Any) -> dict[str, Any]:
    """Its settings, those of estimators within it among them.

    Not those of what a search starts from: they are what it varies.
    """
    return dict(estimator.get_params(deep=not is_search(estimator)))


def best_params_of(estimator: Any) -> dict[str, Any]:
    """The settings that a search found, as ``best_C``; empty where there are none."""
    return {f"best_{name}": value for name, value in getattr(estimator, "best_params_", {}).items()}


def as_params(settings: Mapping[str, Any]) -> list[Param]:
    """Settings as a run keeps them; text that is too long ends with dots."""
    return [
        Param(_cut(str(key), MAX_ENTITY_KEY_LENGTH), _cut(str(value), MAX_PARAM_VAL_LENGTH))
        for key, value in settings.items()
    ]


def tags_of(estimator: Any) -> dict[str, str]:
    """The tags that tell what it is."""
    kind = type(estimator)
    return {
        "estimator_name": kind.__name__,
        "estimator_class": f"{kind.__module__}.{kind.__name__}",
    }


def as_tags(tags: Mapping[str, str]) -> list[RunTag]:
    """Tags as a run keeps them."""
    return [RunTag(key, value) for key, value in tags.items()]


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 3]}..."
