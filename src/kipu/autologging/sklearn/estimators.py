"""Which classes of scikit-learn are logged, those among them that are imported later."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from kipu.autologging.import_hooks import when_imported
from kipu.autologging.patching import patch
from kipu.autologging.sklearn.integration import SKLEARN
from kipu.autologging.sklearn.later_scores import logged_prediction, logged_score
from kipu.autologging.sklearn.training import logged_fit

_PREPARATION = (
    "sklearn.preprocessing",
    "sklearn.impute",
    "sklearn.feature_extraction",
    "sklearn.feature_selection",
)
_OTHERS = ("sklearn.utils", "sklearn.externals", "sklearn.conftest")
_REPLACEMENTS: dict[str, tuple[Any, bool]] = {
    **dict.fromkeys(("fit", "fit_transform", "fit_predict"), (logged_fit, True)),
    **dict.fromkeys(
        ("predict", "predict_proba", "transform", "predict_log_proba"), (logged_prediction, False)
    ),
    "score": (logged_score, False),
}

_awaited = set[str]()


def patch_estimators() -> None:
    """Patch the estimators that are loaded, and those of other modules once they are.

    To import them all, as ``sklearn.utils.all_estimators`` does, takes seconds.
    """
    for module in [one for name, one in sys.modules.items() if _is_ours(name)]:
        _patch_module(module)
    for name in _modules():
        if name not in sys.modules and name not in _awaited:
            _awaited.add(name)
            when_imported(name, lambda name=name: _patch_late(name))  # type: ignore[misc]


def is_logged(kind: type) -> bool:
    """Whether fits of a class are logged: an estimator of scikit-learn that learns a model."""
    module = kind.__module__
    return (
        _is_ours(module)
        and not module.startswith((*_PREPARATION, *_OTHERS))
        and ".tests." not in module
        and not kind.__name__.startswith("_")
        and kind.__name__ not in ("BaseEstimator", "ColumnTransformer")
        and not inspect.isabstract(kind)
        and issubclass(kind, sys.modules["sklearn.base"].BaseEstimator)
    )


def _patch_late(name: str) -> None:
    _awaited.discard(name)
    if not SKLEARN.is_disabled:
        _patch_module(sys.modules[name])


def _patch_module(module: ModuleType | None) -> None:
    if module is None or "sklearn.base" not in sys.modules:
        return
    for kind in list(vars(module).values()):
        if isinstance(kind, type) and kind.__module__ == module.__name__ and is_logged(kind):
            for name, (replacement, manages_run) in _REPLACEMENTS.items():
                if hasattr(kind, name):
                    patch(SKLEARN, kind, name, replacement, manages_run=manages_run)


def _is_ours(module: str) -> bool:
    return module == "sklearn" or module.startswith("sklearn.")


def _modules() -> Iterator[str]:
    """The names of scikit-learn's modules that may have estimators, imported or not."""
    root = Path(next(iter(sys.modules["sklearn"].__path__)))
    for file in root.rglob("*.py"):
        parts = ("sklearn", *file.relative_to(root).with_suffix("").parts)
        if "tests" in parts or "externals" in parts or parts[-1] == "setup":
            continue
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if not name.startswith((*_PREPARATION, *_OTHERS)):
            yield name
